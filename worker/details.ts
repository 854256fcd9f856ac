/**
 * The second step at sources whose lists have no texts: one more request for each posting that is new or changed and promises to
 * be IAM work, the most promising first. A posting without its text is not stored, and the read says how many there are.
 */
import { FetchError } from '../shared/errors.ts';
import type { Fetch } from './http/fetch.ts';
import type { Intake, Wanted } from './intake.ts';
import type { Read } from './read-pages.ts';
import { ahead, isHopeless } from './sources/paging.ts';
import type { Board, Connector, ReadProblem, ReadSettings } from './sources/source.ts';

/** Texts that one read of a board asks for at the most. What is left comes with the next read, which finds these unchanged. */
const TEXTS_MAX = 100;
/** After so many failures that cost three tries each, the source has more than some bad records. */
const COSTLY_FAILURES_MAX = 5;
/** Texts that are judged and written together: a crash repeats no more requests than these. */
const BATCH = 10;

export interface DetailsToRead {
  readonly connector: Connector;
  readonly board: Board;
  readonly settings: ReadSettings;
  readonly fetch: Fetch;
  readonly intake: Intake;
  readonly signal: AbortSignal;
}

interface Outcome {
  readonly wanted: Wanted;
  readonly item?: unknown;
  readonly error?: unknown;
}

/** @returns how the list was read, with what could not be read after it */
export async function readDetails(to: DetailsToRead, list: Read): Promise<Read> {
  const { intake, settings, signal } = to;
  if (intake.wanted.length === 0 || signal.aborted) return list;
  const inOrder = theMostPromisingFirst(intake.wanted);
  // After a list that failed as a whole there is nothing to hope for.
  const asked = list.failure === undefined ? inOrder.slice(0, TEXTS_MAX) : [];
  const failures: unknown[] = [];
  let complete: { wanted: Wanted; item: unknown }[] = [];
  let read = 0;
  for await (const outcome of ahead(asked, settings.concurrency, (wanted) => ask(to, wanted, failures))) {
    if (outcome.item === undefined) continue;
    complete.push({ wanted: outcome.wanted, item: outcome.item });
    read++;
    if (complete.length < BATCH) continue;
    await intake.takeComplete(complete);
    complete = [];
  }
  await intake.takeComplete(complete);
  if (signal.aborted) return list;
  intake.leave(inOrder.length - read);
  const bug = failures.find((error) => !(error instanceof FetchError));
  if (bug !== undefined) return { ...list, complete: false, failure: bug };
  const problems = problemsOf(asked.length - read, failures, inOrder.length - asked.length);
  return { ...list, complete: list.complete && problems.length === 0, problems: [...list.problems, ...problems] };
}

/** Equals take turns by chance: a few records that fail for ever must not keep the same others waiting for ever. */
function theMostPromisingFirst(wanted: readonly Wanted[]): Wanted[] {
  const turns = new Map(wanted.map((one) => [one, Math.random()]));
  const turnOf = (one: Wanted) => turns.get(one) ?? 0;
  return wanted.toSorted((a, b) => (a.promise === b.promise ? turnOf(a) - turnOf(b) : a.promise < b.promise ? 1 : -1));
}

/** Never rejects: a failure is remembered, and no request follows one after which none can succeed. */
async function ask(to: DetailsToRead, wanted: Wanted, failures: unknown[]): Promise<Outcome> {
  if (to.signal.aborted || failures.some(isHopeless) || failures.filter(isCostly).length >= COSTLY_FAILURES_MAX) {
    return { wanted };
  }
  try {
    const item = await to.connector.detail?.(wanted.item, to.board, to.settings, to.fetch);
    return { wanted, item };
  } catch (error) {
    if (!to.signal.aborted) failures.push(error);
    return { wanted, error };
  }
}

/** A refusal of this one record, or a form that it does not have, comes at once and says nothing of the others. */
function isCostly(error: unknown): boolean {
  return !(error instanceof FetchError) || (error.type !== 'http_4xx' && error.type !== 'parse');
}

function problemsOf(missing: number, failures: readonly unknown[], beyond: number): ReadProblem[] {
  const problems: ReadProblem[] = [];
  if (missing > 0) problems.push({ error: failures[0], what: texts(missing) });
  if (beyond > 0) {
    const error = new FetchError('other', `stopped after ${TEXTS_MAX}, which is our own limit; the next read goes on`);
    problems.push({ error, what: texts(beyond), ownLimit: true });
  }
  return problems;
}

function texts(count: number): string {
  return count === 1 ? 'the text of one posting' : `the texts of ${count} postings`;
}
