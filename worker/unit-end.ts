/** How a unit ends: from what was read, to a state, a kind of failure and one sentence. Pure. */
import { isDatabaseFailure } from '../shared/db/failure.ts';
import type { TakenUnit, UnitEnd } from '../shared/db/scans/units.ts';
import { BudgetError, FetchError, type ScanErrorType } from '../shared/errors.ts';
import { type SourceName, sourceInfo } from '../shared/sources.ts';
import type { Read } from './read-pages.ts';
import type { ReadProblem } from './sources/source.ts';
import type { UnitCounts } from './store.ts';

/** A unit that took its worker down with it so often would do it again. */
const ATTEMPTS_MAX = 5;
/** From this share of broken items on, the source has changed its form and the read proves little. */
const BROKEN_SHARE_MAX = 0.5;

/** Why a unit is not read at all, or undefined when it is. */
export function refusal(
  taken: TakenUnit,
  source: SourceName,
  keys: Readonly<Record<string, string>>,
): UnitEnd | undefined {
  if (taken.cancelRequested) return { state: 'cancelled' };
  if (taken.attempts > ATTEMPTS_MAX) {
    return { state: 'failed', errorType: 'crashed', error: `its worker ended ${ATTEMPTS_MAX} times while reading it` };
  }
  if (sourceInfo(source).keys.some((key) => !keys[key])) return { state: 'waiting_for_key' };
  return undefined;
}

/** The end of a unit whose pages were asked for. */
export function endOfRead(source: SourceName, read: Read, counts: UnitCounts): UnitEnd {
  if (read.failure !== undefined) {
    return {
      state: 'failed',
      errorType: typeOf(read.failure),
      error: textOf(read.failure) + keysToCheck(source, read.failure),
    };
  }
  return (
    endOfBroken(counts) ??
    endOfProblems(source, read) ??
    endOfEmptyFeed(source, counts) ?? { state: 'success', complete: read.complete }
  );
}

/** The end of a unit whose last try failed on our side. */
export function endOfGivenUp(error: unknown): UnitEnd {
  const errorType = isDatabaseFailure(error) ? 'database' : 'internal';
  return { state: 'failed', errorType, error: textOf(error) };
}

/** A source that changed its form must not look like one that has no jobs. */
function endOfBroken({ found, rejectedReasons }: UnitCounts): UnitEnd | undefined {
  const broken = (rejectedReasons.invalid ?? 0) + (rejectedReasons.unusable ?? 0);
  if (broken === 0 || broken < found * BROKEN_SHARE_MAX) return undefined;
  const error = `${broken} of ${found} postings did not have the form that this source had until now`;
  return { state: broken === found ? 'failed' : 'partial', errorType: 'parse', error };
}

/** A board may be empty and a search may find nothing; a feed of the newest postings of the world never is. */
function endOfEmptyFeed(source: SourceName, { found }: UnitCounts): UnitEnd | undefined {
  const { kind, label } = sourceInfo(source);
  if (kind !== 'feed' || found > 0) return undefined;
  return {
    state: 'failed',
    errorType: 'parse',
    error: `${label} listed no posting at all, which it never does in health`,
  };
}

function endOfProblems(source: SourceName, read: Read): UnitEnd | undefined {
  // A board lists everything, so a read of it that was cut short says something; a search is cut short on every day.
  const isBoard = sourceInfo(source).kind === 'board';
  const problems = read.problems.filter((problem) => isBoard || !isOwnLimit(problem));
  const [first] = problems;
  if (first === undefined) {
    if (read.complete || !isBoard) return undefined;
    return { state: 'partial', errorType: 'other', error: 'the board was not read to its end' };
  }
  const more = problems.length > 1 ? `; ${problems.length - 1} more` : '';
  return { state: 'partial', errorType: typeOfProblem(first), error: `${first.what}: ${textOf(first.error)}${more}` };
}

function keysToCheck(source: SourceName, error: unknown): string {
  const { keys } = sourceInfo(source);
  return typeOf(error) === 'auth' && keys.length > 0 ? `; check ${keys.join(' and ')}` : '';
}

function typeOfProblem(problem: ReadProblem): ScanErrorType {
  return isOwnLimit(problem) ? 'other' : typeOf(problem.error);
}

/** Nothing failed: our own bounds of pages, or of requests, ended the read. */
function isOwnLimit({ ownLimit, error }: ReadProblem): boolean {
  return ownLimit === true || error instanceof BudgetError;
}

function typeOf(error: unknown): ScanErrorType {
  return error instanceof FetchError ? error.type : 'internal';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
