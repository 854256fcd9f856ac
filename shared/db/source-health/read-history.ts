/** What is remembered of a board's reads: one small JSON value in its row, written by the statement that ends a unit. */

/** What a posting has in health; a source that drops one of them from all postings has changed its form. */
export const FIELDS = ['text', 'place', 'date', 'company'] as const;
export type Field = (typeof FIELDS)[number];

export const DOUBTS = ['twin', 'repeats', 'broken', 'fields', 'type', 'bytes', 'none', 'few', 'many', 'stale'] as const;
export type DoubtAbout = (typeof DOUBTS)[number];

/** A suspicion that the last reads share. */
export interface Doubt {
  readonly about: DoubtAbout;
  /** Postings that the doubtful read listed. */
  readonly found: number;
  /** Reads in a row that say so. */
  readonly reads: number;
  /** Unix milliseconds of the first one. */
  readonly since: number;
}

export interface ReadHistory {
  /** Postings that healthy reads listed, the oldest first; at most `FOUND_MAX`. */
  readonly found: readonly number[];
  /** Unix milliseconds of the last of them; 0 when there is none. */
  readonly at: number;
  /** Usual share of items that could not be used, 0 to 1. */
  readonly broken: number;
  /** On how many postings `fields` rests; old ones count less and less. */
  readonly mapped: number;
  /** Usual share of postings that have each field, 0 to 1. */
  readonly fields: Readonly<Record<Field, number>>;
  /** Usual bytes of a list for each posting in it; null when unknown. */
  readonly bytes: number | null;
  /** Kind of content of the lists ("application/json"); null when unknown. */
  readonly type: string | null;
  /** The newest date that any posting ever stated, and when it was first seen; Unix milliseconds, null when none did. */
  readonly newest: number | null;
  readonly movedAt: number | null;
  /** True when it always listed what another board lists: a second name of one board. */
  readonly alias: boolean;
  readonly doubt: Doubt | null;
}

/** Some days of reads for a busy board, some weeks for a quiet one. */
export const FOUND_MAX = 20;

export const NO_HISTORY: ReadHistory = {
  found: [],
  at: 0,
  broken: 0,
  mapped: 0,
  fields: { text: 0, place: 0, date: 0, company: 0 },
  bytes: null,
  type: null,
  newest: null,
  movedAt: null,
  alias: false,
  doubt: null,
};

/** From the row, as JSON or as its text. What an older release did not write, or wrote otherwise, begins anew. */
export function historyOf(stored: unknown): ReadHistory {
  const value: unknown = typeof stored === 'string' ? JSON.parse(stored) : stored;
  if (typeof value !== 'object' || value === null || !Array.isArray((value as { found?: unknown }).found)) {
    return NO_HISTORY;
  }
  const kept = value as Partial<ReadHistory>;
  return { ...NO_HISTORY, ...kept, fields: { ...NO_HISTORY.fields, ...kept.fields } };
}
