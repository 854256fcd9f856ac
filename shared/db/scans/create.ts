/** A scan begins as rows: they are the truth, and the queue only follows them. */
import { sql } from 'kysely';
import { isSourceName, SOURCE_NAMES, sourceInfo } from '../../sources.ts';
import type { Database } from '../database.ts';
import type { ScanTable } from '../tables.ts';
import { finishScanIfDone } from './finish.ts';

/** Scans that may be open at once; more would only wait for each other's boards. */
const OPEN_MAX = 50;

export interface ScanRequest {
  readonly trigger: ScanTable['trigger'];
  /** Who asked, for people to read; null for the timetable. */
  readonly requestedBy: string | null;
  readonly sources: readonly string[];
  /** The moment of the timetable that this scan is for: a second request for one slot answers with the first one's scan. */
  readonly slot?: Date;
  /**
   * Settings that hold keys of sources, by name; a source that lacks one of its keys waits for it from the start. Left out
   * (the asker knows no keys): the worker finds out.
   */
  readonly keys?: Readonly<Record<string, string>> | undefined;
}

export interface CreatedScan {
  readonly id: string;
  /** Units of the scan, those that wait for a key included. */
  readonly units: number;
  /** True when the slot had its scan already; nothing was written then. */
  readonly existing: boolean;
  /** False when the queue did not take the units: the leading scheduler hands them over as soon as it can. */
  readonly queued: boolean;
}

/** The request names a source that does not exist, or none at all. The message lists those that do. */
export class UnknownSourceError extends Error {
  override readonly name = 'UnknownSourceError';
}

/** Too many scans are open already; ask again when some have ended. */
export class TooManyScansError extends Error {
  override readonly name = 'TooManyScansError';
}

/**
 * Writes the scan and one unit for each enabled board of its sources in one transaction, then hands the units to the queue.
 * A scan that has nothing to read ends at once, as `failed` with its reason.
 * @throws UnknownSourceError, TooManyScansError
 */
export async function createScan(
  db: Database,
  request: ScanRequest,
  queue: { enqueue(unitIds: readonly string[]): Promise<void> },
): Promise<CreatedScan> {
  const sources = checkSources(request.sources);
  const written = await writeRows(db, request, sources);
  if (written.existing) return { ...written, queued: true };
  const waiting = await queuedUnits(db, written.id);
  if (waiting.length === 0) {
    await finishScanIfDone(db, written.id);
    return { ...written, queued: true };
  }
  const queued = await queue.enqueue(waiting).then(
    () => true,
    () => false,
  );
  if (queued) await markEnqueued(db, written.id);
  return { ...written, queued };
}

function checkSources(names: readonly string[]): string[] {
  const unknown = names.filter((name) => !isSourceName(name));
  const list = SOURCE_NAMES.join(', ');
  if (unknown.length > 0) {
    throw new UnknownSourceError(`There is no source ${unknown.map((n) => `"${n}"`).join(', ')}; there are: ${list}.`);
  }
  if (names.length === 0) throw new UnknownSourceError(`A scan needs at least one source; there are: ${list}.`);
  return [...new Set(names)];
}

function writeRows(
  db: Database,
  request: ScanRequest,
  sources: string[],
): Promise<{ id: string; units: number; existing: boolean }> {
  return db.sql.transaction().execute(async (tx) => {
    const open = await tx
      .selectFrom('scan')
      .where('state', 'in', ['queued', 'running'])
      .select((eb) => eb.fn.countAll<string>().as('n'))
      .executeTakeFirstOrThrow();
    if (Number(open.n) >= OPEN_MAX) {
      throw new TooManyScansError(`${OPEN_MAX} scans are open already; wait for one to end or cancel one.`);
    }
    const slot = request.slot ?? null;
    const scan = await tx
      .insertInto('scan')
      .values({ trigger: request.trigger, requested_by: request.requestedBy, sources, slot })
      .onConflict((conflict) => conflict.column('slot').where('slot', 'is not', null).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (scan === undefined) {
      const first = await tx.selectFrom('scan').where('slot', '=', slot).select('id').executeTakeFirstOrThrow();
      const { n } = await tx
        .selectFrom('scan_unit')
        .where('scan_id', '=', first.id)
        .select((eb) => eb.fn.countAll<string>().as('n'))
        .executeTakeFirstOrThrow();
      return { id: first.id, units: Number(n), existing: true };
    }
    const keyless = sources.filter((name) => !hasKeys(name, request.keys));
    const { rows } = await sql<{ id: string }>`
      insert into scan_unit (scan_id, source, board_id, state, finished_at)
      select ${scan.id}, b.source, b.id,
        case when b.source = any(${keyless}::text[]) then 'waiting_for_key' else 'queued' end,
        case when b.source = any(${keyless}::text[]) then now() end
      from board b left join source_state s on s.source = b.source
      where b.enabled and coalesce(s.enabled, true) and b.source = any(${sources}::text[])
      order by b.id returning id`.execute(tx);
    return { id: scan.id, units: rows.length, existing: false };
  });
}

function hasKeys(name: string, keys: ScanRequest['keys']): boolean {
  if (keys === undefined) return true;
  return isSourceName(name) && sourceInfo(name).keys.every((key) => (keys[key] ?? '') !== '');
}

/**
 * The queue is first in, first out, so the order is the fairness: sources take turns, that a source with hundreds of boards
 * does not hold up one that has a single feed, and within a source the board that was read longest ago comes first.
 */
async function queuedUnits(db: Database, scanId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select u.id from scan_unit u join board b on b.id = u.board_id
    where u.scan_id = ${scanId} and u.state = 'queued'
    order by row_number() over (partition by u.source order by b.last_read_at nulls first, b.id), u.source`.execute(
    db.sql,
  );
  return rows.map((unit) => unit.id);
}

async function markEnqueued(db: Database, scanId: string): Promise<void> {
  await db.sql
    .updateTable('scan_unit')
    .set({ enqueued_at: sql`now()` })
    .where('scan_id', '=', scanId)
    .where('state', '=', 'queued')
    .execute();
}
