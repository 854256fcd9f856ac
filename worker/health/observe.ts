/** Watches one read for its judgement while it goes on: a few additions for each item, nothing is kept of it. */
import type { Field } from '../../shared/db/source-health/read-history.ts';
import type { SourceName } from '../../shared/sources.ts';
import type { Fetch } from '../http/fetch.ts';
import type { Posting } from '../posting.ts';
import type { ReadSeen } from './judge-read.ts';

export interface Observer {
  /** The same door; what comes through it until `endOfList` is looked at. */
  watch(fetch: Fetch): Fetch;
  /** An item was listed, by the hash of its content. */
  listed(hash: Buffer): void;
  /** It is new to this board, or not as it was. */
  fresh(): void;
  endOfPage(): void;
  /** What follows are records of single postings. */
  endOfList(): void;
  /** A posting with its text was mapped. */
  mapped(posting: Pick<Posting, 'text' | 'places' | 'statedAt' | 'company'>): void;
  /** Stands for what was listed, whatever its order; undefined when that is too little to tell boards apart. */
  print(): string | undefined;
  seen(source: SourceName, counts: Counts): ReadSeen;
}

/** As the unit counts them. */
export interface Counts {
  readonly found: number;
  readonly rejectedReasons: Readonly<Record<string, number>>;
}

/** Pages and boards with fewer postings may well be equal. */
const PAGE_MIN = 5;
const BOARD_MIN = 3;
/** Pages that are compared with each other. */
const PAGES_MAX = 500;

export function createObserver(): Observer {
  const fields: Record<Field, number> = { text: 0, place: 0, date: 0, company: 0 };
  const prints = new Set<string>();
  let [bytes, fresh, mapped, pages, repeatedPages] = [0, 0, 0, 0, 0];
  let type: string | null = null;
  let newest: number | null = null;
  let inList = true;
  let whole = { count: 0, sum: 0 };
  let page = { count: 0, sum: 0 };

  return {
    watch: (fetch) => async (request) => {
      const answer = await fetch(request);
      if (!inList) return answer;
      bytes += answer.bytes;
      type ??= answer.headers['content-type']?.split(';')[0]?.trim().toLowerCase().slice(0, 100) || null;
      return answer;
    },
    listed: (hash) => {
      // A sum does not mind the order, which many sources shuffle.
      const value = hash.readUIntBE(0, 6);
      page = { count: page.count + 1, sum: (page.sum + value) % Number.MAX_SAFE_INTEGER };
      whole = { count: whole.count + 1, sum: (whole.sum + value) % Number.MAX_SAFE_INTEGER };
    },
    fresh: () => {
      fresh++;
    },
    endOfPage: () => {
      const print = `${page.count}/${page.sum}`;
      if (page.count >= PAGE_MIN) {
        pages++;
        if (prints.has(print)) repeatedPages++;
        else if (prints.size < PAGES_MAX) prints.add(print);
      }
      page = { count: 0, sum: 0 };
    },
    endOfList: () => {
      inList = false;
    },
    mapped: ({ text, places, statedAt, company }) => {
      mapped++;
      if (text !== '') fields.text++;
      if (places.length > 0) fields.place++;
      if (company !== null) fields.company++;
      if (statedAt === null) return;
      fields.date++;
      newest = Math.max(newest ?? 0, statedAt.getTime());
    },
    print: () => (whole.count < BOARD_MIN ? undefined : `${whole.count}/${whole.sum}`),
    seen: (source, { found, rejectedReasons: why }) => ({
      source,
      found: found - (why.repeated ?? 0),
      broken: (why.invalid ?? 0) + (why.unusable ?? 0),
      fresh,
      mapped,
      fields,
      bytes,
      type,
      newest,
      pages,
      repeatedPages,
    }),
  };
}
