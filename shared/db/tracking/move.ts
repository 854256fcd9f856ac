/** Brings a job of one person into a state: saved, applied, hidden and so on. */
import { sql } from 'kysely';
import { countStatusUpdate } from '../../metrics/tracking.ts';
import { mayMove, movesFrom, rankOf, type State } from '../../tracking/states.ts';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import { type Edit, editIn } from './edit.ts';
import {
  type Entry,
  facetOf,
  lockOwner,
  presentMoment,
  readEntries,
  readEntry,
  type Tx,
  writeChange,
} from './entry.ts';
import { MoveError, NotTrackedError, StaleError, TrackingFullError } from './errors.ts';
import { findJob, freeze, idsOf, mayBeOf, readPresent, refsOf } from './jobs.ts';

type Db = Pick<Database, 'sql' | 'clock'>;

/** Entries of one person. */
export const APPLICATIONS_MAX = 10_000;

export interface Wanted {
  readonly state: State;
  /** Why it is hidden. */
  readonly reason?: string | null | undefined;
}

export interface MoveDone {
  readonly id: string;
  /** False when everything was as wanted. */
  readonly changed: boolean;
}

/**
 * @param jobId any id that leads to the job
 * @throws NotTrackedError when there is no such job; MoveError; TrackingFullError
 */
export async function moveJob(db: Db, owner: string, jobId: string, wanted: Wanted): Promise<MoveDone> {
  const { done, states } = await db.sql.transaction().execute(async (tx) => {
    await lockOwner(tx, owner);
    const job = await findJob(tx, jobId);
    const members = await membersOf(tx, owner, job, jobId);
    const leader = leaderOf(members) ?? (await startEntry(db, tx, owner, job, jobId));
    return await moveAll(db, tx, leader, members, wanted);
  });
  for (const state of states) countStatusUpdate(state);
  return done;
}

export interface Change extends Edit {
  readonly state?: State | undefined;
  /** Of the state that it comes with. */
  readonly reason?: string | null | undefined;
}

/**
 * All of it or nothing.
 * @param versions of the entry as it was read, one of which it must still have: what was written since is not overwritten;
 * undefined when that does not matter
 * @throws NotTrackedError, MoveError, StaleError, TrackingFullError
 */
export async function changeEntry(
  db: Db,
  owner: string,
  id: string,
  change: Change,
  versions?: number | readonly number[],
): Promise<void> {
  const { state, reason } = change;
  const read = versions === undefined ? undefined : [versions].flat();
  const moved = await db.sql.transaction().execute(async (tx) => {
    await lockOwner(tx, owner);
    const entry = await readEntry(tx, owner, id);
    if (read?.includes(entry.version) === false) throw new StaleError(Math.max(0, ...read), entry.version);
    const moves = state !== undefined && (await moveOne(db, tx, entry, { state, reason }));
    await editIn(db, tx, moves ? await readEntry(tx, owner, id) : entry, change);
    return moves;
  });
  if (moved && state !== undefined) countStatusUpdate(state);
}

/** The entry that speaks for all entries of one job. */
function leaderOf(members: readonly Entry[]): Entry | undefined {
  return members.toSorted((a, b) => rankOf(a.state) - rankOf(b.state) || (a.stateAt < b.stateAt ? 1 : -1))[0];
}

/**
 * Two entries may turn out to be one job. The one that speaks for it moves; and who takes the job back or hides it means every
 * entry of it that only says "saved" or "hidden".
 */
async function moveAll(
  db: Db,
  tx: Tx,
  leader: Entry,
  members: readonly Entry[],
  wanted: Wanted,
): Promise<{ done: MoveDone; states: State[] }> {
  const others = members.filter(
    ({ id, state }) =>
      id !== leader.id &&
      (wanted.state === 'new' || wanted.state === 'hidden') &&
      (state === 'saved' || state === 'hidden'),
  );
  const states: State[] = [];
  for (const entry of [leader, ...others]) {
    if (await moveOne(db, tx, entry, wanted)) states.push(wanted.state);
  }
  return { done: { id: leader.id, changed: states.length > 0 }, states };
}

async function moveOne(db: Db, tx: Tx, entry: Entry, { state, reason = null }: Wanted): Promise<boolean> {
  const before = facetOf(entry, 'state');
  if (entry.state === state && (state !== 'hidden' || entry.reason === reason)) return false;
  if (entry.state !== state && !mayMove(entry.state, state)) {
    throw new MoveError(entry.state, state, movesFrom(entry.state));
  }
  const after = { state, reason: state === 'hidden' ? reason : null, at: await presentMoment(db, tx) };
  const seq = await writeChange(db, tx, { ...entry, before }, { facet: 'state', after });
  if (entry.state === 'new') await rememberSeen(db, tx, entry);
  if (state === 'applied') await keepAdvert(db, tx, entry, seq);
  return true;
}

async function membersOf(tx: Tx, owner: string, job: string | undefined, jobId: string): Promise<Entry[]> {
  const ids = job === undefined ? [jobId] : await idsOf(tx, job);
  const entries = await readEntries(tx, owner, mayBeOf(ids));
  // One whose job is gone is found by the id as which it was tracked.
  return entries.filter(({ currentJob }) => (job === undefined ? currentJob === null : currentJob === job));
}

async function startEntry(db: Db, tx: Tx, owner: string, job: string | undefined, given: string): Promise<Entry> {
  const present = job === undefined ? undefined : (await readPresent(tx, [job])).get(job);
  if (job === undefined || present === undefined) throw new NotTrackedError(`There is no job ${given}.`);
  const { rows: counted } = await sql<{ n: number }>`
    select count(*)::integer as n from application where owner = ${owner}::uuid`.execute(tx);
  if ((counted[0]?.n ?? 0) >= APPLICATIONS_MAX) {
    throw new TrackingFullError(`You track ${APPLICATIONS_MAX} jobs, which is the limit.`);
  }
  const refs = await refsOf(tx, job);
  const { rows } = await sql<{ id: string }>`
    insert into application (owner, job_id, refs, state, state_at, seen, seen_job_id, seen_at, created_at, updated_at)
    values (${owner}::uuid, ${job}::bigint, ${JSON.stringify(refs)}::jsonb, 'new', ${sqlNow(db)},
      ${JSON.stringify(present.advert)}::jsonb, ${job}::bigint, ${sqlNow(db)}, ${sqlNow(db)}, ${sqlNow(db)})
    returning id`.execute(tx);
  return await readEntry(tx, owner, rows[0]?.id ?? '');
}

/** What changed while a job was not tracked is no news to whoever takes it up again. */
async function rememberSeen(db: Db, tx: Tx, { id, currentJob }: Entry): Promise<void> {
  const present = currentJob === null ? undefined : (await readPresent(tx, [currentJob])).get(currentJob);
  if (present === undefined) return;
  await sql`
    update application set seen = ${JSON.stringify(present.advert)}::jsonb, seen_job_id = ${currentJob}::bigint,
      seen_at = ${sqlNow(db)} where id = ${id}::uuid`.execute(tx);
}

async function keepAdvert(db: Db, tx: Tx, { id, currentJob, seen }: Entry, seq: number): Promise<void> {
  const advert = await freeze(tx, currentJob, seen);
  await sql`
    insert into application_advert (application_id, seq, taken_at, advert)
    values (${id}::uuid, ${seq}, ${sqlNow(db)}, ${JSON.stringify(advert)}::jsonb)`.execute(tx);
}
