/** The numbers that the whole system has once, from counts that are kept while writing: no statement here reads a big table. */
import { sql } from 'kysely';
import type { BusinessStats } from '../metrics/business.ts';
import type { SourceStats } from '../metrics/source.ts';
import { isSourceName, SOURCE_NAMES, type SourceName, sourceInfo } from '../sources.ts';
import { APPLIED } from '../tracking/states.ts';
import { SESSION_LIFETIME_SECONDS } from './accounts/sessions.ts';
import type { Database } from './database.ts';
import type { SourceState } from './source-health/judge-source.ts';
import { shownState } from './source-health/shown-state.ts';

type Sql = Pick<Database, 'sql'>;
type Reader = Pick<Database, 'sql' | 'pool'>;
type JobStats = Pick<BusinessStats, 'jobsTotal' | 'jobsNewThisWeek' | 'jobsSaved' | 'jobsApplied' | 'jobsHidden'>;
type ScanStats = Pick<
  BusinessStats,
  'lastSuccessfulScanAt' | 'lastScanFound' | 'lastScanNew' | 'scansInProgress' | 'activeSessions'
>;

/** What decides whether scans read a source, besides its row. */
interface SourceSettings {
  readonly sources: readonly SourceName[];
  readonly sourceKeys: Readonly<Record<string, string>>;
}

export async function readBusinessStats(db: Reader, settings: SourceSettings): Promise<BusinessStats> {
  // One after the other, on one connection: a scrape must not take connections away from requests.
  const jobs = await readJobStats(db);
  const scans = await readScanStats(db);
  return { ...jobs, ...scans, sources: await readSourceStats(db, settings) };
}

/**
 * The gauges of jobs: one row for each day since the first, whatever the number of jobs is; a year of days costs 0.02 ms.
 * Exact, because the transaction that stores jobs counts them; what people do with them is counted by triggers.
 */
export async function readJobStats(db: Pick<Database, 'pool'>): Promise<JobStats> {
  const { rows } = await db.pool.query<JobRow>(JOB_STATS);
  const { total, week, tracked } = only(rows);
  const sum = (states: readonly string[]) => states.reduce((n, state) => n + (tracked?.[state] ?? 0), 0);
  return {
    jobsTotal: total ?? 0,
    jobsNewThisWeek: week ?? 0,
    jobsSaved: sum(['saved']),
    jobsApplied: sum(APPLIED),
    jobsHidden: sum(['hidden']),
  };
}

interface JobRow {
  readonly total: number | null;
  readonly week: number | null;
  /** Entries by state. */
  readonly tracked: Readonly<Record<string, number>> | null;
}

/** With a name, so that each connection plans it once, and with the date in brackets, so that it is worked out once. */
const JOB_STATS = {
  name: 'stats-jobs',
  text: `
    with days as (
      select sum(jobs_new)::float8 as total,
        (sum(jobs_new) filter (where day > (select (now() at time zone 'UTC')::date - 7)))::float8 as week
      from stats_day
    )
    select days.total, days.week, (select json_object_agg(state, entries) from application_count) as tracked from days`,
};

async function readScanStats(db: Sql): Promise<ScanStats> {
  const { rows } = await sql<ScanStats>`
    with last_scan as (
      select id, parts from scan where finished_at is not null order by requested_at desc, id desc limit 1
    ), part as (
      select p.found, p.new from last_scan, jsonb_to_recordset(parts) as p (found bigint, new bigint)
      union all
      select u.found, u.new from scan_unit u where u.scan_id = (select id from last_scan where parts is null)
    ), last_counts as (
      select coalesce(sum(found), 0) as found, coalesce(sum(new), 0) as new from part
    )
    select last_counts.found::float8 as "lastScanFound", last_counts.new::float8 as "lastScanNew",
      coalesce((
        select extract(epoch from finished_at) from scan where state = 'success' and every_source_answered is null
          or state in ('success', 'partial') and every_source_answered
        order by requested_at desc, id desc limit 1), 0)::float8
        as "lastSuccessfulScanAt",
      (select count(*) from scan where state in ('queued', 'running'))::float8 as "scansInProgress",
      (select count(*) from auth.session where "expiresAt" > now()
        and "createdAt" > now() - make_interval(secs => ${SESSION_LIFETIME_SECONDS}))::float8 as "activeSessions"
    from last_counts`.execute(db.sql);
  return only(rows);
}

async function readSourceStats(db: Sql, { sources, sourceKeys }: SourceSettings): Promise<SourceStats[]> {
  const { rows } = await sql<SourceRow>`
    select source, enabled, coalesce(extract(epoch from last_success_at), 0)::float8 as "lastSuccessAt",
      coalesce(last_found, 0)::float8 as "lastFound", state, coalesce(extract(epoch from fresh_as_of), 0)::float8 as "freshAsOf",
      held.yes is not null as held
    from source_state
    left join lateral (select true as yes from hold where target in (source, '*') limit 1) held on true`.execute(
    db.sql,
  );
  const known = new Map(rows.filter((row) => isSourceName(row.source)).map((row) => [row.source, row]));
  return SOURCE_NAMES.map((source) => {
    const row = known.get(source);
    const hasKeys = sourceInfo(source).keys.every((key) => (sourceKeys[key] ?? '') !== '');
    const enabled = (row?.enabled ?? true) && sources.includes(source) && hasKeys;
    const { lastSuccessAt = 0, lastFound = 0, freshAsOf = 0 } = row ?? {};
    return {
      source,
      enabled,
      lastSuccessAt,
      lastFound,
      freshAsOf,
      state: stateOf(source, row, { sources, sourceKeys }),
    };
  });
}

interface SourceRow {
  readonly source: string;
  readonly enabled: boolean;
  readonly lastSuccessAt: number;
  readonly lastFound: number;
  readonly state: string | null;
  readonly freshAsOf: number;
  readonly held: boolean;
}

function stateOf(source: SourceName, row: SourceRow | undefined, settings: SourceSettings): SourceState {
  const heldSince = row?.held === true ? new Date(0) : null;
  const stored = row && { ...row, sentence: null, since: null, heldSince, heldFor: null };
  return shownState(source, stored, settings).state;
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('a statement for the metrics answered without a row');
  return row;
}
