/** How fast jobs are found: the product's own search against a wide table with full text, and against itself with fewer jobs. */
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { countFacets, countJobs } from '../api/queries/search/counts.ts';
import { searchJobs } from '../api/queries/search/search.ts';
import { itemsOf } from '../api/queries/search/whole-page.ts';
import { type Database, openDatabase } from '../shared/db/database.ts';
import { migrate } from '../shared/db/migrate.ts';
import { withBenchDatabase } from './kit/database.ts';
import { type Benchmark, type BenchOptions, type Measures, median, type RowSpec, type Section } from './kit/harness.ts';
import { fillJobs, fillTexts, TERMS } from './search/fill.ts';
import { type Asked, asker, KINDS, type Kind } from './search/queries.ts';

/** The other database has so many times fewer jobs. */
const SMALLER = 10;
/** The usual design beside more jobs than this would fill the disk; the smaller database then has it. */
const WIDE_MAX = 1_000_000;
/** Fewer say little about the slowest of twenty. */
const RUNS = 200;
const RANK_RUNS = 40;
const OTHER_RUNS = 40;
const SAME_RUNS = 20;
const PAGE = 20;

interface World {
  readonly db: Database;
  readonly client: pg.Client;
}

export const benchmark: Benchmark = {
  title: 'Search',
  rowsDefault: 100_000,
  async run(options, measure) {
    await checkDisk(options.rows);
    await withBenchDatabase(async (main) => {
      const small = await openSmall(main.url);
      try {
        await load(main, options.rows, options);
        await load(small, Math.ceil(options.rows / SMALLER), options);
        const compared = options.rows <= WIDE_MAX ? main : small;
        const startedAt = performance.now();
        await fillTexts(compared.client);
        options.say(`full text loaded in ${seconds(startedAt)} s`);
        const words = await wordsOfDescriptions(compared.client);
        await measure(termsSection(compared));
        await measure(sizeSection(main, small));
        await measure(kindsSection(main, options.rows));
        await measure(textSection(compared, words));
        await measure(sameSection(compared));
      } finally {
        await small.client.end();
        await small.db.close();
      }
    });
  },
};

/** What a job takes on the disk while it is loaded, write-ahead log included, without and with the full text of both designs. */
const BYTES_PER_JOB = 8000;
const BYTES_PER_TEXT = 40_000;

/** @throws before anything is loaded, when it would not fit */
async function checkDisk(rows: number): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const texts = rows <= WIDE_MAX ? rows : Math.ceil(rows / SMALLER);
  const needed = rows * (1 + 1 / SMALLER) * BYTES_PER_JOB + texts * BYTES_PER_TEXT;
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(0);
  throw new Error(
    `${rows.toLocaleString('en')} jobs take about ${gigabytes(needed)} GB in ${tmpdir()}, and ${gigabytes(bavail * bsize)} GB are free there: ask for fewer by --rows`,
  );
}

async function openSmall(url: string): Promise<World> {
  const other = new URL(url);
  other.pathname = '/small';
  await migrate(other.href);
  const client = new pg.Client({ connectionString: other.href });
  await client.connect();
  return { client, db: await openDatabase(other.href, 'bench-small') };
}

async function load({ client, db }: World, rows: number, { say }: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  const ids = TERMS.map((name) => TERM_IDS[name]);
  await fillJobs(client, db, rows, ids);
  const { rows: sizes } = await client.query<{ size: string }>(
    'select pg_size_pretty(pg_database_size(current_database())) as size',
  );
  say(`${rows.toLocaleString('en')} jobs loaded in ${seconds(startedAt)} s: ${sizes[0]?.size}`);
}

const TERM_IDS: Readonly<Record<(typeof TERMS)[number], string>> = {
  okta: 'vendor.okta',
  sailpoint: 'vendor.sailpoint',
  cyberark: 'vendor.cyberark',
  saviynt: 'vendor.saviynt',
  beyondtrust: 'vendor.beyondtrust',
  forgerock: 'vendor.forgerock',
  onelogin: 'vendor.onelogin',
  keycloak: 'vendor.keycloak',
  entra: 'vendor.entra',
  auth0: 'vendor.auth0',
  scim: 'proto.scim',
  kerberos: 'proto.kerberos',
  fido2: 'proto.fido',
  saml: 'proto.saml',
  delinea: 'vendor.delinea',
};

const now = () => new Date();

/** @param draw the next search, made before the clock starts */
async function timesOf<T>(many: number, draw: () => T, ask: (drawn: T) => Promise<unknown>): Promise<number[]> {
  const drawn = Array.from({ length: many }, draw);
  const times: number[] = [];
  for (const one of drawn) {
    const startedAt = performance.now();
    await ask(one);
    times.push(performance.now() - startedAt);
  }
  return times;
}

function p95(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

const WIDE =
  "select id, title, company, source, work_mode, posted_at, pay from wide_job where is_open and words @@ to_tsquery('simple', $1)";
const wideByDate = (client: pg.Client, { words, remoteOnly }: Asked) =>
  client.query<{ id: string }>({
    name: `wide-date-${remoteOnly}`,
    text: `${WIDE} ${remoteOnly ? "and work_mode = 'remote'" : ''} order by posted_at desc, id desc limit ${PAGE}`,
    values: [words],
  });
const wideByRank = (client: pg.Client, { words }: Asked) =>
  client.query({
    name: 'wide-rank',
    text: `${WIDE} order by ts_rank(words, to_tsquery('simple', $1)) desc, posted_at desc, id desc limit ${PAGE}`,
    values: [words],
  });

function termsSection({ db, client }: World): Section {
  const seedOf = (round: number) => 1000 + round;
  return {
    title: 'IAM terms',
    about: [
      'Any of two to five IAM terms, remote and open only, the first twenty, newest first; and the same by relevance.',
      'baseline: a wide table, GIN over a tsvector of title, company and description, index by date; by ts_rank.',
      'limit: `select 1` through the same pool.',
    ],
    arms: {
      ours: async (round) => {
        const { ask } = asker(seedOf(round));
        const dates = await timesOf(
          RUNS,
          () => ask('or by date'),
          ({ query }) => searchJobs(db, query, now()),
        );
        const ranks = await timesOf(
          RUNS,
          () => ask('or by match'),
          ({ query }) => searchJobs(db, query, now()),
        );
        return { datesP95: p95(dates), ranksP95: p95(ranks), p50: median(dates) ?? Number.NaN };
      },
      baseline: async (round) => {
        const { ask } = asker(seedOf(round));
        const dates = await timesOf(
          RUNS,
          () => ask('or by date'),
          (asked) => wideByDate(client, asked),
        );
        const ranks = await timesOf(
          RANK_RUNS,
          () => ask('or by match'),
          (asked) => wideByRank(client, asked),
        );
        return { datesP95: p95(dates), ranksP95: p95(ranks), p50: median(dates) ?? Number.NaN };
      },
      limit: async () => ({
        p50:
          median(
            await timesOf(
              RUNS,
              () => ({ name: 'bench-one', text: 'select 1' }),
              (one) => db.pool.query(one),
            ),
          ) ?? Number.NaN,
      }),
    },
    rows: [
      {
        id: 'S1',
        title: 'any of several terms by date, p95: GIN / ours',
        unit: 'ms',
        measure: 'datesP95',
        against: 'baseline',
        isTimesLess: true,
        better: 'higher',
        goal: 20,
        floor: 12,
      },
      {
        id: 'S2',
        title: 'the same by relevance, p95: ts_rank / ours',
        unit: 'ms',
        measure: 'ranksP95',
        against: 'baseline',
        isTimesLess: true,
        better: 'higher',
        goal: 500,
        floor: 200,
      },
      {
        id: 'S4',
        title: 'by date, p50: ours / select 1',
        unit: 'ms',
        measure: 'p50',
        against: 'limit',
        better: 'lower',
        goal: 5,
        floor: 7,
      },
    ],
  };
}

function sizeSection(main: World, small: World): Section {
  const each =
    (db: Database) =>
    async (round: number): Promise<Measures> => {
      const { ask } = asker(2000 + round);
      return {
        p50:
          median(
            await timesOf(
              RUNS,
              () => ask('or by date'),
              ({ query }) => searchJobs(db, query, now()),
            ),
          ) ?? Number.NaN,
      };
    };
  return {
    title: 'size',
    about: [`The same search. baseline: ours with ${SMALLER} times fewer jobs.`],
    arms: { ours: each(main.db), baseline: each(small.db) },
    rows: [
      {
        id: 'S3',
        title: `p50 / with ${SMALLER} times fewer jobs`,
        unit: 'ms',
        measure: 'p50',
        against: 'baseline',
        better: 'lower',
        goal: 1.2,
        floor: 1.5,
      },
    ],
  };
}

function kindsSection({ db }: World, rows: number): Section {
  const limitMs = rows <= WIDE_MAX ? 20 : 50;
  const others: Readonly<Record<string, (ask: (kind: Kind) => Asked) => Promise<unknown>>> = {
    'page of 100': (ask) => searchJobs(db, { ...ask('term by date').query, limit: 100 }, now()),
    'count to 1,000': (ask) => countJobs(db, ask('or by date').query, now()),
    facets: (ask) => countFacets(db, ask('or by date').query, ['all'], now()),
  };
  const info = (name: string): RowSpec => ({
    id: `S5 ${name}`,
    title: `${name}, p95`,
    unit: 'ms',
    measure: name,
    against: 'none',
    better: 'lower',
    goal: null,
    floor: null,
  });
  return {
    title: 'every kind',
    about: [
      'p95 of each kind of search; S5 is the worst of those that list jobs. Facets and counts are told beside them.',
    ],
    arms: {
      ours: async (round) => {
        const { ask } = asker(3000 + round);
        const measures: Record<string, number> = {};
        for (const kind of KINDS)
          measures[kind] = p95(
            await timesOf(
              RUNS,
              () => ask(kind),
              ({ query }) => searchJobs(db, query, now()),
            ),
          );
        const worst = Math.max(...Object.values(measures));
        for (const [name, run] of Object.entries(others))
          measures[name] = p95(await timesOf(OTHER_RUNS, () => ask, run));
        return { ...measures, worst };
      },
    },
    rows: [
      {
        id: 'S5',
        title: 'slowest kind of search, p95',
        unit: 'ms',
        measure: 'worst',
        against: 'none',
        better: 'lower',
        goal: limitMs,
        floor: limitMs,
      },
      ...[...KINDS, ...Object.keys(others)].map(info),
    ],
  };
}

function textSection({ db, client }: World, words: readonly string[]): Section {
  return {
    title: 'words of descriptions',
    about: [
      'One word of descriptions, as many rare as common ones, remote only, newest first.',
      'baseline: the planner chooses between the GIN index and the index by date of the wide table.',
    ],
    arms: {
      ours: async (round) => {
        const { text } = asker(4000 + round);
        return {
          p95: p95(
            await timesOf(
              RUNS,
              () => text(words),
              ({ query }) => searchJobs(db, query, now()),
            ),
          ),
        };
      },
      baseline: async (round) => {
        const { text } = asker(4000 + round);
        return {
          p95: p95(
            await timesOf(
              RUNS,
              () => text(words),
              (asked) => wideByDate(client, asked),
            ),
          ),
        };
      },
    },
    rows: [
      {
        id: 'S6',
        title: 'words of descriptions, p95: ours / planner',
        unit: 'ms',
        measure: 'p95',
        against: 'baseline',
        better: 'lower',
        goal: 0.25,
        floor: 0.35,
      },
    ],
  };
}

function sameSection({ db, client }: World): Section {
  return {
    title: 'same answers',
    about: [`${SAME_RUNS} random searches a round: the first twenty are those of the wide table, in the same order.`],
    arms: {
      ours: async (round) => {
        const { ask } = asker(5000 + round);
        let same = 0;
        for (let i = 0; i < SAME_RUNS; i++) {
          const asked = ask('or by date');
          const [ours, wide] = [await searchJobs(db, asked.query, now()), await wideByDate(client, asked)];
          const ids = itemsOf(ours.items).map((item) => (JSON.parse(item) as { id: string }).id);
          if (ids.length > 0 && ids.join() === wide.rows.map(({ id }) => id).join()) same++;
        }
        return { percent: (same / SAME_RUNS) * 100 };
      },
    },
    rows: [
      {
        id: 'S8',
        title: 'first twenty equal to the usual design',
        unit: '%',
        measure: 'percent',
        against: 'none',
        better: 'higher',
        goal: 100,
        floor: 100,
      },
    ],
  };
}

/** As many words of each frequency, from every advert to one of ten thousand. */
async function wordsOfDescriptions(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ word: string }>(`select word from (
      select word, row_number() over (partition by width_bucket(ln(ndoc), 0, ln(20000), 8) order by md5(word)) as place
      from ts_stat('select words from description') where ndoc between 2 and 19999 and length(word) > 2
    ) as w where place <= 12 order by md5(word)`);
  return rows.map(({ word }) => word);
}

const seconds = (startedAt: number) => Math.round((performance.now() - startedAt) / 1000);
