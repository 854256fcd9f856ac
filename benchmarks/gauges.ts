/** What the gauges of jobs cost: reading them at a scrape, and keeping their counts while jobs are stored. */
import type pg from 'pg';
import { type Database, openDatabase } from '../shared/db/database.ts';
import { migrate } from '../shared/db/migrate.ts';
import { readJobStats } from '../shared/db/stats.ts';
import { COUNTS, FINISH } from '../worker/store/statements.ts';
import { type BenchDatabase, withBenchDatabase } from './kit/database.ts';
import { type Benchmark, type BenchOptions, type Measures, median, type Section } from './kit/harness.ts';
import { type Generator, generator } from './kit/synthetic.ts';
import { createBoard, createUnit, prepared, scanOurs } from './kit/units.ts';

/** The small database has so many times fewer jobs. */
const SMALLER = 100;
/** What the statement reads grows by one row a day, whatever the number of jobs. */
const DAYS = 366;
const READS_PER_ROUND = 300;
const WRITER_POSTINGS = 2000;
const WRITERS = 4;
/** Boards that each arm stores in a round. */
const WRITER_BOARDS = 8;

export const benchmark: Benchmark = {
  title: 'Gauges of jobs',
  rowsDefault: 10_000_000,
  async run(options, measure) {
    await withBenchDatabase(async (database) => {
      const small = await openSmall(database.url);
      try {
        await load(database.db, options.rows, options);
        await load(small, Math.ceil(options.rows / SMALLER), options);
        await measure(readSection(database, small));
        await measure(writeSection(database, 1));
        await measure(writeSection(database, WRITERS));
      } finally {
        await small.close();
      }
    });
  },
};

async function openSmall(url: string): Promise<Database> {
  const other = new URL(url);
  other.pathname = '/small';
  await migrate(other.href);
  return openDatabase(other.href, 'bench-small');
}

/** Jobs over `DAYS`, with the counts that storing them would have left behind. */
async function load(db: Database, jobs: number, { say }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const client = await db.pool.connect();
  try {
    await client.query('set statement_timeout = 0');
    // What is loaded is never searched: noting it for the index would double the writing.
    await client.query('alter table job disable trigger user');
    await client.query(`insert into job (id, posting_id, posted_at, first_seen_at, score, work_mode, title, places, employment, sources, terms, card, words)
      select -n, -n, at, at, 50, 'remote', 'IAM Engineer', '{}', '{}', '{greenhouse}', '{}', '{}', ''
      from (select n, now() - (n % ${DAYS}) * interval '1 day' as at from generate_series(1, ${jobs}) n) as rows`);
    await client.query('alter table job enable trigger user');
    await client.query(`insert into stats_day (day, jobs_new)
      select (first_seen_at at time zone 'UTC')::date, count(*) from job group by 1`);
    for (const table of ['job', 'stats_day']) await client.query(`vacuum analyze ${table}`);
    const counting = performance.now();
    const { rows } = await client.query<{ n: string }>('select count(*) as n from job');
    const countMs = performance.now() - counting;
    const { jobsTotal } = await readJobStats(db);
    if (jobsTotal !== Number(rows[0]?.n)) throw new Error(`the counts say ${jobsTotal} jobs, there are ${rows[0]?.n}`);
    say(
      `${jobs.toLocaleString('en')} jobs loaded in ${Math.round((counting - startedAt) / 1000)} s; count(*) takes ${countMs.toFixed(0)} ms`,
    );
  } finally {
    client.release();
  }
}

function readSection({ db }: BenchDatabase, small: Database): Section {
  const each = async (ask: () => Promise<unknown>): Promise<Measures> => {
    const times: number[] = [];
    for (let i = 0; i < READS_PER_ROUND; i++) {
      const startedAt = performance.now();
      await ask();
      times.push(performance.now() - startedAt);
    }
    return { milliseconds: median(times) ?? Number.NaN };
  };
  const row = { unit: 'ms', measure: 'milliseconds', better: 'lower' } as const;
  return {
    title: 'reading',
    about: [
      `Four gauges in one statement, through the application's own pool and instruments, over the counts of ${DAYS} days. Saved and applied jobs are 0 until there are accounts.`,
      `baseline: the same in a database with ${SMALLER} times fewer jobs.`,
      'limit: `select 1`, asked in the same way.',
    ],
    arms: {
      ours: () => each(() => readJobStats(db)),
      baseline: () => each(() => readJobStats(small)),
      limit: () => each(() => db.pool.query({ name: 'bench-one', text: 'select 1' })),
    },
    rows: [
      { id: 'G1', title: 'four gauges / select 1', against: 'limit', goal: 2.5, floor: 4, ...row },
      {
        id: 'G1n',
        title: `four gauges / the same with ${SMALLER} times fewer jobs`,
        against: 'baseline',
        goal: 1.2,
        floor: 1.5,
        ...row,
      },
    ],
  };
}

function writeSection({ db }: BenchDatabase, writers: number): Section {
  const make = generator(20_261_122 + writers);
  const without = withoutDayCounts(db);
  let boards = 0;
  /** Seconds that it takes to store one board for each writer. */
  const write = async (on: Database): Promise<number> => {
    const work = [];
    for (let i = 0; i < writers; i++) work.push(await newBoard(db, make, `w${writers}-${boards++}`));
    const before = await readJobStats(db);
    const startedAt = performance.now();
    await Promise.all(work.map(({ unit, items }) => scanOurs(on, unit, items)));
    const seconds = (performance.now() - startedAt) / 1000;
    const counted = (await readJobStats(db)).jobsTotal - before.jobsTotal;
    const expected = on === db ? writers * WRITER_POSTINGS : 0;
    if (counted !== expected) throw new Error(`${counted} jobs were counted, not ${expected}`);
    return seconds;
  };
  const both = inTurns(WRITER_BOARDS / writers, [() => write(db), () => write(without)]);
  const arm = (which: 0 | 1) => async (round: number) => ({
    microsecondsPerRow: ((await both(round))[which] * 1e6) / (WRITER_BOARDS * WRITER_POSTINGS),
  });
  return {
    title: writers === 1 ? 'storing' : `storing, ${writers} writers at once`,
    about: [
      `Boards of ${WRITER_POSTINGS} new postings, ${writers === 1 ? 'one after the other' : `${writers} at once, so that they meet at the row of the day`}.`,
      'baseline: the same without the counts of the day; the two take turns board by board, since they differ by less than the machine does from one second to the next.',
    ],
    arms: { ours: arm(0), baseline: arm(1) },
    rows: [
      {
        id: writers === 1 ? 'G2' : `G2x${writers}`,
        title: `storing with / without counts${writers === 1 ? '' : `, ${writers} writers`}`,
        unit: 'us/row',
        measure: 'microsecondsPerRow',
        against: 'baseline',
        better: 'lower',
        goal: 1.1,
        floor: 1.2,
      },
    ],
  };
}

/** Measures two things in one round, A-B-B-A, so often; whoever asks first of a round does it. @returns the sums of both */
function inTurns(turns: number, [first, second]: readonly [() => Promise<number>, () => Promise<number>]) {
  const rounds = new Map<number, Promise<readonly [number, number]>>();
  const measure = async () => {
    let [a, b] = [0, 0];
    for (let turn = 0; turn < turns; turn++) {
      if (turn % 2 === 1) b += await second();
      a += await first();
      if (turn % 2 === 0) b += await second();
    }
    return [a, b] as const;
  };
  return (round: number) => {
    const known = rounds.get(round) ?? measure();
    rounds.set(round, known);
    return known;
  };
}

async function newBoard(db: Database, make: Generator, token: string) {
  const unit = await createUnit(db, await createBoard(db, token));
  const items = Array.from({ length: WRITER_POSTINGS }, (_, i) => make.item(`${token}-${i}`));
  return { unit, items: prepared(items, new Set(items)) };
}

/** The product's own store on a pool that leaves out the count of the day from the statement that ends a batch. */
function withoutDayCounts(db: Database): Database {
  const leaveOut = (query: pg.QueryConfig) =>
    query.name === FINISH.name
      ? { name: COUNTS.name, text: COUNTS.text, values: query.values?.slice(0, COUNTS.parameters.length) ?? [] }
      : query;
  const pool = instead(db.pool, 'connect', async () => {
    const client = await db.pool.connect();
    const query = client.query.bind(client) as (query: pg.QueryConfig | string) => Promise<unknown>;
    return instead(client, 'query', (asked: pg.QueryConfig | string) =>
      query(typeof asked === 'string' ? asked : leaveOut(asked)),
    );
  });
  return { ...db, pool };
}

/** The object as it is, but for one method. */
function instead<T extends object>(target: T, name: keyof T, method: unknown): T {
  return new Proxy(target, {
    get: (_, key) => {
      if (key === name) return method;
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
