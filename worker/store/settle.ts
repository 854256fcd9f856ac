/** After a unit wrote: its postings are merged into jobs, and the jobs are indexed for the search. */
import type { Database } from '../../shared/db/database.ts';
import { gatherFor } from '../../shared/gather.ts';
import { mergePending } from './merge/pending.ts';
import { indexPending } from './search/entries.ts';

/** Several units end at the same moment: their process does it once for all who ask meanwhile. */
export async function settleStored(db: Database): Promise<void> {
  await settled(db, 'all');
}

const settled = gatherFor(async (db: Database) => {
  await mergePending(db);
  await indexPending(db);
  return new Map<string, void>();
}, 1);
