/** How postings end, and reads that would have ended too many of them. */
import { Counter } from 'prom-client';
import { SOURCE_NAMES, type SourceName } from '../sources.ts';
import { registry } from './registry.ts';

/** How it is known that a posting is closed. */
export const CLOSED_HOW = ['not_listed', 'not_listed_twice', 'not_iam', 'no_opening', 'asked', 'expired'] as const;
export type ClosedHow = (typeof CLOSED_HOW)[number];

const closed = new Counter({
  name: 'iam_postings_closed_total',
  help: 'Postings that were closed, by how it is known.',
  labelNames: ['how'],
  registers: [registry],
});
const trips = new Counter({
  name: 'iam_close_guard_trips_total',
  help: 'Reads of a board that missed too many postings at once to be believed alone.',
  labelNames: ['source'],
  registers: [registry],
});

for (const how of CLOSED_HOW) closed.inc({ how }, 0);
for (const source of SOURCE_NAMES) trips.inc({ source }, 0);

/** Call after the commit that closed them. @returns the number, for the caller's own counts */
export function countClosed(how: ClosedHow, postings: number): number {
  if (postings > 0) closed.inc({ how }, postings);
  return postings;
}

export function countGuardTrip(source: SourceName): void {
  trips.inc({ source });
}
