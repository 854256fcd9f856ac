/** Notes and next steps of an entry, what was seen of its job, and taking things back. */
import { sql } from 'kysely';
import { countStatusUpdate } from '../../metrics/tracking.ts';
import type { State } from '../../tracking/states.ts';
import { sqlNow } from '../clock.ts';
import type { Database } from '../database.ts';
import {
  type Entry,
  type Facet,
  type Facets,
  facetOf,
  lockOwner,
  type NextStep,
  readEntry,
  type Tx,
  writeChange,
} from './entry.ts';
import { NotTrackedError, UndoError } from './errors.ts';
import { readPresent } from './jobs.ts';

type Db = Pick<Database, 'sql' | 'clock'>;

export interface Edit {
  readonly notes?: string | undefined;
  /** Null takes it away. */
  readonly nextStep?: NextStep | null | undefined;
}

/** Within a transaction that holds the owner's lock. */
export async function editIn(db: Db, tx: Tx, entry: Entry, { notes, nextStep }: Edit): Promise<void> {
  let { events } = entry;
  if (notes !== undefined && notes !== entry.notes) {
    events = await writeChange(db, tx, { ...entry, before: entry.notes }, { facet: 'notes', after: notes });
  }
  if (nextStep !== undefined && JSON.stringify(nextStep) !== JSON.stringify(entry.nextStep)) {
    const before = entry.nextStep;
    await writeChange(db, tx, { id: entry.id, events, before }, { facet: 'next-step', after: nextStep });
  }
}

/** What is new of the job is known now. @throws NotTrackedError */
export async function markSeen(db: Db, owner: string, id: string): Promise<void> {
  await db.sql.transaction().execute(async (tx) => {
    await lockOwner(tx, owner);
    const { currentJob } = await readEntry(tx, owner, id);
    const present = currentJob === null ? undefined : (await readPresent(tx, [currentJob])).get(currentJob);
    // Of a job that is gone what was seen last stays; that it is gone is known from now on.
    const seen = present === undefined ? sql`seen` : sql`${JSON.stringify(present.advert)}::jsonb`;
    await sql`
      update application set seen = ${seen}, seen_job_id = ${present?.jobId ?? null}::bigint, seen_at = ${sqlNow(db)}
      where id = ${id}::uuid`.execute(tx);
  });
}

/**
 * Takes back the last event that was not taken back, or a given one. What happened to the state, the notes and the next step
 * is taken back each in its own order.
 * @returns the number of the event that did it
 * @throws NotTrackedError, UndoError, TrackingFullError
 */
export async function undoEvent(db: Db, owner: string, id: string, given?: number): Promise<number> {
  const { seq, state } = await db.sql.transaction().execute(async (tx) => {
    await lockOwner(tx, owner);
    const entry = await readEntry(tx, owner, id);
    const event = await undoable(tx, id, given);
    return await takeBack(db, tx, entry, event);
  });
  if (state !== undefined) countStatusUpdate(state);
  return seq;
}

interface StoredEvent {
  readonly seq: number;
  readonly kind: Facet | 'undo';
  readonly before: Facets[Facet];
  readonly undone: number | null;
}

async function undoable(tx: Tx, id: string, given: number | undefined): Promise<StoredEvent> {
  const which = given === undefined ? sql`e.kind <> 'undo' and u.seq is null` : sql`e.seq = ${given}`;
  const { rows } = await sql<StoredEvent>`
    select e.seq, e.kind, e.before, u.seq as undone
    from application_event e left join application_event u on u.application_id = e.application_id and u.undoes = e.seq
    where e.application_id = ${id}::uuid and ${which} order by e.seq desc limit 1`.execute(tx);
  const [event] = rows;
  if (event === undefined) {
    if (given === undefined) throw new UndoError('There is nothing left to be undone.');
    throw new NotTrackedError(`The entry has no event ${given}.`);
  }
  if (event.kind === 'undo') throw new UndoError(`Event ${event.seq} is an undo; do again what it took back.`);
  if (event.undone !== null)
    throw new UndoError(`Event ${event.seq} was undone before, by event ${event.undone}.`, true);
  return event;
}

async function takeBack(db: Db, tx: Tx, entry: Entry, event: StoredEvent): Promise<{ seq: number; state?: State }> {
  const facet = event.kind as Facet;
  const { rows } = await sql<{ seq: number }>`
    select e.seq from application_event e
    where e.application_id = ${entry.id}::uuid and e.kind = ${facet} and e.seq > ${event.seq} and not exists (
      select from application_event u where u.application_id = e.application_id and u.undoes = e.seq)
    order by e.seq desc limit 1`.execute(tx);
  const later = rows[0]?.seq;
  if (later !== undefined) throw new UndoError(`Event ${later} is later than event ${event.seq}: undo it first.`);
  const before = facetOf(entry, facet);
  const seq = await writeChange(db, tx, { ...entry, before }, { facet, after: event.before, undoes: event.seq });
  return facet === 'state' ? { seq, state: (event.before as Facets['state']).state } : { seq };
}
