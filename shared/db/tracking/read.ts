/** What one person tracks, as they see it: one item for each job, with what changed of it since they last looked. */
import { type RawBuilder, sql } from 'kysely';
import type { SeenAdvert } from '../../tracking/advert.ts';
import { type Change, changesOf } from '../../tracking/changes.ts';
import { RANKED_STATES, type State } from '../../tracking/states.ts';
import type { Database } from '../database.ts';
import { type EntryRow, type NextStep, stepOf } from './entry.ts';
import { CURRENT_JOB, idsOf, iso, mayBeOf, readPresent } from './jobs.ts';

type Db = Pick<Database, 'sql'>;

export interface Item {
  readonly id: string;
  /** The job by now; null when this system does not have it. */
  readonly jobId: string | null;
  readonly state: State;
  readonly reason: string | null;
  readonly stateAt: string;
  readonly notes: string;
  readonly nextStep: NextStep | null;
  /** When its advert was frozen. */
  readonly appliedAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly version: number;
  /** As it is now, or as it was seen last. */
  readonly job: SeenAdvert;
  readonly changes: readonly Change[];
  /** Other entries of the same person that turned out to be the same job. */
  readonly also: readonly { readonly id: string; readonly state: State }[];
}

export interface ListOptions {
  readonly states: readonly State[];
  /** Only those with a next step up to this day, included. */
  readonly dueBefore?: string | undefined;
  readonly sort: 'changed' | 'due';
  readonly limit: number;
  readonly after?: Position | undefined;
}

/** Where a page ended: what it is sorted by, and the entry. */
export type Position = readonly [value: string, id: string];

export interface ItemPage {
  readonly items: readonly Item[];
  readonly next: Position | null;
}

export async function listItems(db: Db, owner: string, options: ListOptions): Promise<ItemPage> {
  const { sort, limit, after } = options;
  const rows = await readRows(
    db,
    owner,
    sql`place = 1 and state = any(${options.states}::text[])
      and (${options.dueBefore ?? null}::date is null or next_on <= ${options.dueBefore ?? null}::date)
      and ${sort === 'due' ? sql`next_on is not null` : sql`true`}
      and ${afterRow(sort, after)}`,
    sort === 'due' ? sql`next_on, id` : sql`updated_at desc, id desc`,
    limit + 1,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await itemsOf(db, page),
    next:
      rows.length > limit && last !== undefined
        ? [sort === 'due' ? (last.next_on ?? '') : last.updated_at_text, last.id]
        : null,
  };
}

function afterRow(sort: ListOptions['sort'], after: Position | undefined): RawBuilder<unknown> {
  if (after === undefined) return sql`true`;
  const [value, id] = after;
  return sort === 'due'
    ? sql`(next_on, id) > (${value}::date, ${id}::uuid)`
    : sql`(updated_at, id) < (${value}::timestamptz, ${id}::uuid)`;
}

/** @returns undefined for what does not exist and for what is another person's */
export async function readItem(db: Db, owner: string, id: string): Promise<Item | undefined> {
  const rows = await readRows(db, owner, sql`id = ${id}::uuid`, sql`id`, 1, sql`true`);
  return (await itemsOf(db, rows))[0];
}

/** The item that speaks for a job. @param jobId as it is now */
export async function readItemOfJob(db: Db, owner: string, jobId: string): Promise<Item | undefined> {
  const ids = await idsOf(db.sql, jobId);
  const rows = await readRows(
    db,
    owner,
    sql`place = 1 and current_job = ${jobId}::bigint`,
    sql`id`,
    1,
    sql`${mayBeOf(ids)} and ${TRACKED}`,
  );
  return (await itemsOf(db, rows))[0];
}

/** The states of jobs that are on a page, by job. */
export async function readStates(db: Db, owner: string, jobIds: readonly string[]): Promise<Map<string, State>> {
  if (jobIds.length === 0) return new Map();
  const { rows } = await sql<{ job_id: string; state: State }>`
    select distinct on (job_id) job_id::text, state from (
      select ${CURRENT_JOB} as job_id, a.state from application a
      where a.owner = ${owner}::uuid and a.state <> 'new' and ${mayBeOf(jobIds)}
    ) m where job_id = any(${jobIds}::bigint[]) order by job_id, ${RANK}`.execute(db.sql);
  return new Map(rows.map(({ job_id: job, state }) => [job, state]));
}

/** How many items are in each state. */
export async function countStates(db: Db, owner: string): Promise<Readonly<Record<string, number>>> {
  const { rows } = await sql<{ state: string; n: number }>`
    with ${mine(owner, TRACKED)} select state, count(*)::integer as n from mine where place = 1 group by state`.execute(
    db.sql,
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

const TRACKED = sql`a.state <> 'new'`;
const RANK = sql`array_position(array[${sql.join(RANKED_STATES.map((state) => sql.lit(state)))}], state)`;

/** `place` is 1 for the entry that speaks for its job; `members` are all entries of that job. */
function mine(owner: string, where: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`entry as (
    select a.*, ${CURRENT_JOB} as current_job from application a where a.owner = ${owner}::uuid and (${where})
  ), mine as (
    select e.*, row_number() over w as place,
      json_agg(json_build_object('id', id, 'state', state)) over (partition by coalesce(current_job::text, id::text)) as members
    from entry e window w as (partition by coalesce(current_job::text, id::text) order by ${RANK}, state_at desc, id desc)
  )`;
}

async function readRows(
  db: Db,
  owner: string,
  where: RawBuilder<unknown>,
  order: RawBuilder<unknown>,
  limit: number,
  among: RawBuilder<unknown> = TRACKED,
): Promise<readonly Row[]> {
  const { rows } = await sql<Row>`
    with ${mine(owner, among)}
    select id, current_job::text, state, reason, ${iso('state_at')} as state_at, notes, next_step, next_on::text,
      ${iso('created_at')} as created_at, ${iso('updated_at')} as updated_at_text, version, seen, seen_job_id::text, members,
      (select ${iso('f.taken_at')} from application_advert f where f.application_id = mine.id and not exists (
        select from application_event u where u.application_id = f.application_id and u.undoes = f.seq)
       order by f.seq desc limit 1) as applied_at
    from mine where ${where} order by ${order} limit ${limit}`.execute(db.sql);
  return rows;
}

interface Row extends EntryRow {
  readonly created_at: string;
  readonly updated_at_text: string;
  readonly seen_job_id: string | null;
  readonly members: readonly { readonly id: string; readonly state: State }[];
  readonly applied_at: string | null;
}

async function itemsOf(db: Db, rows: readonly Row[]): Promise<Item[]> {
  const present = await readPresent(
    db.sql,
    rows.flatMap(({ current_job }) => current_job ?? []),
  );
  return rows.map((row) => {
    const now = row.current_job === null ? undefined : present.get(row.current_job);
    return {
      id: row.id,
      jobId: now?.jobId ?? null,
      state: row.state,
      reason: row.reason,
      stateAt: row.state_at,
      notes: row.notes,
      nextStep: stepOf(row),
      appliedAt: row.applied_at,
      createdAt: row.created_at,
      updatedAt: row.updated_at_text,
      version: row.version,
      job: now?.advert ?? row.seen,
      changes: changesOf(row.seen, row.seen_job_id, now),
      also: row.members.filter(({ id, state }) => id !== row.id && state !== 'new'),
    };
  });
}
