/** A scan begins as rows: they are the truth, and the queue only follows them. */
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { ABSENCES_UNTIL_REST, FIRST_INTERVAL_S } from '../../board-interval.ts';
import { isSourceName, SOURCE_NAMES, sourceInfo } from '../../sources.ts';
import { sqlNow, sqlTime } from '../clock.ts';
import type { Database } from '../database.ts';
import type { ScanTable } from '../tables/scan.ts';
import type { Tables } from '../tables.ts';
import { finishScanIfDone } from './finish.ts';
import { handOver } from './hand-over.ts';
import { type Once, takeKey } from './once.ts';

/** Scans that people and programs may have open at once; more would only wait for each other's boards. */
const OPEN_MAX = 50;
/**
 * Scans of the timetable that may be open at once. No two of them have the same board, so they do not wait for each other; each
 * may have a few units that wait for hours, for the reset of a quota.
 */
const OPEN_DUE_MAX = 1000;
/** Units of one scan of the timetable: after an outage everything is due, and the boards that want to be read the soonest come first. */
const DUE_MAX = 25_000;

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
  /** Set: the same request may come again and makes no second scan. */
  readonly once?: Once | undefined;
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

type Queue = { enqueue(unitIds: readonly string[]): Promise<void> };

/**
 * Writes the scan and one unit for each enabled board of its sources in one transaction, then hands units to the queue, as many as
 * it has room for. A scan that has nothing to read ends at once, as `failed` with its reason.
 * @throws UnknownSourceError, TooManyScansError, and with `once` AskedBeforeError, KeyReusedError
 */
export async function createScan(db: Database, request: ScanRequest, queue: Queue): Promise<CreatedScan> {
  const sources = checkSources(request.sources);
  const keyless = sources.filter((name) => !hasKeys(name, request.keys));
  const written = await db.sql.transaction().execute(async (tx) => {
    const { once } = request;
    // Before anything is counted: who repeats a request gets its answer also when too many scans are open.
    const id = once === undefined ? undefined : await takeNewId(tx, once);
    await refuseTooMany(tx, 'people');
    const which = sql`${boardsOf(sources)} ${OLDEST_FIRST}`;
    return writeRows(db, tx, { ...request, sources, id }, { keyless, which });
  });
  return begin(db, queue, written);
}

/**
 * The same for the boards that are due at the slot, without those that another scan is about to read and those of sources that
 * wait for a key or are paused.
 * @returns undefined when no board is due: there is no scan then
 * @throws UnknownSourceError, TooManyScansError
 */
export async function createDueScan(
  db: Database,
  request: ScanRequest & { readonly slot: Date },
  queue: Queue,
): Promise<CreatedScan | undefined> {
  const sources = checkSources(request.sources).filter((name) => hasKeys(name, request.keys));
  const due = sql`and (b.next_check_at is null or b.next_check_at <= ${sqlTime(request.slot)})
    and not exists (select 1 from scan_unit u where u.board_id = b.id and u.state in ('queued', 'running'))
    and not exists (select 1 from hold h where h.target in ('*', b.source))`;
  const written = await db.sql.transaction().execute(async (tx) => {
    const { rows } = await sql`select 1 ${boardsOf(sources)} ${due} limit 1`.execute(tx);
    if (rows.length === 0) return undefined;
    await refuseTooMany(tx, 'timetable');
    const which = sql`${boardsOf(sources)} ${due} order by ${READ_BY}, b.id limit ${DUE_MAX}`;
    return writeRows(db, tx, { ...request, sources }, { keyless: [], which });
  });
  return written === undefined ? undefined : begin(db, queue, written);
}

async function takeNewId(tx: Transaction<Tables>, once: Once): Promise<string> {
  const { rows } = await sql<{ id: string }>`select uuidv7()::text as id`.execute(tx);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the database made no id');
  await takeKey(tx, once, id);
  return id;
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

function hasKeys(name: string, keys: ScanRequest['keys']): boolean {
  if (keys === undefined) return true;
  return isSourceName(name) && sourceInfo(name).keys.every((key) => (keys[key] ?? '') !== '');
}

async function refuseTooMany(tx: Transaction<Tables>, who: 'people' | 'timetable'): Promise<void> {
  const { n } = await tx
    .selectFrom('scan')
    .where('state', 'in', ['queued', 'running'])
    .where('trigger', who === 'people' ? '!=' : '=', 'timetable')
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .executeTakeFirstOrThrow();
  if (Number(n) < (who === 'people' ? OPEN_MAX : OPEN_DUE_MAX)) return;
  throw new TooManyScansError(`${n} scans are open already; wait for one to end or cancel one.`);
}

export interface BoardsToScan extends Pick<ScanRequest, 'trigger' | 'requestedBy' | 'sources' | 'keys'> {
  readonly boardIds: readonly number[];
}

/**
 * A scan of these boards alone, written in the caller's transaction; boards that are switched off or held back are left out.
 * @returns its id, and what hands it to the queue once the transaction is through
 * @throws TooManyScansError
 */
export async function createScanOfBoards(
  db: Database,
  tx: Transaction<Tables>,
  request: BoardsToScan,
): Promise<{ readonly id: string; begin(queue: Queue): Promise<CreatedScan> }> {
  await refuseTooMany(tx, 'people');
  const keyless = request.sources.filter((name) => !hasKeys(name, request.keys));
  const which = sql`${boardsOf(request.sources)} and b.id = any(${request.boardIds}::int[]) ${OLDEST_FIRST}`;
  const written = await writeRows(db, tx, request, { keyless, which });
  return { id: written.id, begin: (queue) => begin(db, queue, written) };
}

/** Enabled boards of enabled sources that no operator paused, as `b`. */
function boardsOf(sources: readonly string[]): RawBuilder<unknown> {
  return sql`from board b left join source_state s on s.source = b.source
    where b.enabled and coalesce(s.enabled, true) and b.source = any(${sources}::text[])
      and not exists (select 1 from hold h where h.target = b.source)`;
}

/**
 * A board that is due wants to be read within another interval of its own. The earliest such moment first: when more is due than a
 * source's pace allows, after an outage or where thousands of boards are new, those that are read every half an hour do not wait
 * hours behind those that are read once a day, and all are late by about the same share of their intervals.
 */
const READ_BY = sql`coalesce(b.next_check_at, b.created_at) + coalesce(b.interval_s, ${FIRST_INTERVAL_S}) * interval '1 second'`;

/** Of units that want to be read at the same moment the one that was written first comes first. */
const OLDEST_FIRST = sql`order by b.last_read_at nulls first, b.id`;

/** People wait for what they ask for: at once, behind what is late already; a board that was never read before all others. */
function wantedBy(db: Database): RawBuilder<unknown> {
  return sql`case when b.last_read_at is null then '-infinity' else least(${READ_BY}, ${sqlNow(db)}) end`;
}

interface Written {
  readonly id: string;
  readonly units: number;
  readonly existing: boolean;
  /** Units that can be read. */
  readonly readable: number;
}

/** One statement for all units, however many there are. */
async function writeRows(
  db: Database,
  tx: Transaction<Tables>,
  { id, trigger, requestedBy, sources, slot }: ScanRequest & { readonly id?: string | undefined },
  { keyless, which }: { readonly keyless: readonly string[]; readonly which: RawBuilder<unknown> },
): Promise<Written> {
  const scan = await tx
    .insertInto('scan')
    .values({
      ...(id === undefined ? {} : { id }),
      trigger,
      requested_by: requestedBy,
      sources: [...sources],
      slot: slot ?? null,
      requested_at: sqlNow(db),
    })
    .onConflict((conflict) => conflict.column('slot').where('slot', 'is not', null).doNothing())
    .returning('id')
    .executeTakeFirst();
  if (scan === undefined) return findSlot(tx, slot ?? null);
  const isKeyless = sql`b.source = any(${keyless}::text[])`;
  const { rows } = await sql<{ units: number; readable: number }>`
    with made as (
      insert into scan_unit (scan_id, source, board_id, state, finished_at, read_by, rests)
      select ${scan.id}, b.source, b.id, case when ${isKeyless} then 'waiting_for_key' else 'queued' end,
        case when ${isKeyless} then ${sqlNow(db)} end,
        ${trigger === 'timetable' ? READ_BY : wantedBy(db)}, b.absences >= ${ABSENCES_UNTIL_REST}
      ${which} returning state
    )
    select count(*)::int as units, count(*) filter (where state = 'queued')::int as readable from made`.execute(tx);
  return { id: scan.id, existing: false, units: rows[0]?.units ?? 0, readable: rows[0]?.readable ?? 0 };
}

async function findSlot(tx: Transaction<Tables>, slot: Date | null): Promise<Written> {
  const { id } = await tx.selectFrom('scan').where('slot', '=', slot).select('id').executeTakeFirstOrThrow();
  const { n } = await tx
    .selectFrom('scan_unit')
    .where('scan_id', '=', id)
    .select((eb) => eb.fn.countAll<string>().as('n'))
    .executeTakeFirstOrThrow();
  return { id, units: Number(n), existing: true, readable: 0 };
}

async function begin(db: Database, queue: Queue, { id, units, existing, readable }: Written): Promise<CreatedScan> {
  if (existing) return { id, units, existing, queued: true };
  if (readable === 0) {
    await finishScanIfDone(db, id);
    return { id, units, existing, queued: true };
  }
  const queued = await handOver(db, queue, { only: id }).then(
    () => true,
    () => false,
  );
  return { id, units, existing, queued };
}
