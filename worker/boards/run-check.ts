/** Does one check that somebody asked for: takes its row, follows the address, writes what came of it. */
import { type BoardCandidate, isUsable } from '../../shared/boards/candidate.ts';
import { BoardRefusedError } from '../../shared/boards/refusal.ts';
import {
  type CheckEnd,
  endCheck,
  giveBackCheck,
  type TakenCheck,
  takeCheck,
} from '../../shared/db/board-checks/work.ts';
import type { Database } from '../../shared/db/database.ts';
import type { Log } from '../../shared/log.ts';
import type { BoardCheckTask } from '../../shared/queues/board-checks.ts';
import type { UnitAnswer } from '../../shared/queues/units.ts';
import { sourceInfo } from '../../shared/sources.ts';
import { sentenceOf, WaitError } from '../http/wait.ts';
import { type CheckMeans, checkUrl } from './check-url.ts';

export interface RunMeans extends Pick<CheckMeans, 'http' | 'turns' | 'connectors' | 'settingsOf'> {
  readonly db: Database;
  readonly log: Log;
  /** How long one attempt may take; all its requests end with it. */
  readonly limitMs?: number;
}

const LIMIT_MS = 120_000;

/** @throws what went wrong on our side (the database is away): the task then comes again, and its last try ends the check */
export async function runCheck(means: RunMeans, task: BoardCheckTask): Promise<UnitAnswer> {
  const check = await takeCheck(means.db, task.checkId);
  if (check === undefined) return 'done';
  const counted = { requests: 0 };
  const limit = AbortSignal.timeout(means.limitMs ?? LIMIT_MS);
  try {
    const signal = AbortSignal.any([task.signal, limit]);
    const candidates = await checkUrl(check.url, { ...means, signal, onRequest: () => counted.requests++ });
    await end(means, check, endOf(candidates), counted.requests);
  } catch (error) {
    if (task.signal.aborted) {
      await giveBackCheck(means.db, check);
      return { againInMs: 0 };
    }
    if (error instanceof WaitError && isShort(error)) {
      await giveBackCheck(means.db, check);
      return { againInMs: error.wait.waitMs ?? 0 };
    }
    const known = limit.aborted ? LATE : error instanceof WaitError ? refusalOf(error) : error;
    if (!(known instanceof BoardRefusedError) && !task.lastTry) {
      await giveBackCheck(means.db, check);
      throw error;
    }
    await end(means, check, endOfError(known), counted.requests);
    if (!(known instanceof BoardRefusedError))
      means.log.error({ err: error, checkId: check.id }, 'a check was given up');
  }
  return 'done';
}

/** What is shorter than this may pass before the check's deadline. */
const WAIT_MAX_MS = 120_000;

function isShort({ wait }: WaitError): boolean {
  return wait.waitMs !== null && wait.waitMs <= WAIT_MAX_MS;
}

function refusalOf({ wait }: WaitError): BoardRefusedError {
  return new BoardRefusedError('board-unreachable', `It was not asked: ${sentenceOf(wait)}.`);
}

const LATE = new BoardRefusedError(
  'check-timed-out',
  'The page or the board did not answer in time. Ask again later, or paste the address of one of its postings.',
);

async function end(means: RunMeans, check: TakenCheck, result: CheckEnd, requests: number): Promise<void> {
  if (!(await endCheck(means.db, check, result, requests))) return;
  const { state, candidates } = result;
  const boards = candidates.map(({ source, token, verdict }) => `${source}/${token} ${verdict}`);
  const problem = result.state === 'failed' ? result.problem.reason : undefined;
  means.log.info({ checkId: check.id, state, boards, problem, requests }, 'board check ended');
}

/** What can be saved is ready; where nothing can be, the first candidate says why. */
export function endOf(candidates: readonly BoardCandidate[]): CheckEnd {
  if (candidates.some(isUsable)) return { state: 'ready', candidates };
  const detail = candidates.map(({ source, says }) => `${sourceInfo(source).label}: ${says}`).join(' ');
  const reason = candidates.every(({ verdict }) => verdict === 'absent') ? 'no-such-board' : 'board-unreachable';
  return { state: 'failed', candidates, problem: { reason, detail } };
}

function endOfError(error: unknown): CheckEnd {
  const problem =
    error instanceof BoardRefusedError
      ? { reason: error.reason, detail: error.message }
      : { reason: 'check-failed', detail: 'The check failed by a fault of this server; its log has the details.' };
  return { state: 'failed', candidates: [], problem };
}
