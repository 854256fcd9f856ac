/** What would become of one posting of a board, by the steps that a scan takes. Pure. */
import type { BoardSample } from '../../shared/boards/candidate.ts';
import { shortText } from '../../shared/boards/refusal.ts';
import type { Posting, Score, SourcePosting } from '../posting.ts';
import { type Board, type Connector, NoOpeningError } from '../sources/source.ts';
import { normalise } from '../steps/normalise/normalise.ts';
import { promiseOf } from '../steps/score/promise.ts';
import { score } from '../steps/score/score.ts';

export interface JudgedItem {
  readonly outcome: 'kept' | 'undecided' | 'not_iam' | 'not_iam_by_title' | 'no_opening' | 'unusable';
  /** More is better: what is shown first. */
  readonly rank: number;
  readonly company: string | null;
  /** Missing where nothing can be shown of it. */
  readonly sample?: BoardSample;
}

const TITLE_MAX = 200;
const WORDS_MAX = 200;
const PLACES_MAX = 5;
const REASONS_MAX = 4;

/** @param item as the list has it, or completed by its own record */
export function judgeItem(connector: Connector, item: unknown, board: Board): JudgedItem {
  let stated: SourcePosting;
  try {
    stated = connector.toPosting(item, board);
  } catch (error) {
    return { outcome: error instanceof NoOpeningError ? 'no_opening' : 'unusable', rank: -2, company: null };
  }
  // A list without texts: the title alone can only refuse.
  if (connector.detail !== undefined && stated.textIsCut) return judgeTitle(connector, stated);
  const posting = normalise(stated, connector.name);
  const judged = score({ title: posting.title, text: posting.text, company: posting.company });
  return {
    outcome: judged.relevant ? 'kept' : 'not_iam',
    rank: judged.points,
    company: posting.company,
    sample: sampleOf(posting, judged.relevant, judged.points, whyOf(judged)),
  };
}

function judgeTitle(connector: Connector, stated: SourcePosting): JudgedItem {
  const promise = promiseOf(stated.title, stated.company);
  const posting = normalise(stated, connector.name);
  const { company } = posting;
  if (promise === undefined) {
    const why = 'left out: its title promises no IAM work, so its text is not asked for';
    return { outcome: 'not_iam_by_title', rank: -1, company, sample: sampleOf(posting, false, null, why) };
  }
  const why = 'its text decides, which costs one request';
  return { outcome: 'undecided', rank: promise, company, sample: sampleOf(posting, null, null, why) };
}

function whyOf({ points, relevant, parts }: Score): string {
  const strongest = parts.toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points)).map(({ label }) => label);
  const labels = [...new Set(strongest)].slice(0, REASONS_MAX).join(', ');
  const because = `${points} points${labels === '' ? '' : `: ${labels}`}`;
  return relevant ? `kept (${because})` : `left out: no IAM work (${because})`;
}

function sampleOf(posting: Posting, kept: boolean | null, points: number | null, why: string): BoardSample {
  const { pay, statedAt } = posting;
  return {
    title: shortText(posting.title, TITLE_MAX),
    company: posting.company === null ? null : shortText(posting.company, TITLE_MAX),
    places: posting.places.slice(0, PLACES_MAX).map((place) => shortText(place, TITLE_MAX)),
    workMode: posting.workMode,
    pay: pay === null ? null : { ...pay, raw: shortText(pay.raw, WORDS_MAX) },
    url: posting.url.length > 2000 ? '' : posting.url,
    statedAt: statedAt === null || Number.isNaN(statedAt.getTime()) ? null : statedAt.toISOString(),
    kept,
    score: points,
    why: shortText(why, WORDS_MAX),
  };
}
