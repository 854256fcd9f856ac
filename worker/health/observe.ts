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
  // Of the whole list, and of this page.
  let [listed, sum, onPage, pageSum] = [0, 0, 0, 0];

  return {
    watch: (fetch) => async (request) => {
      const answer = await fetch(request);
      if (!inList) return answer;
      bytes += answer.bytes;
      type ??= answer.headers['content-type']?.split(';')[0]?.trim().toLowerCase().slice(0, 100) || null;
      return answer;
    },
    listed: (hash) => {
      // A sum does not mind the order, which many sources shuffle; of 32 bits each it stays exact for two million items.
      const value = hash.readUInt32BE(0);
      listed++;
      onPage++;
      sum += value;
      pageSum += value;
    },
    fresh: () => {
      fresh++;
    },
    endOfPage: () => {
      const print = `${onPage}/${pageSum}`;
      if (onPage >= PAGE_MIN) {
        pages++;
        if (prints.has(print)) repeatedPages++;
        else if (prints.size < PAGES_MAX) prints.add(print);
      }
      [onPage, pageSum] = [0, 0];
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
    print: () => (listed < BOARD_MIN ? undefined : `${listed}/${sum}`),
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
