/** What merging a new posting costs while the catalogue grows from ten thousand jobs to a million. */
import pg from 'pg';
import { type Database, openDatabase } from '../../shared/db/database.ts';
import { migrate } from '../../shared/db/migrate.ts';
import type { Posting } from '../../worker/posting.ts';
import { keysOf } from '../../worker/steps/merge/keys.ts';
import { MERGE_VERSION, signOf } from '../../worker/steps/merge/sign.ts';
import { textOf } from '../../worker/steps/merge/text.ts';
import { mergePending } from '../../worker/store/merge/pending.ts';
import { contentHash, openBoardStore, type Ready } from '../../worker/store.ts';
import { withBenchDatabase } from '../kit/database.ts';
import type { Measures, Section } from '../kit/harness.ts';
import { createUnit } from '../kit/units.ts';

const SIZES = { limit: 10_000, baseline: 100_000, ours: 1_000_000 } as const;
type Arm = keyof typeof SIZES;
/** Adverts of the catalogue that are made by the product's own rules; the others have their keys with other firms and texts. */
const MADE = 500;
const NEW_PER_ROUND = 200;
/** One in so many new postings is a copy of another one at another source. */
const COPY_EVERY = 4;

interface Catalogue {
  readonly db: Database;
  readonly close: () => Promise<void>;
}

/** Three catalogues in one server; each round merges as many new postings into each. */
export async function measureMerge(say: (line: string) => void, measure: (section: Section) => Promise<void>) {
  await withBenchDatabase(async ({ url }) => {
    const catalogues = new Map<Arm, Catalogue>();
    try {
      for (const arm of ['limit', 'baseline', 'ours'] as const) {
        catalogues.set(arm, await createCatalogue(url, SIZES[arm]));
        say(`a catalogue of ${SIZES[arm]} jobs made`);
      }
      await measure(sectionOf(catalogues));
    } finally {
      for (const { close } of catalogues.values()) await close();
    }
  });
}

function sectionOf(catalogues: ReadonlyMap<Arm, Catalogue>): Section {
  const arm = (name: Arm) => async (): Promise<Measures> => await mergeRound((catalogues.get(name) as Catalogue).db);
  const row = { unit: 'ms a posting', better: 'lower', goal: 1.5, floor: 2 } as const;
  return {
    title: 'merging',
    about: [
      `${NEW_PER_ROUND} new postings, one in ${COPY_EVERY} a copy of another: signs, keys, candidates, judgement, jobs; the time of the server is in it.`,
      `ours: beside 1,000,000 jobs; baseline: beside 100,000; limit: beside 10,000.`,
    ],
    arms: { ours: arm('ours'), baseline: arm('baseline'), limit: arm('limit') },
    rows: [
      {
        id: 'M1',
        title: 'a new posting at 1,000,000 jobs / at 10,000',
        measure: 'msPerPosting',
        against: 'limit',
        ...row,
      },
      {
        id: 'M2',
        title: 'a new posting at 1,000,000 jobs / at 100,000',
        measure: 'msPerPosting',
        against: 'baseline',
        ...row,
      },
      {
        id: 'M3',
        title: 'own CPU of a new posting at 1,000,000 jobs / at 10,000',
        measure: 'cpuPerPosting',
        against: 'limit',
        ...row,
        unit: 'ms CPU',
      },
    ],
  };
}

let made = 0;

async function mergeRound(db: Database): Promise<Measures> {
  const fresh = Array.from({ length: NEW_PER_ROUND }, (_, i) =>
    i % COPY_EVERY === COPY_EVERY - 1 ? made : ++made,
  ).map((number, i) => ({ number, source: i % COPY_EVERY === COPY_EVERY - 1 ? 'adzuna' : 'greenhouse' }));
  for (const source of ['greenhouse', 'adzuna'] as const) {
    const boardId = await boardOf(db, source, `round-${made}`);
    const store = await openBoardStore(db, { ...(await createUnit(db, boardId)), source });
    const ready = fresh.filter((one) => one.source === source).map(({ number }) => readyOf(number));
    await store.write(ready, noCounts());
  }
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const { compared, merged } = await mergePending(db);
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  if (compared < NEW_PER_ROUND || merged < NEW_PER_ROUND / COPY_EVERY / 2) {
    throw new Error(`${compared} compared, ${merged} merged: the benchmark measures something else`);
  }
  return { msPerPosting: ms / compared, cpuPerPosting: (user + system) / 1000 / compared };
}

const ROLES = ['IAM Engineer', 'Identity Architect', 'PAM Administrator', 'Okta Consultant', 'Access Analyst'];
const CITIES = [
  'Berlin, Germany',
  'Austin, TX',
  'London, UK',
  'Paris, France',
  'Toronto, ON',
  'Madrid, Spain',
  'Boston, MA',
];

/** The n-th advert: a firm and a text of its own, a trade and a city that many have. */
function postingOf(n: number): Posting {
  const text = Array.from({ length: 150 }, (_, i) => `w${(n * 7919 + i * 104_729 + i * i * n) % 30_011}`).join(' ');
  return {
    nativeId: `n${n}`,
    url: `https://boards.example/acme/jobs/${n}00000`,
    applyUrls: [],
    title: `${ROLES[n % ROLES.length]}`,
    company: `Firm${n} ${n % 2 === 0 ? 'Works' : 'Systems'}`,
    places: [CITIES[n % CITIES.length] ?? ''],
    country: null,
    workMode: 'unknown',
    employment: [],
    pay: null,
    statedAt: null,
    html: '',
    text,
    textIsCut: false,
  };
}

function readyOf(n: number): Ready {
  const posting = postingOf(1_000_000_000 + n);
  const score = { points: 10, relevant: true, parts: [], terms: ['okta'] };
  return { nativeId: posting.nativeId, hash: contentHash(posting), raw: { n }, posting, score };
}

async function boardOf(db: Database, source: string, token: string): Promise<number> {
  const row = { source, token };
  return (await db.sql.insertInto('board').values(row).returning('id').executeTakeFirstOrThrow()).id;
}

function noCounts() {
  const zero = { requests: 0, found: 0, kept: 0, rejected: 0, new: 0, changed: 0, unchanged: 0, closed: 0 };
  return { ...zero, rejectedReasons: {}, invalidSamples: [] };
}

async function createCatalogue(serverUrl: string, size: number): Promise<Catalogue> {
  const url = new URL(serverUrl);
  url.pathname = `/merge_${size}`;
  await migrate(url.href);
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    await fill(client, size);
  } finally {
    await client.end();
  }
  const db = await openDatabase(url.href, 'bench');
  return { db, close: () => db.close() };
}

/** Keys of firms, texts and links are made others for each copy; those of trade and city stay, and become too common. */
async function fill(client: pg.Client, size: number): Promise<void> {
  await client.query('create temp table made (n integer, own bigint[], shared bigint[], sign text)');
  for (let n = 0; n < MADE; n++) {
    const posting = postingOf(n);
    const sign = signOf(posting, { source: 'greenhouse', board: 'acme' });
    const { proofs, likes } = keysOf(sign, textOf(posting.text));
    const other = keysOf(
      signOf(postingOf(n + MADE * 70), { source: 'greenhouse', board: 'acme' }),
      textOf(posting.text),
    );
    const shared = likes.filter((key) => other.likes.includes(key));
    const own = [...proofs, ...likes].filter((key) => !shared.includes(key));
    await client.query('insert into made values ($1, $2, $3, $4)', [n, own, shared, JSON.stringify(sign)]);
  }
  const all = `from generate_series(0, ${size - 1}) as i join made on made.n = i % ${MADE}`;
  const id = 'i::bigint + 1000000000';
  const keys = `(select array_agg((key # (i::bigint * 7919 * 104729)) & 9007199254740991) from unnest(own) as key) || shared`;
  await client.query('alter table posting_key drop constraint posting_key_pkey');
  await client.query(
    `insert into posting_sign (posting_id, version, keys, sign) select ${id}, ${MERGE_VERSION}, ${keys}, sign ${all}`,
  );
  await client.query('insert into posting_key select distinct unnest(keys), posting_id from posting_sign');
  await client.query('alter table posting_key add primary key (key, posting_id)');
  await client.query(`insert into posting (id, job_id, first_seen_at, changed_at, board_id, native_id, content_hash, url)
    select ${id}, ${id}, now(), now(), 0, i::text, '\\x00', 'https://boards.example/' || i from generate_series(0, ${size - 1}) as i`);
  await client.query(`insert into job (id, posting_id, posted_at, first_seen_at, score, work_mode, title, places, employment, sources,
      terms, card, words)
    select ${id}, ${id}, now(), now(), 10, 'unknown', 'IAM Engineer', '{}', '{}', '{greenhouse}', '{}', '{}', ''
    from generate_series(0, ${size - 1}) as i`);
  await client.query('vacuum analyze');
}
