/** A scan is cancelled by a mark on its row: units that wait end at once, running ones see it before their next page. */
import { sql } from 'kysely';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import type { ScanState } from '../tables/scan.ts';
import { finishScanIfDone } from './finish.ts';
import { isUuid } from './read.ts';

/**
 * Asks an open scan to end. Asking again changes nothing.
 * @returns the scan's state after the call (`running` while units are still stopping), or undefined when there is no such scan
 */
export async function cancelScan(db: Database, scanId: string): Promise<ScanState | undefined> {
  if (!isUuid(scanId)) return undefined;
  const state = await db.sql.transaction().execute(async (tx) => {
    const scan = await tx.selectFrom('scan').where('id', '=', scanId).select('state').forUpdate().executeTakeFirst();
    if (scan === undefined || (scan.state !== 'queued' && scan.state !== 'running')) return scan?.state;
    await tx
      .updateTable('scan')
      .set({ cancel_requested_at: sql`coalesce(cancel_requested_at, ${sqlNow(db)})` })
      .where('id', '=', scanId)
      .execute();
    await tx
      .updateTable('scan_unit')
      .set({ state: 'cancelled', finished_at: sqlNow(db) })
      .where('scan_id', '=', scanId)
      .where('state', '=', 'queued')
      .execute();
    return scan.state;
  });
  if (state !== 'queued' && state !== 'running') return state;
  return (await finishScanIfDone(db, scanId)) ?? state;
}
