/** One entry of a person: how it is read to be changed, and how every change of it is written with its event. */
import { type RawBuilder, sql, type Transaction } from 'kysely';
import type { SeenAdvert } from '../../tracking/advert.ts';
import type { State } from '../../tracking/states.ts';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import type { Tables } from '../tables.ts';
import { NotTrackedError, TrackingFullError } from './errors.ts';
import { CURRENT_JOB, iso } from './jobs.ts';

export type Tx = Transaction<Tables>;
type Timed = Pick<Database, 'clock'>;

/** Events of one entry: a person who clicks all day for years stays below it. */
export const EVENTS_MAX = 5000;

export interface Entry {
  readonly id: string;
  /** As it is now; null when this system does not have it. */
  readonly currentJob: string | null;
  readonly state: State;
  readonly reason: string | null;
  readonly stateAt: string;
  readonly notes: string;
  readonly nextStep: NextStep | null;
  readonly seen: SeenAdvert;
  readonly version: number;
  readonly events: number;
}

export interface NextStep {
  readonly text: string;
  /** A day. */
  readonly on: string;
}

/** What an event tells, before and after. */
export interface Facets {
  readonly state: { readonly state: State; readonly reason: string | null; readonly at: string };
  readonly notes: string;
  readonly 'next-step': NextStep | null;
}
export type Facet = keyof Facets;

/** A person's changes come one after the other: two clicks at once must not make two entries of one job. */
export async function lockOwner(tx: Tx, owner: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`jobscout:owner:${owner}`}, 0))`.execute(tx);
}

/** @param where on the entry `a`, besides its owner */
export async function readEntries(tx: Tx, owner: string, where: RawBuilder<unknown>): Promise<Entry[]> {
  const { rows } = await sql<EntryRow & { readonly events: number }>`
    select a.id, ${CURRENT_JOB}::text as current_job, a.state, a.reason, ${iso('a.state_at')} as state_at, a.notes, a.next_step,
      a.next_on::text, a.seen, a.version, a.events
    from application a where a.owner = ${owner}::uuid and (${where}) order by a.id`.execute(tx);
  return rows.map((row) => ({
    id: row.id,
    currentJob: row.current_job,
    state: row.state,
    reason: row.reason,
    stateAt: row.state_at,
    notes: row.notes,
    nextStep: stepOf(row),
    seen: row.seen,
    version: row.version,
    events: row.events,
  }));
}

/** @throws NotTrackedError also for what is another person's */
export async function readEntry(tx: Tx, owner: string, id: string): Promise<Entry> {
  const [entry] = await readEntries(tx, owner, sql`a.id = ${id}::uuid`);
  if (entry === undefined) throw new NotTrackedError(`You have no entry ${id}.`);
  return entry;
}

/** What is read of an entry, to be shown or to be changed. */
export interface EntryRow {
  readonly id: string;
  readonly current_job: string | null;
  readonly state: State;
  readonly reason: string | null;
  readonly state_at: string;
  readonly notes: string;
  readonly next_step: string | null;
  readonly next_on: string | null;
  readonly seen: SeenAdvert;
  readonly version: number;
}

export function stepOf({ next_step: text, next_on: on }: Pick<EntryRow, 'next_step' | 'next_on'>): NextStep | null {
  return text === null || on === null ? null : { text, on };
}

interface Written<F extends Facet> {
  readonly facet: F;
  readonly after: Facets[F];
  /** Number of the event that this takes back. */
  readonly undoes?: number;
}

export function facetOf<F extends Facet>(entry: Entry, facet: F): Facets[F] {
  const facets: Facets = {
    state: { state: entry.state, reason: entry.reason, at: entry.stateAt },
    notes: entry.notes,
    'next-step': entry.nextStep,
  };
  return facets[facet];
}

/**
 * Writes one change and its event. @returns the event's number
 * @throws TrackingFullError
 */
export async function writeChange<F extends Facet>(
  db: Timed,
  tx: Tx,
  entry: Pick<Entry, 'id' | 'events'> & { readonly before: Facets[F] },
  { facet, after, undoes }: Written<F>,
): Promise<number> {
  if (entry.events >= EVENTS_MAX) {
    throw new TrackingFullError(
      `An entry has at most ${EVENTS_MAX} events; export your account and start a new entry.`,
    );
  }
  const { rows } = await sql<{ seq: number }>`
    with changed as (
      update application set ${columnsOf(facet, after)}, version = version + 1, events = events + 1, updated_at = ${sqlNow(db)}
      where id = ${entry.id}::uuid returning id, events
    )
    insert into application_event (application_id, seq, at, kind, before, after, undoes)
    select id, events, ${sqlNow(db)}, ${undoes === undefined ? facet : 'undo'}, ${JSON.stringify(entry.before)}::jsonb,
      ${JSON.stringify(after)}::jsonb, ${undoes ?? null}::integer
    from changed returning seq`.execute(tx);
  const seq = rows[0]?.seq;
  if (seq === undefined) throw new NotTrackedError(`There is no entry ${entry.id} any more.`);
  return seq;
}

function columnsOf<F extends Facet>(facet: F, after: Facets[F]): RawBuilder<unknown> {
  if (facet === 'state') {
    const { state, reason, at } = after as Facets['state'];
    return sql`state = ${state}, reason = ${reason}, state_at = ${at}::timestamptz`;
  }
  if (facet === 'notes') return sql`notes = ${after as string}`;
  const step = after as NextStep | null;
  return sql`next_step = ${step?.text ?? null}, next_on = ${step?.on ?? null}::date`;
}

/** The present moment as it is stored. */
export async function presentMoment(db: Timed, tx: Tx): Promise<string> {
  const { rows } = await sql<{ at: string }>`
    select to_char(${sqlNow(db)}::timestamptz(3) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at`.execute(
    tx,
  );
  return rows[0]?.at ?? '';
}
