/** What happens to stored postings in a batch, as rows that stay: listed again after closing, and dated anew by its source. */
import { bigints, texts } from './arrays.ts';
import type { BoardMap } from './board-map.ts';
import type { Row } from './rows.ts';

/** What the database knew of a posting before this batch. Milliseconds since 1970; PostgreSQL's microseconds may be left. */
export interface Before {
  readonly id: string;
  readonly ms: number;
  readonly stated_ms: number | null;
}

export interface StoreEvent {
  readonly id: number;
  readonly jobId: number;
  readonly kind: 'reopen' | 'repost';
  readonly evidence: Readonly<Record<string, unknown>>;
}

/** A date that moves by less is a time zone or a correction. */
const REPOST_MS = 24 * 3_600_000;

type Stale = Omit<Row, 'firstSeenAt'>;

export function eventsOf(rows: readonly Stale[], known: BoardMap, before: ReadonlyMap<number, Before>): StoreEvent[] {
  return rows.flatMap((row) => {
    const { id, jobId } = row;
    const events: StoreEvent[] = [];
    if (known.get(row.key)?.closed === true) {
      events.push({ id, jobId, kind: 'reopen', evidence: { why: 'listed again' } });
    }
    const from = before.get(id)?.stated_ms ?? undefined;
    const to = row.posting.statedAt?.getTime();
    if (from !== undefined && to !== undefined && to - from >= REPOST_MS) {
      const evidence = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      events.push({ id, jobId, kind: 'repost', evidence });
    }
    return events;
  });
}

/** Values of `EVENTS`. */
export function eventValues(events: readonly StoreEvent[], at: Date, by: string): unknown[] {
  return [
    at,
    by,
    bigints(events.map((event) => event.id)),
    texts(events.map((event) => event.kind)),
    texts(events.map((event) => JSON.stringify(event.evidence))),
  ];
}
