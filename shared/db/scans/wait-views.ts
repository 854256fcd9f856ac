/** What units wait for, as people see it, and sources whose budget has nothing left for them. */
import { sql } from 'kysely';
import { sqlClock } from '../clock.ts';
import type { Database } from '../database.ts';
import { toDate } from './time.ts';
import type { WaitWord } from './waits.ts';

/** What the units of one source in one scan wait for. */
export interface WaitView {
  readonly why: WaitWord;
  /** Of the unit that waits longest, one sentence. */
  readonly says: string;
  readonly units: number;
  readonly since: Date | null;
  /** When the first of them comes again; null: when an operator lets it. */
  readonly until: Date | null;
}

/** By scan and source, of scans that are not over. */
export async function readWaits(
  db: Pick<Database, 'sql'>,
  scanIds: readonly string[],
): Promise<ReadonlyMap<string, readonly WaitView[]>> {
  const waits = new Map<string, WaitView[]>();
  if (scanIds.length === 0) return waits;
  const { rows } = await sql<WaitRow>`
    select scan_id as scan, source, waits_why as why, count(*)::int as units, min(waits_since) as since, min(waits_until) as until,
      (array_agg(waits_for order by waits_since))[1] as says
    from scan_unit where scan_id = any(${scanIds}::uuid[]) and state = 'queued' and waits_why is not null
    group by scan_id, source, waits_why order by count(*) desc`.execute(db.sql);
  for (const { scan, source, why, units, since, until, says } of rows) {
    const key = waitKey(scan, source);
    const time = (value: Date | string | null) => (value === null ? null : toDate(value));
    waits.set(key, [
      ...(waits.get(key) ?? []),
      { why, says: says ?? why, units, since: time(since), until: time(until) },
    ]);
  }
  return waits;
}

export const waitKey = (scanId: string, source: string) => `${scanId} ${source}`;

interface WaitRow {
  readonly scan: string;
  readonly source: string;
  readonly why: WaitWord;
  readonly units: number;
  readonly since: Date | string | null;
  readonly until: Date | string | null;
  readonly says: string | null;
}

/**
 * A unit of this source was not asked because its budget has no request left. Kept until the source is read again.
 * @param until null: not before something changes
 */
export async function noteQuota(
  db: Pick<Database, 'sql' | 'clock'>,
  source: string,
  { says, ms }: { readonly says: string; readonly ms: number | null },
): Promise<void> {
  await sql`insert into source_state (source, quota_for, quota_until)
    values (${source}, ${says}, ${sqlClock(db)} + ${ms}::float8 * interval '1 millisecond')
    on conflict (source) do update set quota_for = excluded.quota_for, quota_until = excluded.quota_until`.execute(
    db.sql,
  );
}
