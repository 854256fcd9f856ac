/** Boards and units of a benchmark, and a unit stored as the worker stores it. */
import type { Database } from '../../shared/db/database.ts';
import { BATCH_MAX, contentHash, openBoardStore, type Ready, type Unit, type UnitCounts } from '../../worker/store.ts';
import { postingOf, type RawItem, stableOf } from './synthetic.ts';

export interface ScanItem {
  readonly item: RawItem;
  /** What normalising and scoring would give; only for what is new or changed. */
  readonly made: ReturnType<typeof postingOf> | undefined;
}

export function prepared(items: readonly RawItem[], touched: ReadonlySet<RawItem>): ScanItem[] {
  return items.map((item) => ({ item, made: touched.has(item) ? postingOf(item) : undefined }));
}

/** One unit as the worker does it: load the board, hash and look up every item, write in batches, save the counts. */
export async function scanOurs(db: Database, unit: Unit, items: readonly ScanItem[]): Promise<void> {
  const store = await openBoardStore(db, unit);
  const counts = noCounts();
  let batch: Ready[] = [];
  for (const { item, made } of items) {
    const hash = contentHash(stableOf(item));
    const verdict = store.lookup(item.id, hash);
    counts.found++;
    counts.kept++;
    counts[verdict === 'new' || verdict === 'changed' ? verdict : 'unchanged']++;
    if (verdict === 'unchanged') continue;
    if (made === undefined) throw new Error(`${item.id} is ${verdict}, but should be unchanged`);
    batch.push({ nativeId: item.id, hash, raw: item, ...made });
    if (batch.length < BATCH_MAX) continue;
    await store.write(batch, counts);
    batch = [];
  }
  await store.write(batch, counts);
}

export async function createBoard(db: Database, token: string): Promise<number> {
  const row = { source: 'greenhouse', token };
  return (await db.sql.insertInto('board').values(row).returning('id').executeTakeFirstOrThrow()).id;
}

export async function createUnit(db: Database, boardId: number): Promise<Unit> {
  const scan = { trigger: 'cli', sources: ['greenhouse'] } as const;
  const { id } = await db.sql
    .insertInto('scan')
    .values({ ...scan, sources: [...scan.sources] })
    .returning('id')
    .executeTakeFirstOrThrow();
  const unit = await db.sql
    .insertInto('scan_unit')
    .values({ scan_id: id, source: 'greenhouse', board_id: boardId })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { unitId: unit.id, boardId, source: 'greenhouse', startedAt: new Date(), now: () => new Date() };
}

function noCounts(): UnitCounts {
  const zero = { requests: 0, found: 0, kept: 0, rejected: 0, new: 0, changed: 0, unchanged: 0, closed: 0 };
  return { ...zero, rejectedReasons: {}, invalidSamples: [] };
}
