/** Ends checks whose time is over, whatever became of their tasks and workers. Whoever looks at checks calls this first. */
import { sql } from 'kysely';
import type { CheckProblem } from '../../boards/candidate.ts';
import type { Database } from '../database.ts';

const LATE: CheckProblem = {
  reason: 'check-timed-out',
  detail: 'The check did not end in time: no worker took it up, or those that did went down. Ask for it again.',
};

/** @param id of the only check to look at: readers never wait for each other's rows */
export async function expireChecks(db: Database['sql'], id?: string): Promise<void> {
  await db
    .updateTable('board_check')
    .set({ state: 'failed', finished_at: sql`now()`, problem: JSON.stringify(LATE) })
    .where('state', 'in', ['queued', 'running'])
    .where('deadline_at', '<', sql<string>`now()`)
    .$if(id !== undefined, (query) => query.where('id', '=', id ?? ''))
    .execute();
}
