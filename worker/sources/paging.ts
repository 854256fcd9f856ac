/** What every source with pages needs: to see that pages repeat, to look ahead within bounds, and to say why a read ended early. */
import pLimit from 'p-limit';
import { FetchError } from '../../shared/errors.ts';
import type { ReadEnd, ReadProblem } from './source.ts';

export function endOf(problems: readonly ReadProblem[]): ReadEnd {
  return { complete: problems.length === 0, problems };
}

/** The failure of a later page as a problem of the read. Anything but a FetchError is not a source's failure and goes on up. */
export function pageProblem(error: unknown, what: string): ReadProblem {
  if (error instanceof FetchError) return { error, what };
  throw error;
}

/** After a refused key or a limit, every further page would be refused as well, and may count against the quota. */
export function isHopeless(error: unknown): boolean {
  return error instanceof FetchError && (error.type === 'auth' || error.type === 'rate_limited');
}

export function ownLimit(pages: number): ReadProblem {
  const error = new FetchError('other', 'not read: so many pages are our own limit, and the source has more');
  return { error, what: `what lies beyond ${pages} pages`, ownLimit: true };
}

/** The source shows no more of a list, although there is more of it. Nothing failed. */
export function endOfReach(says: string, name: string): ReadProblem {
  return { error: new FetchError('other', says), what: `the rest of ${name}`, ownLimit: true };
}

export function repeatedPage(what: string): ReadProblem {
  return { error: new FetchError('other', 'repeats what earlier pages had; paging does not move on'), what };
}

/** A source that counts its rows and lists fewer of them left a hole; one that does not count is taken at its word. */
export function missingRows(label: string, rows: number, total: number | null | undefined): ReadProblem[] {
  if (total === null || total === undefined || rows >= total) return [];
  const error = new FetchError('other', `${label} counts ${total} postings and listed ${rows}`);
  return [{ error, what: `${total - rows} postings of the board` }];
}

/** Remembers the ids of one list and tells when a page brings nothing new: the source ignores the page that it is asked for. */
export function createRepeatCheck(): (ids: readonly string[]) => boolean {
  const seen = new Set<string>();
  return (ids) => {
    const repeated = ids.length > 0 && ids.every((id) => seen.has(id));
    for (const id of ids) seen.add(id);
    return repeated;
  };
}

/**
 * Runs tasks in order, at most `concurrency` of them started and not yet taken by the reader, so that a slow reader holds
 * only so many pages in memory.
 * @param run must not reject; it returns its failure
 */
export async function* ahead<Task, Result>(
  tasks: readonly Task[],
  concurrency: number,
  run: (task: Task) => Promise<Result>,
): AsyncGenerator<Result> {
  const lane = pLimit(concurrency);
  const started: Promise<Result>[] = [];
  for (const task of tasks) {
    started.push(lane(run, task));
    if (started.length < concurrency) continue;
    const first = started.shift();
    if (first !== undefined) yield await first;
  }
  for (const rest of started) yield await rest;
}
