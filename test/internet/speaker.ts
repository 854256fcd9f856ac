/** How a source speaks, seen from its own side of the wire. One file for each source in `speakers/`. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Advert } from './demo/advert.ts';

/** One posting in the source's own shape. */
export type Row = Readonly<Record<string, unknown>>;

/** What a request asks for. */
export interface Asked {
  /** Token of the board, `*` for a source without boards. */
  readonly board: string;
  /** From 0. */
  readonly page: number;
  readonly rowsPerPage: number;
  /** For search sources: whether a row is an answer to the words of the request. */
  readonly fits?: (row: Row) => boolean;
  /** True when it asks for one posting's own record, which `fits` tells; without such a posting the answer is `noBoard`. */
  readonly detail?: boolean;
}

/** The source's own way to say no. */
export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface Request {
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly method: string;
  /** As it was sent; empty for a GET. */
  readonly body: string;
}

/** One page of what the source has. */
export interface Shown {
  readonly rows: readonly Row[];
  /** Rows of all pages. */
  readonly total: number;
  /** Number of the next page from 0, or undefined after the last one. */
  readonly next: number | undefined;
}

export interface Speaker {
  /** True when its answers come in pages. */
  readonly paged: boolean;
  /** Set when its answers are no JSON: `answer` then returns the body's text. */
  readonly contentType?: string;
  /** Reads a request strictly, as the source does: a wrong key, a missing parameter or an unknown path is refused. */
  understand(request: Request): Asked | Refusal;
  answer(shown: Shown, request: Request): unknown;
  /** What the source says when it has no board of that name. */
  readonly noBoard: Refusal;
  /** The row as one answer shows it: fields that change on every request change with `serial`. */
  noise(row: Row, serial: number): Row;
  /** Another posting that differs by its identity only. */
  renumber(row: Row, number: number): Row;
  /** An advert in the source's shape. */
  write(advert: Advert): Row;
}

export function isRefusal(answer: Asked | Refusal): answer is Refusal {
  return 'status' in answer;
}

/** The text of a row in which a search looks for words. */
export function words(row: Row, fields: readonly string[]): string {
  return fields
    .map((field) => String(row[field] ?? ''))
    .join(' ')
    .toLowerCase();
}

/** A loose search, as most are: two of its words in the row's text are enough. */
export function search(query: string, fields: readonly string[]): (row: Row) => boolean {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  return (row) => {
    const text = words(row, fields);
    return wanted.filter((word) => text.includes(word)).length >= Math.min(2, wanted.length);
  };
}

/** The compiler's library does not know it yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

/** A number beyond 2^53 that JSON writes with all its digits. */
export function exactNumber(digits: unknown): unknown {
  return rawJson(String(digits));
}
