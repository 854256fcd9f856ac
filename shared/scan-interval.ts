import { CronExpressionParser } from 'cron-parser';

/** Gaps that are looked at: a week of a timetable that runs every half hour. */
const GAPS = 336;

/**
 * Seconds of the longest pause that a timetable makes, so that "too long ago" is never said over a night or a weekend at which
 * nothing was planned.
 */
export function longestPauseSeconds(cron: string, timeZone: string, from = new Date()): number {
  const slots = CronExpressionParser.parse(cron, { tz: timeZone, currentDate: from });
  let longest = 0;
  let before = slots.next().getTime();
  for (let i = 0; i < GAPS; i++) {
    const next = slots.next().getTime();
    longest = Math.max(longest, next - before);
    before = next;
  }
  return longest / 1000;
}
