/** How fast scans are stored: the product's own store against the ORM's flush (baseline) and raw COPY (limit). */
import type { Database } from '../shared/db/database.ts';
import { contentHash, openBoardStore } from '../worker/store.ts';
import { type BenchDatabase, walBytes, withBenchDatabase } from './kit/database.ts';
import type { Benchmark, BenchOptions, Section } from './kit/harness.ts';
import { stopwatch } from './kit/stopwatch.ts';
import { type Generator, generator, type RawItem, stableOf } from './kit/synthetic.ts';
import { createBoard, createUnit, prepared, scanOurs } from './kit/units.ts';
import { copyIntoBareTable, createBareTable, createWideTable, openWideWriter, type WideWriter } from './kit/wide.ts';

const BOARD_POSTINGS = 2000;
/** Boards of one round of ours; each is a unit of its own, as in a scan. */
const BOARDS_PER_ROUND = 10;
const COLD_POSTINGS = 5000;
const CHANGED = 0.05;
const NEW = 0.05;

export const benchmark: Benchmark = {
  title: 'Storing scans',
  rowsDefault: 60_000,
  async run(options, measure) {
    await withBenchDatabase(async (database) => {
      const world = await createWorld(database, options);
      try {
        await measure(steadySection(world));
        await measure(coldSection(world));
      } finally {
        await world.wide.close();
      }
    });
  },
};

interface World extends BenchDatabase {
  readonly boards: { readonly id: number; items: RawItem[] }[];
  readonly make: Generator;
  readonly wide: WideWriter;
  /** The board that the ORM scans: the same rows in the wide table. */
  readonly wideBoards: { readonly id: number; items: RawItem[] }[];
  nextId: number;
}

async function createWorld(database: BenchDatabase, options: BenchOptions): Promise<World> {
  const { db, client, url } = database;
  const make = generator(20_261_122);
  let nextId = 1;
  const boards = [];
  for (let n = 0; n < Math.max(BOARDS_PER_ROUND, Math.ceil(options.rows / BOARD_POSTINGS)); n++) {
    const id = await createBoard(db, `board-${n}`);
    boards.push({ id, items: Array.from({ length: BOARD_POSTINGS }, () => make.item(String(nextId++))) });
  }
  options.say(`${boards.length * BOARD_POSTINGS} postings made`);
  const all = boards.flatMap(({ id, items }) => items.map((item) => [id, item] as const));
  await Promise.all([
    createWideTable(client, all),
    (async () => {
      for (const board of boards) {
        await scanOurs(db, await createUnit(db, board.id), prepared(board.items, new Set(board.items)));
      }
    })(),
  ]);
  await createBareTable(client);
  await client.query('vacuum analyze');
  await client.query('checkpoint');
  options.say('tables loaded');
  const wide = await openWideWriter(url);
  return {
    ...database,
    boards,
    make,
    wide,
    wideBoards: boards.map(({ id, items }) => ({ id, items: [...items] })),
    nextId,
  };
}

function steadySection(world: World): Section {
  const { db, client } = world;
  return {
    title: 'steady scan',
    about: [
      `90 % unchanged, 5 % changed, 5 % new, boards of ${BOARD_POSTINGS} postings. Ours includes loading the board, hashing every item, compressing and the counts of the unit; a transaction for each board.`,
      'baseline: MikroORM find, assign and flush, pages of 500, into a wide table with full text over the description.',
      'limit: raw COPY of the changed tenth alone into a table without indexes, a transaction for each board.',
    ],
    arms: {
      ours: async (round) => {
        const boards = turn(world.boards, round, BOARDS_PER_ROUND);
        const watch = stopwatch(client);
        for (const board of boards) {
          const { items, touched } = nextScan(world, board);
          const work = prepared(items, touched);
          const unit = await createUnit(db, board.id);
          await watch.time(work.length, () => scanOurs(db, unit, work));
        }
        return { ...watch.measures(), writtenForUnchanged: await writtenForUnchanged(world, boards) };
      },
      baseline: async (round) => {
        const watch = stopwatch(client);
        for (const board of turn(world.wideBoards, round, 1)) {
          const { items } = nextScan(world, board);
          await watch.time(items.length, () => world.wide.scan(board.id, items));
        }
        return watch.measures();
      },
      limit: async (round) => {
        const watch = stopwatch(client);
        for (const board of turn(world.boards, round, BOARDS_PER_ROUND)) {
          const { items, touched } = nextScan(world, { items: [...board.items] });
          await watch.time(items.length, () => copyIntoBareTable(client, board.id, [...touched]));
        }
        return watch.measures();
      },
    },
    rows: [
      {
        id: 'I1',
        title: 'steady scan: ours / ORM flush',
        unit: 'rows/s',
        measure: 'rowsPerSecond',
        against: 'baseline',
        better: 'higher',
        goal: 30,
        floor: 22,
      },
      {
        id: 'I2',
        title: 'steady scan: ours / raw COPY of the changed tenth',
        unit: 'rows/s',
        measure: 'rowsPerSecond',
        against: 'limit',
        better: 'higher',
        goal: 0.5,
        floor: 0.3,
      },
      {
        id: 'I4',
        title: 'log of a scanned row: ours / ORM flush',
        unit: 'WAL bytes',
        measure: 'walBytesPerRow',
        against: 'baseline',
        better: 'lower',
        goal: 0.012,
        floor: 0.018,
      },
      {
        id: 'I5',
        title: 'rows and log bytes written for unchanged postings',
        unit: 'rows + bytes',
        measure: 'writtenForUnchanged',
        against: 'none',
        better: 'lower',
        goal: 0,
        floor: 0,
      },
    ],
  };
}

function coldSection(world: World): Section {
  const { db, client } = world;
  const fresh = () => Array.from({ length: COLD_POSTINGS }, () => world.make.item(String(world.nextId++)));
  return {
    title: 'cold load',
    about: [
      `${COLD_POSTINGS} new postings of one board beside what is there. Ours: posting, job, posting lists, full text of title and company, compressed raw record, sanitised HTML and text.`,
      'limit: raw COPY into a table without indexes (pglz), one transaction.',
    ],
    arms: {
      ours: async (round) => {
        const id = await createBoard(db, `cold-${round}`);
        const unit = await createUnit(db, id);
        const items = fresh();
        const work = prepared(items, new Set(items));
        const watch = stopwatch(client);
        await watch.time(work.length, () => scanOurs(db, unit, work));
        return watch.measures();
      },
      limit: async () => {
        const items = fresh();
        const watch = stopwatch(client);
        await watch.time(items.length, () => copyIntoBareTable(client, 0, items));
        return watch.measures();
      },
    },
    rows: [
      {
        id: 'I3',
        title: 'cold load: ours / raw COPY',
        unit: 'rows/s',
        measure: 'rowsPerSecond',
        against: 'limit',
        better: 'higher',
        goal: 0.6,
        floor: 0.45,
      },
    ],
  };
}

/** Scans boards again of which nothing changed: rows inserted, updated or deleted, plus bytes of log. */
async function writtenForUnchanged(
  world: World,
  boards: readonly { readonly id: number; readonly items: readonly RawItem[] }[],
): Promise<number> {
  // Once before: the first read after a write may set hint bits in the pages, which is the write's own afterwork.
  await lookUpAll(world.db, boards);
  const [rows, bytes] = [await rowsWritten(world), await walBytes(world.client)];
  await lookUpAll(world.db, boards);
  return (await rowsWritten(world)) - rows + (await walBytes(world.client)) - bytes;
}

async function lookUpAll(
  db: Database,
  boards: readonly { readonly id: number; readonly items: readonly RawItem[] }[],
): Promise<void> {
  for (const { id, items } of boards) {
    const now = () => new Date();
    const unit = {
      unitId: '',
      boardId: id,
      source: 'greenhouse',
      startedAt: new Date(Date.now() + 1000),
      now,
    } as const;
    const store = await openBoardStore(db, unit);
    const verdicts = new Set(items.map((item) => store.lookup(item.id, contentHash(stableOf(item)))));
    if (verdicts.size !== 1 || !verdicts.has('unchanged')) throw new Error(`expected unchanged, got ${[...verdicts]}`);
  }
}

async function rowsWritten({ db, client }: World): Promise<number> {
  // Statistics reach the view when their connection is told to hand them over.
  const clients = await Promise.all(Array.from({ length: db.pool.totalCount }, () => db.pool.connect()));
  for (const pooled of clients) {
    await pooled.query('select pg_stat_force_next_flush()');
    pooled.release();
  }
  const { rows } = await client.query<{ written: string }>(
    `select sum(n_tup_ins + n_tup_upd + n_tup_del) as written from pg_stat_user_tables
     where relname in ('posting', 'posting_body', 'job', 'job_term')`,
  );
  return Number(rows[0]?.written);
}

/**
 * What the next scan of the board finds: of its items some changed, the oldest are gone, new ones came. `touched` has the
 * changed and the new ones. All are parsed from JSON just before, as a worker has them from an answer.
 */
function nextScan(world: World, board: { items: RawItem[] }): { items: RawItem[]; touched: Set<RawItem> } {
  const kept = board.items.slice(-Math.round(BOARD_POSTINGS * (1 - NEW)));
  const step = Math.round(1 / CHANGED);
  const offset = world.nextId % step;
  const next = kept.map((item, i) => (i % step === offset ? world.make.changed(item) : item));
  while (next.length < BOARD_POSTINGS) next.push(world.make.item(String(world.nextId++)));
  board.items = JSON.parse(JSON.stringify(next)) as RawItem[];
  const touched = board.items.filter((_, i) => i >= kept.length || i % step === offset);
  return { items: board.items, touched: new Set(touched) };
}

/** `count` of the list, others each round, so that no round finds warm what the last one wrote. */
function turn<T>(list: readonly T[], round: number, count: number): T[] {
  const start = ((round + list.length) * count) % list.length;
  return [...list.slice(start), ...list.slice(0, start)].slice(0, count);
}
