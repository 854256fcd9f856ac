/** What a trial of one board found, as it is stored and shown. Pure types. */
import type { KnownBoard } from './board-of-url.ts';

export interface BoardCandidate extends KnownBoard {
  /** The employer as postings or the page name it, else words made of the token; what is stored with the board. */
  readonly company: string;
  readonly companyFrom: 'postings' | 'page' | 'token';
  /** Page for people. */
  readonly page: string | null;
  /** Why this board is taken for the one that was meant. */
  readonly evidence: string;
  readonly verdict: Verdict;
  /** The verdict as one sentence. */
  readonly says: string;
  /** Postings on the pages that were read: `kept` + all `rejected` + `undecided`. */
  readonly found: number;
  /** True when these were all pages. */
  readonly complete: boolean;
  /** Would be kept as IAM work. */
  readonly kept: number;
  readonly rejected: Readonly<Record<string, number>>;
  /** Not judged: their text costs a request each, or they are more than a trial judges. */
  readonly undecided: number;
  readonly samples: readonly BoardSample[];
  /** Null when it was not read. */
  readonly cost: BoardCost | null;
}

/**
 * - `works`: it was read, and if it lists nothing the source would say so if it did not exist.
 * - `unsure`: it lists nothing, which this source says of boards that do not exist as well.
 * - `absent`: the source has no such board.
 * - `failed`: it could not be read now, or not in the shape that it should have.
 */
export type Verdict = 'works' | 'unsure' | 'absent' | 'failed';

export interface BoardSample {
  readonly title: string;
  readonly company: string | null;
  readonly places: readonly string[];
  readonly workMode: 'remote' | 'hybrid' | 'onsite' | 'unknown';
  /** As it was understood; `raw` is the posting's own words. */
  readonly pay: SamplePay | null;
  readonly url: string;
  /** When the source says that it was published; ISO 8601. */
  readonly statedAt: string | null;
  /** Null: its text decides, and was not asked for. */
  readonly kept: boolean | null;
  readonly score: number | null;
  readonly why: string;
}

export interface SamplePay {
  readonly raw: string;
  readonly min: number | null;
  readonly max: number | null;
  readonly currency: string | null;
  readonly period: 'year' | 'month' | 'week' | 'day' | 'hour' | null;
  readonly estimated: boolean;
}

/** Requests. */
export interface BoardCost {
  readonly perCheck: number;
  /** True when the board has more pages than the trial read, so that it costs more. */
  readonly atLeast: boolean;
  /** The first check also asks for the texts of promising postings, where lists have none. */
  readonly firstCheck: number;
  /** The interval is learnt: at first, for a board that never changes, and for one that changes all the time. */
  readonly perDay: { readonly atFirst: number; readonly least: number; readonly most: number };
}

/** Why a trial came to nothing. */
export interface CheckProblem {
  readonly reason: string;
  readonly detail: string;
}

/**
 * The candidate that is meant unless somebody says which.
 * @returns its index, or undefined where none works or several do: an employer's board is preferred to what its page says
 */
export function suggested(candidates: readonly Pick<BoardCandidate, 'source' | 'verdict'>[]): number | undefined {
  const usable = candidates.map((candidate, index) => ({ ...candidate, index })).filter(isUsable);
  for (const group of [
    usable.filter(({ source, verdict }) => source !== 'jsonld' && verdict === 'works'),
    usable.filter(({ verdict }) => verdict === 'works'),
    usable,
  ]) {
    if (group.length > 0) return group.length === 1 ? group[0]?.index : undefined;
  }
  return undefined;
}

export function isUsable({ verdict }: Pick<BoardCandidate, 'verdict'>): boolean {
  return verdict === 'works' || verdict === 'unsure';
}
