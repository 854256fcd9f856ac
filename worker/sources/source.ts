/**
 * What a connector is. A new source is one file that exports one `Connector`, its fixtures, one row in `shared/sources.ts`
 * and one line in `all.ts`; the conformance suite then runs on it unchanged. See `docs/add-a-source.md`.
 */
import type { z } from 'zod';
import type { SourceName } from '../../shared/sources.ts';
import type { Fetch } from '../http/fetch.ts';
import type { SourcePosting } from '../posting.ts';

/** The one board (or the whole source) that a unit reads. */
export interface Board {
  /** The employer's name at the source ("acme"); `*` stands for the whole source. */
  readonly token: string;
  /** Employer as people write it, when the source itself does not name it. */
  readonly company: string | null;
  /** '' or 'eu', for sources with more than one data region. */
  readonly region: string;
}

export interface ReadSettings {
  /** Scheme, host and optional path prefix, without a slash at the end. */
  readonly baseUrl: string;
  /** Values of the settings named in the catalogue's `keys`. */
  readonly keys: Readonly<Record<string, string>>;
  readonly jsearchPath: '/search' | '/search-v2';
  readonly adzunaCountries: readonly string[];
  /** What search sources are asked for (`worker/queries.ts`); a source may read more than plain words into one. */
  readonly queries: readonly string[];
  /** Pages that may be read at the most, over all queries. */
  readonly pagesMax: number;
  readonly concurrency: number;
}

/** One answer of the source, checked against its schema. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Items that were there but did not fit the item schema: counted as rejected, and kept raw. */
  readonly invalid: readonly { readonly item: unknown; readonly problem: string }[];
}

/**
 * How a read ended. `complete` only when everything that the source has for this unit was read;
 * otherwise `problems` says, in sentences, what was not seen.
 */
export interface ReadEnd {
  readonly complete: boolean;
  readonly problems: readonly ReadProblem[];
}

export interface ReadProblem {
  /** A FetchError in nearly every case: its `type` names the failure for metrics. */
  readonly error: unknown;
  /** What could not be read: "page 3 of 'okta'". */
  readonly what: string;
  /**
   * True when nothing failed and the read only stopped at a limit while there was more: at our own `pagesMax`, or where the
   * source shows no more. A search that reads the newest pages of a large result ends so on every healthy day; an endless
   * board ends so, too.
   */
  readonly ownLimit?: boolean;
}

/** What is listed there is no opening, such as a call for speculative applications. Nothing is wrong with the source. */
export class NoOpeningError extends Error {
  override readonly name = 'NoOpeningError';
}

/** What a posting's own record says. `closed` holds the words for people. */
export type Standing = { readonly open: true } | { readonly open: false; readonly closed: string };

export interface Connector<Item = unknown> {
  readonly name: SourceName;
  /** One raw item, as strict as mapping needs and no stricter; unknown fields pass. */
  readonly item: z.ZodType<Item>;
  /**
   * Yields pages as they come and returns how the read ended. A failed first request throws; a failed later page is a
   * problem in `ReadEnd`, and the read goes on where it can. Pages of one unit are read at most `settings.concurrency` at once.
   */
  read(board: Board, settings: ReadSettings, fetch: Fetch): AsyncGenerator<Page<Item>, ReadEnd>;
  /** Unique within the board; as text, exact for 64-bit numbers. */
  nativeId(item: Item): string;
  /** The item without what changes on every request (`facts` of the source): equal means unchanged. */
  stable(item: Item): unknown;
  /**
   * Called for new and changed items only. May throw: a NoOpeningError for what is listed and no opening; after any other error
   * the item counts as broken, and a read of which half is broken is no success.
   */
  toPosting(item: Item, board: Board): SourcePosting;
  /**
   * For a source whose list leaves the texts out: asks for one posting's own record and returns the item completed by it. Called
   * for items that `stable` shows to be new or changed, and only where the title of the item may be IAM work. What it throws
   * leaves this posting as it was and makes the read partial.
   */
  detail?(item: Item, board: Board, settings: ReadSettings, fetch: Fetch): Promise<Item>;
  /**
   * For a source that does not list everything: until when it says that the posting is open; null when it does not say. Must not
   * throw. A date without a time of day is its end in UTC.
   */
  expiresAt?(item: Item): Date | null;
  /**
   * For a source that does not list everything and has a record for each posting: asks for one that it did not show for some
   * days. A record that answers 404 or 410 is gone; the caller says so.
   */
  check?(nativeId: string, settings: ReadSettings, fetch: Fetch): Promise<Standing>;
}
