/** Judges sources from their rows and writes each change of state: after each scan, and in the leading scheduler's rounds. */
import { type RawBuilder, sql } from 'kysely';
import { ABSENCES_UNTIL_REST } from '../../board-interval.ts';
import { isSourceName, SOURCE_NAMES, type SourceName } from '../../sources.ts';
import { hostNow, sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import { toDate } from '../scans/time.ts';
import { type BoardSums, type Judged, judgeSource, type SourceFacts } from './judge-source.ts';
import { missingKeys, pausedBy } from './shown-state.ts';

type Db = Pick<Database, 'sql' | 'clock'>;

/** What decides whether scans read a source, besides its rows. Left out: whoever judges does not know. */
export interface HealthSettings {
  readonly sources: readonly SourceName[];
  readonly sourceKeys: Readonly<Record<string, string>>;
}

/** Boards that were read last: of them, so many must list less at once before their whole source is in doubt. */
const RECENT = 50;
const DROPPED_MIN = 3;
const DROPPED_SHARE = 0.5;
const EXAMPLE_LENGTH_MAX = 300;
const DAYS_KEPT = 60;

/**
 * @param sources only these; all of them when left out
 * @returns the state of each source that was judged
 */
export async function judgeSources(
  db: Db,
  settings?: HealthSettings,
  sources: readonly SourceName[] = SOURCE_NAMES,
): Promise<Map<SourceName, Judged>> {
  const states = new Map<SourceName, Judged>();
  if (sources.length === 0) return states;
  const facts = await readFacts(db, sources, settings);
  for (const one of facts) states.set(one.facts.source, judgeSource(one.facts, hostNow(db)));
  await writeStates(db, facts, states);
  return states;
}

/** Sources with more boards than this are left to the scheduler's rounds. */
const AFTER_SCAN_MAX = 5000;

/** After a scan read boards of these sources: whoever looks next sees what came of it. */
export async function judgeAfterScan(db: Db, sources: readonly SourceName[]): Promise<void> {
  const { rows } = await sql<{ source: SourceName }>`
    select source from unnest(${sources}::text[]) as w (source)
    where (select count(*) from (select from board b where b.source = w.source limit ${AFTER_SCAN_MAX + 1}) few)
      <= ${AFTER_SCAN_MAX}`.execute(db.sql);
  await judgeSources(
    db,
    undefined,
    rows.map((row) => row.source),
  );
}

interface Row extends BoardSums {
  readonly source: string;
  readonly enabled: boolean;
  readonly held: string | null;
  readonly held_since: Date | string | null;
  readonly breaker: string | null;
  readonly breaker_kind: string | null;
  readonly breaker_reason: string | null;
  readonly breaker_until: Date | string | null;
  readonly quota_for: string | null;
  readonly quota_until: Date | string | null;
  readonly broken: number;
  readonly dropped: number;
  readonly recent: number;
  readonly example: string | null;
  readonly newest: number | null;
  readonly moved_at: number | null;
  readonly fresh_as_of: Date | string | null;
  readonly absent_listed: number | null;
  readonly days: readonly number[] | null;
}

interface Read {
  readonly facts: SourceFacts;
  readonly row: Row;
}

/** One statement that reads all boards of these sources: its time grows with them, which is why big sources wait for the round. */
async function readFacts(
  db: Db,
  sources: readonly SourceName[],
  settings: HealthSettings | undefined,
): Promise<Read[]> {
  const { rows } = await factsOf(db, sources).execute(db.sql);
  return rows.flatMap((row) => (isSourceName(row.source) ? [{ row, facts: toFacts(row, row.source, settings) }] : []));
}

function factsOf(db: Db, sources: readonly string[]): RawBuilder<Row> {
  return sql<Row>`
    with wanted as (select unnest(${sources}::text[]) as source),
    sums as (
      select source, count(*)::int as total,
        count(*) filter (where absences >= ${ABSENCES_UNTIL_REST})::int as resting,
        count(*) filter (where last_read_at is null)::int as unread,
        count(*) filter (where failures > 0 and absences < ${ABSENCES_UNTIL_REST})::int as failing,
        count(*) filter (where failures = 0 and suspect_since is null and last_error is not null)::int as partial,
        count(*) filter (where failures = 0 and suspect_since is not null)::int as suspect,
        count(last_found)::int as counted,
        coalesce(sum(last_found), 0)::float8 as found, coalesce(sum(last_broken), 0)::float8 as broken,
        max((read_history ->> 'newest')::float8) as newest, max((read_history ->> 'movedAt')::float8) as moved_at,
        percentile_disc(0.1) within group (order by coalesce(last_healthy_at, '-infinity'))
          filter (where absences < ${ABSENCES_UNTIL_REST}) as fresh_as_of
      from board where enabled and source = any(${sources}::text[]) group by source
    )
    select w.source, coalesce(s.enabled, true) as enabled, h.reason as held, h.since as held_since,
      g.breaker, g.breaker_kind, g.breaker_reason, g.breaker_until, s.absent_listed, s.quota_for, s.quota_until,
      coalesce(b.total, 0) as total, coalesce(b.resting, 0) as resting, coalesce(b.unread, 0) as unread,
      coalesce(b.failing, 0) as failing, coalesce(b.partial, 0) as partial, coalesce(b.suspect, 0) as suspect,
      coalesce(b.counted, 0) as counted, coalesce(b.found, 0) as found, coalesce(b.broken, 0) as broken,
      b.newest, b.moved_at, nullif(b.fresh_as_of, '-infinity') as fresh_as_of,
      coalesce(recent.dropped, 0) as dropped, coalesce(recent.read, 0) as recent, bad.example,
      (select array_agg(d.found::float8 / d.boards order by d.day) from source_day d
        where d.source = w.source and d.boards > 0 and d.day < (${sqlNow(db)} at time zone 'UTC')::date) as days
    from wanted w
    left join source_state s on s.source = w.source
    left join gate g on g.source = w.source and g.host = ''
    left join lateral (select target, since, reason from hold where target in (w.source, '*') order by target desc limit 1) h on true
    left join sums b on b.source = w.source
    left join lateral (
      select count(*)::int as read, count(*) filter (where about in ('none', 'few'))::int as dropped from (
        select read_history -> 'doubt' ->> 'about' as about from board
        where source = w.source and enabled and failures = 0 and (last_found > 0 or suspect_since is not null)
        order by last_read_at desc nulls last limit ${RECENT}
      ) r where b.suspect >= ${DROPPED_MIN}
    ) recent on true
    left join lateral (
      select case when token = '*' then '' else token || ': ' end || left(last_error, ${EXAMPLE_LENGTH_MAX}) as example
      from board where b.failing + b.partial + b.suspect > 0 and source = w.source and enabled and last_error is not null
        and absences < ${ABSENCES_UNTIL_REST}
      order by (failures > 0 and b.failing * 2 >= b.total) desc, (suspect_since is not null) desc, last_read_at desc limit 1
    ) bad on true`;
}

function toFacts(row: Row, source: SourceName, settings: HealthSettings | undefined): SourceFacts {
  const date = (ms: number | null) => (ms === null ? null : new Date(ms));
  return {
    source,
    paused: pausedBy(source, { ...row, heldSince: timeOf(row.held_since), heldFor: row.held }, settings),
    missingKeys: settings === undefined ? [] : missingKeys(source, settings.sourceKeys),
    breaker:
      row.breaker === 'open'
        ? { kind: row.breaker_kind, reason: row.breaker_reason, until: timeOf(row.breaker_until) }
        : undefined,
    quota: row.quota_for === null ? undefined : { says: row.quota_for, until: timeOf(row.quota_until) },
    boards: row,
    example: row.example ?? undefined,
    inDoubt: isInDoubt(row),
    newest: date(row.newest),
    movedAt: date(row.moved_at),
    days: row.days ?? [],
    absentListed: row.absent_listed,
  };
}

function isInDoubt({ dropped, recent }: Row): boolean {
  return dropped >= DROPPED_MIN && dropped >= recent * DROPPED_SHARE;
}

function timeOf(value: Date | string | null): Date | null {
  return value === null ? null : toDate(value);
}

/** One statement: the states, an event for each that changed, and the day's totals. */
async function writeStates(db: Db, read: readonly Read[], states: ReadonlyMap<SourceName, Judged>): Promise<void> {
  const rows = read.map(({ row, facts }) => ({
    source: facts.source,
    state: states.get(facts.source)?.state,
    sentence: states.get(facts.source)?.sentence.replaceAll('\0', '\ufffd'),
    fresh_as_of: timeOf(row.fresh_as_of)?.toISOString() ?? null,
    in_doubt: facts.inDoubt,
    boards: row.counted,
    found: row.found,
    broken: row.broken,
  }));
  const now = sqlNow(db);
  // In one order everywhere: two that judge at once never wait for each other in a ring.
  rows.sort((a, b) => (a.source < b.source ? -1 : 1));
  await sql`
    with judged as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as j(
        source text, state text, sentence text, fresh_as_of timestamptz, in_doubt boolean, boards int, found bigint, broken bigint)
    ), day_row as (
      insert into source_day (source, day, boards, found, broken)
      select source, (${now} at time zone 'UTC')::date, boards, found, broken from judged where boards > 0
      on conflict (source, day) do update set boards = excluded.boards, found = excluded.found, broken = excluded.broken
    ), written as (
      insert into source_state (source, state, sentence, since, judged_at, fresh_as_of, in_doubt)
      select source, state, sentence, ${now}, ${now}, fresh_as_of, in_doubt from judged order by source
      on conflict (source) do update set state = excluded.state, sentence = excluded.sentence, judged_at = excluded.judged_at,
        fresh_as_of = excluded.fresh_as_of, in_doubt = excluded.in_doubt,
        since = case when source_state.state is distinct from excluded.state then excluded.since else source_state.since end
      returning new.source as source, old.state as before, new.state as state, new.sentence as sentence
    )
    insert into source_state_event (source, at, state, sentence)
    select source, ${now}, state, sentence from written where before is distinct from state`.execute(db.sql);
}

/** Old days and old events; a few rows a day, so one statement takes them all. */
export async function sweepSourceHealth(db: Db): Promise<void> {
  const now = sqlNow(db);
  await sql`delete from source_day where day < (${now} at time zone 'UTC')::date - ${DAYS_KEPT}::int`.execute(db.sql);
  await sql`delete from source_state_event where at < ${now} - interval '400 days'`.execute(db.sql);
}
