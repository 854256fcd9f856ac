/** Units that wait for their source: they are tasks that come again, and their rows say why and until when. */
import { sql } from 'kysely';
import { sqlClock } from '../clock.ts';
import type { Database } from '../database.ts';

export interface UnitWait {
  readonly ms: number;
  /** One sentence for people. */
  readonly why: string;
}

/**
 * The unit is as one that was never taken: cancelling its scan ends it at once.
 * @returns `cancelled` when its scan was cancelled before, `ended` when there is nothing left to wait
 */
export function parkUnit(
  db: Pick<Database, 'sql' | 'clock'>,
  { unitId, scanId }: { readonly unitId: string; readonly scanId: string },
  { ms, why }: UnitWait,
): Promise<'parked' | 'cancelled' | 'ended'> {
  return db.sql.transaction().execute(async (tx) => {
    // The scan's row first, as everywhere: a cancel that is under way is seen, or sees this unit.
    const scan = await tx
      .selectFrom('scan')
      .where('id', '=', scanId)
      .select('cancel_requested_at')
      .forShare()
      .executeTakeFirst();
    if (scan === undefined) return 'ended';
    if (scan.cancel_requested_at !== null) return 'cancelled';
    const row = await tx
      .updateTable('scan_unit')
      .set({
        state: 'queued',
        waits_since: sql`coalesce(waits_since, ${sqlClock(db)})`,
        waits_until: sql`${sqlClock(db)} + ${ms} * interval '1 millisecond'`,
        waits_for: why.replaceAll('\0', '\ufffd').slice(0, WHY_LENGTH_MAX),
      })
      .where('id', '=', unitId)
      .where('state', 'in', ['queued', 'running'])
      .returning('id')
      .executeTakeFirst();
    return row === undefined ? 'ended' : 'parked';
  });
}

const WHY_LENGTH_MAX = 500;
