/** What closes or becomes unknown by time alone, without any read. */
import { countClosed } from '../../metrics/liveness.ts';
import type { Database } from '../database.ts';
import { closeExpired } from './close.ts';
import { markUnknown } from './unknown.ts';

/** A call does a bounded part; the next one, some minutes later, goes on. */
export async function sweepLiveness(db: Pick<Database, 'sql' | 'clock'>): Promise<void> {
  countClosed('expired', await closeExpired(db));
  await markUnknown(db);
}
