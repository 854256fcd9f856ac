/** Next steps as a calendar (RFC 5545): days without a time of day, so no time zone can be wrong. */
import type { Item } from '../../shared/db/tracking/read.ts';

/** Octets of a line, without its end. */
const LINE_MAX = 75;

export function nextStepsCalendar(items: readonly Item[], now: Date): string {
  const stamp = `${now.toISOString().replace(/[-:]|\.\d+/g, '')}`;
  const events = items.flatMap((item) => (item.nextStep === null ? [] : eventOf(item, item.nextStep, stamp)));
  const lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//IAM Job Scout//Tracker//EN', ...events, 'END:VCALENDAR'];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}

function eventOf({ id, version, job }: Item, { text, on }: NonNullable<Item['nextStep']>, stamp: string): string[] {
  return [
    'BEGIN:VEVENT',
    `UID:${id}@iam-job-scout`,
    // Calendars take the entry anew when its number is higher.
    `SEQUENCE:${version}`,
    `DTSTAMP:${stamp}`,
    `DTSTART;VALUE=DATE:${on.replaceAll('-', '')}`,
    `SUMMARY:${escaped(text)}`,
    `DESCRIPTION:${escaped(job.company === null ? job.title : `${job.title}, ${job.company}`)}`,
    'END:VEVENT',
  ];
}

function escaped(value: string): string {
  return (
    value
      .replace(/[\\;,]/g, (character) => `\\${character}`)
      .replace(/\r\n|\r|\n/g, '\\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they may not be in a calendar
      .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
  );
}

/** Long lines go on in the next one, never in the middle of a character. */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > LINE_MAX) {
      parts.push(part);
      part = ' ';
      octets = 1;
    }
    part += character;
    octets += size;
  }
  return [...parts, part].join('\r\n');
}
