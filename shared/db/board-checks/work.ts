/** The life of a check's row: taken, given back, ended. */
import { sql } from 'kysely';
import type { BoardCandidate, CheckProblem } from '../../boards/candidate.ts';
import type { Database } from '../database.ts';
import { OPEN_MAX } from './create.ts';

export interface TakenCheck {
  readonly id: string;
  readonly url: string;
  /** This attempt's number, from 1; an end of an earlier attempt is not written. */
  readonly attempt: number;
}

export type CheckEnd =
  | { readonly state: 'ready'; readonly candidates: readonly BoardCandidate[] }
  | { readonly state: 'failed'; readonly candidates: readonly BoardCandidate[]; readonly problem: CheckProblem };

const DETAIL_MAX = 1000;

/** @returns undefined when the check is over, or never was */
export async function takeCheck(db: Pick<Database, 'sql'>, id: string): Promise<TakenCheck | undefined> {
  const row = await db.sql
    .updateTable('board_check')
    .set((eb) => ({ state: 'running', attempts: eb('attempts', '+', 1), started_at: sql`coalesce(started_at, now())` }))
    .where('id', '=', id)
    .where('state', 'in', ['queued', 'running'])
    .where('deadline_at', '>', sql<string>`now()`)
    .returning(['url', 'attempts'])
    .executeTakeFirst();
  return row === undefined ? undefined : { id, url: row.url, attempt: row.attempts };
}

/** This process ends on purpose; another one begins the check again. */
export async function giveBackCheck(db: Pick<Database, 'sql'>, { id, attempt }: TakenCheck): Promise<void> {
  await db.sql
    .updateTable('board_check')
    .set((eb) => ({ state: 'queued', attempts: eb('attempts', '-', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where('attempts', '=', attempt)
    .execute();
}

/** @returns false when the check had ended already, or another attempt has it; nothing was written then */
export async function endCheck(
  db: Pick<Database, 'sql'>,
  { id, attempt }: Pick<TakenCheck, 'id' | 'attempt'>,
  end: CheckEnd,
  requests: number,
): Promise<boolean> {
  const problem = end.state === 'failed' ? { ...end.problem, detail: end.problem.detail.slice(0, DETAIL_MAX) } : null;
  const row = await db.sql
    .updateTable('board_check')
    .set((eb) => ({
      state: end.state,
      finished_at: sql`now()`,
      requests: eb('requests', '+', requests),
      candidates: JSON.stringify(end.candidates),
      problem: problem === null ? null : JSON.stringify(problem),
    }))
    .where('id', '=', id)
    .where('state', '=', 'running')
    .where('attempts', '=', attempt)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Checks that somebody should be at, for whoever looks after lost tasks: those of the last seconds are on their way. There are
 * never more than a few (`OPEN_MAX`), and a task that is there stays as it is.
 */
export async function openChecks(db: Pick<Database, 'sql'>): Promise<string[]> {
  const rows = await db.sql
    .selectFrom('board_check')
    .where('state', 'in', ['queued', 'running'])
    .where('deadline_at', '>', sql<string>`now()`)
    .where('requested_at', '<', sql<string>`now() - interval '5 seconds'`)
    .orderBy('requested_at')
    .limit(OPEN_MAX)
    .select('id')
    .execute();
  return rows.map((row) => row.id);
}

/** For a check whose task never came into the queue. */
export async function dropCheck(db: Pick<Database, 'sql'>, id: string): Promise<void> {
  await db.sql.deleteFrom('board_check').where('id', '=', id).where('state', '=', 'queued').execute();
}
