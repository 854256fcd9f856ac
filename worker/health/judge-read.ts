/**
 * Whether a read that looks like a success is one. A source that breaks seldom says so: it lists nothing, half, the same for
 * everybody, or postings without their texts. Each read is compared with what its own board did in health. Pure.
 */
import {
  type Doubt,
  type DoubtAbout,
  FIELDS,
  type Field,
  type ReadHistory,
} from '../../shared/db/source-health/read-history.ts';
import { type SourceName, sourceInfo } from '../../shared/sources.ts';

/** What one read saw. Judge only reads that ended well by themselves: a failed page is told by its failure. */
export interface ReadSeen {
  readonly source: SourceName;
  /** Postings that it listed, each once, those included that are no IAM work or could not be used. */
  readonly found: number;
  /** Of them: what could not be used. */
  readonly broken: number;
  /** Of them: what is new to this board, or not as it was. */
  readonly fresh: number;
  /** Postings that were mapped in this read (new and changed ones), and how many of them had each field. */
  readonly mapped: number;
  readonly fields: Readonly<Record<Field, number>>;
  /** Bytes of all lists together; 0 when unknown. */
  readonly bytes: number;
  /** Kind of content of the first list, without parameters; null when unknown. */
  readonly type: string | null;
  /** Newest date that a mapped posting stated; Unix milliseconds. */
  readonly newest: number | null;
  /** Pages that had postings, and how many of them were the same as an earlier page of this read. */
  readonly pages: number;
  readonly repeatedPages: number;
}

/** What is known beside the board itself. */
export interface Circumstances {
  /** The source as a whole is in doubt: a second read that says the same is no proof then. */
  readonly sourceInDoubt?: boolean;
  /** A surely absent board was answered like a real one: an empty list then proves nothing. */
  readonly absentIsEmpty?: boolean;
  /** Another board that was just read and listed exactly the same postings ("lever/acme"). */
  readonly twin?: string | undefined;
}

export interface Verdict {
  readonly verdict: 'healthy' | 'suspect';
  /** Set when it is suspect: one sentence that begins with "it". */
  readonly sentence?: string;
  readonly about?: DoubtAbout;
  /**
   * With a suspect verdict: what is missing may be remembered, because the next read that misses it again will be believed.
   * Without it the read is worth nothing at all.
   */
  readonly mayRepeat?: boolean;
  /** With a healthy one: the read before was suspect, this one says the same, and both are believed. */
  readonly believed?: boolean;
}

/** Reads before "fewer than usual" means anything; "none" needs only one. */
const READS_MIN = 4;
/** A board of one or two postings is empty often enough. */
const BOARD_MIN = 3;
const SEARCH_MIN = 5;
const MAPPED_MIN = 8;
const REPEATED_MIN = 2;
/** A change that lasts so long, in so many reads, is how this source is now. */
const DAYS_TO_BELIEVE = 7;
const READS_TO_BELIEVE = 5;
const DAY_MS = 86_400_000;

/**
 * A read in doubt closes nothing, and its unit ends `partial` with the sentence. A drop of one board is believed when the next
 * read says the same; everything else when it lasts for a week, or never.
 * @param now Unix milliseconds
 */
export function judgeRead(read: ReadSeen, history: ReadHistory, now: number, around: Circumstances = {}): Verdict {
  const found = firstDoubt(read, history, now, around);
  if (found === undefined) return { verdict: 'healthy' };
  if (isBelieved(found, read, history.doubt, now, around))
    return { verdict: 'healthy', about: found.about, believed: true };
  const isBoard = sourceInfo(read.source).kind === 'board';
  const mayRepeat = isBoard && isDrop(found.about) && !isHopeless(found.about, around) && around.sourceInDoubt !== true;
  return { verdict: 'suspect', ...found, mayRepeat };
}

interface Found {
  readonly about: DoubtAbout;
  readonly sentence: string;
}

function firstDoubt(read: ReadSeen, history: ReadHistory, now: number, around: Circumstances): Found | undefined {
  return (
    twin(read, history, around) ??
    repeats(read) ??
    broken(read, history) ??
    fields(read, history) ??
    type(read, history) ??
    drop(read, history, around) ??
    many(read, history) ??
    bytes(read, history) ??
    stale(read, history, now)
  );
}

/** Which doubts a repetition settles, and how much of it. */
function isBelieved(found: Found, read: ReadSeen, before: Doubt | null, now: number, around: Circumstances): boolean {
  if (before === null || before.about !== found.about) return false;
  const isBoard = sourceInfo(read.source).kind === 'board';
  if (isHopeless(found.about, around)) return false;
  switch (found.about) {
    case 'none':
      return isBoard && (around.sourceInDoubt !== true || lasted(before, now));
    case 'few':
    case 'many':
      if (!isNear(read.found, before.found)) return false;
      return (isBoard && around.sourceInDoubt !== true) || lasted(before, now);
    case 'type':
      return true;
    default:
      return lasted(before, now);
  }
}

export const isDrop = (about: DoubtAbout) => about === 'none' || about === 'few';

/** What no repetition makes true. */
function isHopeless(about: DoubtAbout, around: Circumstances): boolean {
  return about === 'repeats' || about === 'stale' || (about === 'none' && around.absentIsEmpty === true);
}

function lasted({ since, reads }: Doubt, now: number): boolean {
  return reads >= READS_TO_BELIEVE && now - since >= DAYS_TO_BELIEVE * DAY_MS;
}

const isNear = (a: number, b: number) => Math.abs(a - b) <= Math.max(3, 0.25 * Math.max(a, b));

function twin({ found, fresh }: ReadSeen, history: ReadHistory, around: Circumstances): Found | undefined {
  if (around.twin === undefined || found < BOARD_MIN || history.alias || history.found.length === 0) return undefined;
  // Two names of one board list the same every day; only what is new to this one can be another one's.
  if (fresh * 2 < found) return undefined;
  return {
    about: 'twin',
    sentence: `it listed exactly the ${found} postings of ${around.twin}: the source seems to ignore which board is asked for`,
  };
}

/** Different words with the same answer: the source ignores what it is asked. */
function repeats({ pages, repeatedPages }: ReadSeen): Found | undefined {
  if (repeatedPages < REPEATED_MIN || repeatedPages < (pages - 1) / 2) return undefined;
  return {
    about: 'repeats',
    sentence: `${repeatedPages} of its ${pages} pages repeat another one: the source seems to ignore what it is asked for`,
  };
}

function broken(read: ReadSeen, history: ReadHistory): Found | undefined {
  const share = read.broken / Math.max(1, read.found);
  if (history.found.length === 0 || read.broken < 5 || share < history.broken + 0.2) return undefined;
  const usual = history.broken < 0.01 ? 'hardly any' : `${percent(history.broken)} of them`;
  return {
    about: 'broken',
    sentence: `it listed ${read.broken} of ${read.found} postings in a form that could not be used; in health ${usual}`,
  };
}

const NAMES: Readonly<Record<Field, string>> = {
  text: 'a description',
  place: 'a place',
  date: 'a date',
  company: 'a company',
};

/** Known fields that vanish. A drop that chance explains, or that a few new postings show, is none. */
function fields(read: ReadSeen, history: ReadHistory): Found | undefined {
  const isWhole = sourceInfo(read.source).kind !== 'board';
  const tells = read.mapped >= MAPPED_MIN && (isWhole || read.mapped >= read.found / 5);
  if (!tells) return stillWithout(read, history);
  if (history.mapped < 20) return undefined;
  for (const field of FIELDS) {
    const usual = history.fields[field];
    const share = read.fields[field] / read.mapped;
    if (usual < 0.5 || share > usual / 2 || !isBeyondChance(share, Math.min(usual, 0.98), read.mapped)) continue;
    return {
      about: 'fields',
      sentence: `only ${read.fields[field]} of ${read.mapped} postings had ${NAMES[field]}; in health ${percent(usual)} do`,
    };
  }
  return undefined;
}

/** Postings that did not change are not mapped again: what a read before missed in them is still missing. */
function stillWithout({ mapped }: ReadSeen, { doubt }: ReadHistory): Found | undefined {
  if (doubt?.about !== 'fields') return undefined;
  return {
    about: 'fields',
    sentence: `since an earlier read its postings lack what they had (${mapped} new ones are too few to tell)`,
  };
}

/** Chernoff's bound: so small a share of `count` comes by chance less than once in a million reads. */
function isBeyondChance(share: number, usual: number, count: number): boolean {
  const part = (a: number, b: number) => (a === 0 ? 0 : a * Math.log(a / b));
  return count * (part(share, usual) + part(1 - share, 1 - usual)) > Math.log(1e6);
}

function type(read: ReadSeen, history: ReadHistory): Found | undefined {
  if (read.type === null || history.type === null || family(read.type) === family(history.type)) return undefined;
  return { about: 'type', sentence: `it answered as ${read.type}; in health as ${history.type}` };
}

/** What means the same to a reader of the answer. */
function family(contentType: string): string {
  return /\b(json|html|xml|rss|atom)\b/.exec(contentType)?.[1]?.replace(/rss|atom/, 'xml') ?? 'other';
}

/** Fewer postings than its own history allows for. */
function drop(read: ReadSeen, history: ReadHistory, around: Circumstances): Found | undefined {
  const { found } = history;
  const usual = median(found);
  if (found.length === 0 || read.found >= usual) return undefined;
  if (around.sourceInDoubt === true && read.found <= usual / 2) {
    return {
      about: read.found === 0 ? 'none' : 'few',
      sentence: `${listed(read, usual)}, and its whole source is in doubt`,
    };
  }
  if (read.found === 0) {
    const isBoard = sourceInfo(read.source).kind === 'board';
    const tells = isBoard ? usual >= BOARD_MIN : usual >= SEARCH_MIN && found.length >= 3;
    const hint = around.absentIsEmpty === true ? ', and it answers so for boards that do not exist' : '';
    return tells ? { about: 'none', sentence: listed(read, usual) + hint } : undefined;
  }
  if (found.length < READS_MIN || read.found >= Math.min(usual / 2, usual - 6 * spread(found, usual))) return undefined;
  return { about: 'few', sentence: listed(read, usual) };
}

/** A filter that is ignored shows more than there should be. */
function many(read: ReadSeen, { found }: ReadHistory): Found | undefined {
  const usual = median(found);
  if (found.length < READS_MIN || usual === 0 || read.found <= 5 * usual + 50) return undefined;
  return { about: 'many', sentence: listed(read, usual) };
}

/** Lists that have shrunk although they name as many postings. */
function bytes(read: ReadSeen, history: ReadHistory): Found | undefined {
  if (history.bytes === null || read.bytes === 0 || read.found < MAPPED_MIN || history.found.length < READS_MIN)
    return undefined;
  const each = read.bytes / read.found;
  if (each > history.bytes / 5) return undefined;
  return {
    about: 'bytes',
    sentence: `its list had ${Math.round(each)} bytes for each posting; in health about ${Math.round(history.bytes)}`,
  };
}

/** A list whose newest posting does not change any more is a copy. */
function stale(read: ReadSeen, history: ReadHistory, now: number): Found | undefined {
  const { newestWithinHours } = sourceInfo(read.source);
  if (newestWithinHours === undefined || history.newest === null || history.movedAt === null) return undefined;
  if (read.newest !== null && read.newest > history.newest) return undefined;
  const limitMs = newestWithinHours * 3_600_000;
  // Both clocks: a source that states dates of the future, and one that was first read today, prove nothing yet.
  if (now - history.newest <= limitMs || now - history.movedAt <= limitMs) return undefined;
  const day = new Date(history.newest).toISOString().slice(0, 10);
  return {
    about: 'stale',
    sentence: `its newest posting is still of ${day}; in health a newer one comes within ${newestWithinHours} hours`,
  };
}

function listed(read: ReadSeen, usual: number): string {
  const what = read.found === 0 ? 'no posting' : read.found === 1 ? 'one posting' : `${read.found} postings`;
  return `it listed ${what}; in health about ${Math.round(usual)}`;
}

/** A robust standard deviation, never smaller than what counting alone scatters. */
function spread(values: readonly number[], middle: number): number {
  const deviation = median(values.map((value) => Math.abs(value - middle)));
  return Math.max(1.4826 * deviation, Math.sqrt(middle), middle / 10);
}

export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[half - 1] ?? upper)) / 2;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
