import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { PAY_BANDS } from '../../api/queries/search/pay.ts';
import { readTsquery } from '../../api/queries/search/tsquery.ts';
import { readPlain } from '../../api/queries/search/words.ts';
import { createRandom } from '../../benchmarks/kit/random.ts';
import type { Database } from '../../shared/db/database.ts';
import { readRates } from '../../shared/db/rates.ts';
import { type Period, paysAtLeast, type Rates, topOf, yearlyPay } from '../../shared/pay/yearly.ts';
import type { SourceName } from '../../shared/sources.ts';
import { indexTexts } from '../../worker/store/search/texts.ts';
import { testDatabase } from '../db.ts';
import { insertJob } from './rows.ts';
import { call, NOW, startServer, type TestServer } from './server.ts';

/** What a job of this file can be; the reference searches these and nothing else. */
interface Made {
  readonly id: string;
  readonly title: string;
  readonly company: string | null;
  readonly source: SourceName;
  readonly workMode: 'remote' | 'hybrid' | 'onsite' | 'unknown';
  readonly country: string | null;
  readonly disciplines: readonly string[];
  readonly level: string | null;
  readonly vendors: readonly string[];
  readonly pay: { min: number | null; max: number | null; currency: string | null; period: Period | null } | null;
  readonly statedAt: Date;
  readonly firstSeenAt: Date;
  readonly score: number;
  readonly state: 'open' | 'closed' | 'unknown';
  readonly word: string;
}

const HOUR = 3_600_000;
const random = createRandom(7);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const some = <T>(list: readonly T[]): T[] => list.filter(() => random() < 0.3);

const LABELS: Readonly<Record<string, string>> = { okta: 'Okta', sailpoint: 'SailPoint', cyberark: 'CyberArk' };
const TITLES = [
  'IAM Engineer',
  'Okta Engineer',
  'Identity Governance Lead',
  'PAM Architect',
  'Directory Admin',
  'SailPoint Developer',
];
const COMPANIES = ['Acme', 'Globex AG', 'Initech', "O'Brien & Söhne", null];
const TEXT_WORDS = ['kubernetes', 'terraform', 'powershell', 'kerberos'];
const PAYS: readonly Made['pay'][] = [
  null,
  { min: 60_000, max: 80_000, currency: 'EUR', period: 'year' },
  { min: 100_000, max: null, currency: 'USD', period: 'year' },
  { min: null, max: 100_000, currency: 'USD', period: 'year' },
  { min: 55, max: 72.5, currency: 'USD', period: 'hour' },
  { min: 500, max: 650, currency: 'GBP', period: 'day' },
  { min: 9_000_000, max: 12_000_000, currency: 'JPY', period: 'year' },
  { min: 4000, max: 5000, currency: 'EUR', period: 'month' },
  { min: 90_000, max: 95_000, currency: null, period: 'year' },
  { min: 90_000, max: 95_000, currency: 'EUR', period: null },
  { min: 1000, max: 2000, currency: 'XAU', period: 'year' },
];

function make(): Omit<Made, 'id'> {
  const firstSeenAt = new Date(NOW.getTime() - Math.floor(random() * 60 * 24) * HOUR);
  return {
    title: `${pick(['Senior ', '', 'Lead '])}${pick(TITLES)}`,
    company: pick(COMPANIES),
    source: pick(['greenhouse', 'lever', 'remoteok'] as const),
    workMode: pick(['remote', 'hybrid', 'onsite', 'unknown'] as const),
    country: pick(['DE', 'US', 'GB', null]),
    disciplines: some(['iga', 'pam', 'workforce']),
    level: pick([null, 'senior', 'lead', 'junior']),
    vendors: some(['okta', 'sailpoint', 'cyberark']),
    pay: pick(PAYS) ?? null,
    // Whole hours and few of them, so that many jobs are equally old.
    statedAt: new Date(firstSeenAt.getTime() - Math.floor(random() * 3) * 24 * HOUR),
    firstSeenAt,
    score: Math.floor(random() * 5) * 10,
    state: pick(['open', 'open', 'open', 'closed', 'unknown'] as const),
    word: pick(TEXT_WORDS),
  };
}

async function store(db: Database, job: Omit<Made, 'id'>): Promise<Made> {
  const fact = (name: string) => ({ name, phrase: name });
  const id = await insertJob(db, {
    title: job.title,
    company: job.company,
    source: job.source,
    workMode: job.workMode,
    country: job.country,
    statedAt: job.statedAt,
    firstSeenAt: job.firstSeenAt,
    score: job.score,
    state: job.state,
    text: `We run ${job.word} all day.`,
    pay: job.pay === null ? null : { ...job.pay, raw: 'told', estimated: false },
    parts: job.vendors.map((name) => ({
      term: `vendor.${name}`,
      label: LABELS[name] ?? name,
      phrase: name,
      place: 'body' as const,
      points: 1,
    })),
    facts: {
      disciplines: job.disciplines.map(fact),
      vendors: job.vendors.map(fact),
      protocols: [],
      seniority: job.level === null ? null : fact(job.level),
      clearance: null,
    },
  });
  return { ...job, id };
}

let db: Database;
let server: TestServer;
let rates: Rates | null;
const jobs: Made[] = [];

beforeAll(async () => {
  ({ db } = await testDatabase());
  server = await startServer(db);
  rates = await readRates(db);
  for (let i = 0; i < 220; i++) jobs.push(await store(db, make()));
  while ((await indexTexts(db)) > 0);
  await db.pool.query('analyze');
}, 120_000);

type Query = Readonly<Record<string, readonly string[]>>;

const wordsOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Words as the search has them: of title and company, or a product that the advert names. */
const hasWord = (job: Made, word: string, inText: boolean) =>
  [
    ...wordsOf(job.title),
    ...wordsOf(job.company ?? ''),
    ...(inText ? ['we', 'run', 'all', 'day', job.word] : []),
  ].includes(word) || job.vendors.some((vendor) => vendor === word);

const topIn = (job: Made, currency: string) => topOf(job.pay === null ? null : yearlyPay(job.pay, rates, currency));
const EDGES: Readonly<Record<string, readonly [number, number]>> = {
  '0-50': [Number.NEGATIVE_INFINITY, 50_000],
  '50-80': [50_000, 80_000],
  '80-110': [80_000, 110_000],
  '110-150': [110_000, 150_000],
  '150+': [150_000, Number.POSITIVE_INFINITY],
};

/** The same search, said naively over the jobs in memory. */
function fits(job: Made, query: Query): boolean {
  const one = (name: string) => query[name]?.[0];
  const currency = one('pay_currency') ?? 'EUR';
  const states = query.state ?? ['open'];
  const minimum = one('pay_min');
  const amongst = (name: string, values: readonly string[]) =>
    query[name] === undefined || query[name].some((value) => values.includes(value));
  const orUnknown = (values: readonly string[]) => (values.length === 0 ? ['unknown'] : values);
  const top = topIn(job, currency);
  return (
    (states.includes('all') || states.includes(job.state)) &&
    (query.q ?? []).every((q) =>
      q
        .split(' or ')
        .some((side) =>
          side
            .split(' ')
            .every((word) =>
              word.startsWith('-')
                ? ![
                    ...wordsOf(job.title),
                    ...wordsOf(job.company ?? ''),
                    ...(one('in') === 'text' ? [job.word] : []),
                  ].includes(word.slice(1))
                : hasWord(job, word, one('in') === 'text'),
            ),
        ),
    ) &&
    amongst('source', [job.source]) &&
    amongst('work_mode', [job.workMode]) &&
    amongst('country', [job.country ?? 'unknown']) &&
    amongst('discipline', orUnknown(job.disciplines)) &&
    amongst('seniority', [job.level ?? 'unknown']) &&
    amongst('vendor', job.vendors) &&
    (query.company === undefined || query.company.some((name) => name.toLowerCase() === job.company?.toLowerCase())) &&
    !(query.company_not ?? []).some((name) => name.toLowerCase() === job.company?.toLowerCase()) &&
    !(query.without ?? []).some((word) => hasWord({ ...job, vendors: [] }, word, false)) &&
    (minimum === undefined ||
      (job.pay === null ? null : paysAtLeast(job.pay, Number(minimum), currency, rates)) === true ||
      (top === null && one('pay_unknown') === 'true')) &&
    (query.pay_band === undefined ||
      query.pay_band.some((band) =>
        band === 'unknown'
          ? top === null && (minimum === undefined || one('pay_unknown') === 'true')
          : top !== null && top >= (EDGES[band]?.[0] ?? 0) && top < (EDGES[band]?.[1] ?? 0),
      )) &&
    sinceFits(job.statedAt, one('posted_since')) &&
    sinceFits(job.firstSeenAt, one('seen_since')) &&
    (one('sort') !== 'pay' || topIn(job, 'EUR') !== null)
  );
}

function sinceFits(at: Date, since: string | undefined): boolean {
  return since === undefined || at.getTime() >= NOW.getTime() - Number(since.slice(0, -1)) * 24 * HOUR;
}

function inOrder(found: readonly Made[], sort: string | undefined): string[] {
  const byDate = (a: Made, b: Made) => b.statedAt.getTime() - a.statedAt.getTime() || Number(b.id) - Number(a.id);
  const order =
    sort === 'match'
      ? (a: Made, b: Made) => b.score - a.score || byDate(a, b)
      : sort === 'pay'
        ? (a: Made, b: Made) => (topIn(b, 'EUR') ?? 0) - (topIn(a, 'EUR') ?? 0) || Number(b.id) - Number(a.id)
        : byDate;
  return [...found].sort(order).map(({ id }) => id);
}

const addressOf = (query: Query, more: Record<string, string> = {}) =>
  `/api/v1/jobs?${new URLSearchParams([...Object.entries(query).flatMap(([name, values]) => values.map((value) => [name, value])), ...Object.entries(more)])}`;

async function allPages(address: string): Promise<string[]> {
  const ids: string[] = [];
  let next: string | undefined = address;
  for (let pages = 0; next !== undefined; pages++) {
    expect(pages).toBeLessThan(100);
    const { status, json, headers } = await server.get(next);
    expect(status, `${next}: ${JSON.stringify(json)}`).toBe(200);
    ids.push(...json.items.map((item: { id: string }) => item.id));
    next = /^<(.*)>; rel="next"$/.exec(String(headers.link))?.[1];
  }
  return ids;
}

const any = <T extends string>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const query = fc.record(
  {
    q: fc
      .constantFrom(
        'okta',
        'engineer',
        'iam engineer',
        'okta or sailpoint',
        'engineer -senior',
        '-lead',
        'globex',
        'cyberark pam',
        'söhne',
      )
      .map((q) => [q]),
    in: fc.constant(['text']),
    source: any(['greenhouse', 'lever', 'remoteok', 'adzuna']),
    work_mode: any(['remote', 'hybrid', 'onsite', 'unknown']),
    country: any(['DE', 'US', 'FR', 'unknown']),
    discipline: any(['iga', 'pam', 'federal', 'unknown']),
    seniority: any(['senior', 'lead', 'executive', 'unknown']),
    vendor: any(['okta', 'cyberark']),
    company: any(['acme', 'GLOBEX AG', "O'Brien & Söhne"]),
    company_not: any(['Acme', 'initech']),
    without: any(['engineer', 'architect']),
    pay_min: fc.constantFrom('50000', '80000', '100000', '104000').map((sum) => [sum]),
    pay_currency: fc.constantFrom('USD', 'EUR', 'GBP', 'XAU').map((code) => [code]),
    pay_unknown: fc.constantFrom('true', 'false').map((value) => [value]),
    pay_band: any(PAY_BANDS),
    posted_since: fc.constantFrom('1d', '7d', '30d').map((text) => [text]),
    seen_since: fc.constantFrom('2d', '20d').map((text) => [text]),
    state: fc.constantFrom(['all'], ['closed'], ['open', 'unknown']),
    sort: fc.constantFrom('date', 'match', 'pay').map((sort) => [sort]),
  },
  { requiredKeys: [] },
);
/** Few parameters at a time, or nothing is ever found. */
const fewOf = query.chain((all) =>
  fc
    .subarray(Object.keys(all), { maxLength: 4 })
    .map((names) => Object.fromEntries(names.map((name) => [name, all[name as keyof typeof all] as string[]]))),
);

describe('the search', () => {
  test('finds what a naive search of everything finds, in the same order, over all pages', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(fewOf, fc.constantFrom('7', '100'), async (asked, limit) => {
        const expected = inOrder(
          jobs.filter((job) => fits(job, asked)),
          asked.sort?.[0],
        );
        // With nothing found other words are tried; that is another test's.
        if (expected.length === 0 && asked.q !== undefined) return;
        found += expected.length;
        expect(await allPages(addressOf(asked, { limit }))).toEqual(expected);
      }),
      { numRuns: 250, seed: 3 },
    );
    expect(found).toBeGreaterThan(1000);
  }, 120_000);

  test('counts exactly what it finds, and facets say what choosing each value would find', async () => {
    await fc.assert(
      fc.asyncProperty(fewOf, async (asked) => {
        const { sort: _, ...narrowed } = asked as Record<string, string[]>;
        const expected = jobs.filter((job) => fits(job, narrowed));
        if (expected.length === 0 && narrowed.q !== undefined) return;
        const { json } = await server.get(addressOf(narrowed, { count: 'exact', facets: 'all', limit: '1' }));
        expect(json.count).toEqual({ value: expected.length, relation: 'exact' });
        const estimated = await server.get(addressOf(narrowed, { count: 'estimate', limit: '1' }));
        expect(estimated.json.count).toEqual(json.count);
        for (const [facet, { values, capped }] of Object.entries<{
          values: { value: string; count: number }[];
          capped: boolean;
        }>(json.facets)) {
          expect(capped).toBe(false);
          for (const { value, count } of values) {
            const parameter = facet === 'age' ? 'posted_since' : facet;
            const age = value === '24h' ? '1d' : value;
            const unknownToo =
              facet === 'pay_band' && value === 'unknown' && narrowed.pay_min !== undefined
                ? { pay_unknown: ['true'] }
                : {};
            if ('pay_unknown' in unknownToo && narrowed.pay_unknown?.[0] !== 'true') continue;
            const chosen = { ...narrowed, [parameter]: [age] };
            expect([facet, value, count]).toEqual([facet, value, jobs.filter((job) => fits(job, chosen)).length]);
          }
          if (facet === 'source') {
            const open = jobs.filter((job) => fits(job, { ...narrowed, source: ['greenhouse', 'lever', 'remoteok'] }));
            expect(values.reduce((sum, { count }) => sum + count, 0)).toBe(open.length);
          }
        }
      }),
      { numRuns: 60, seed: 4 },
    );
  }, 120_000);

  test('plain words are read as PostgreSQL reads them', async () => {
    const word = fc.constantFrom('okta', 'or', 'fido2', 'the', 'x', 'not', 'and', 'orr', 'e5', 'abc123');
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 6 }), async (words) => {
        const plain = readPlain(words.join(' '));
        if (plain === undefined) return;
        const { rows } = await db.pool.query<{ q: string }>("select websearch_to_tsquery('simple', $1)::text as q", [
          words.join(' '),
        ]);
        expect(plain).toEqual(readTsquery(rows[0]?.q ?? ''));
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  test('of words that only adverts have it says that it searched adverts', async () => {
    const { json } = await server.get('/api/v1/jobs?q=terraform&limit=100');
    const expected = inOrder(
      jobs.filter((job) => fits(job, { q: ['terraform'], in: ['text'] })),
      'date',
    );
    expect(json.items.map((item: { id: string }) => item.id)).toEqual(expected.slice(0, 100));
    expect(json.instead).toEqual({ why: 'text', typed: 'terraform', q: 'terraform' });
  });

  test.each([
    ['saipoint', 'sailpoint'],
    ['govrenance lead', 'governance lead'],
    ['Enginer -senior', 'engineer -senior'],
    ['directroy', 'directory'],
  ])('%s is read as %s, and said so', async (typed, q) => {
    const { json } = await server.get(`/api/v1/jobs?q=${encodeURIComponent(typed)}&limit=100&count=exact`);
    const expected = inOrder(
      jobs.filter((job) => fits(job, { q: [q] })),
      'date',
    );
    expect(json.instead).toEqual({ why: 'spelling', typed, q });
    expect(json.items.map((item: { id: string }) => item.id)).toEqual(expected.slice(0, 100));
    expect(json.count.value).toBe(expected.length);
  });

  test('what is nothing like any word stays as it was typed', async () => {
    const { json } = await server.get('/api/v1/jobs?q=zzzzqqqq');
    expect([json.items, json.instead]).toEqual([[], undefined]);
  });

  test('finds products by other names of theirs', async () => {
    const expected = inOrder(
      jobs.filter((job) => job.state === 'open' && job.vendors.includes('sailpoint')),
      'date',
    );
    const { json } = await server.get('/api/v1/jobs?q=identityiq&limit=100');
    expect(json.items.map((item: { id: string }) => item.id)).toEqual(expected.slice(0, 100));
    expect(json.instead).toBeUndefined();
  });

  test.each([
    ['the of and', 200],
    ['🙂🙂', 200],
    [' " ', 200],
    ["'; drop table job; --", 200],
    ['a\\', 200],
    ["it's <-> & ! ( ) :* 'x", 200],
    ['okta\tor\nsaml', 200],
    ['-', 200],
    ['"unclosed phrase', 200],
    ['٣ ½ ﬀ ẞ İ', 200],
    ['a\0b', 422],
  ])('takes %j from a stranger', async (q, status) => {
    expect((await server.get(`/api/v1/jobs?q=${encodeURIComponent(q)}&facets=all&count=exact`)).status).toBe(status);
    if (status !== 200) return;
    for (const name of ['company', 'company_not', 'without']) {
      const { status: other } = await server.get(`/api/v1/jobs?${name}=${encodeURIComponent(q)}&in=text&q=okta`);
      expect(other, name).toBe(200);
    }
  });

  test('64 kB of words are refused before they are read', async () => {
    const answer = await call(server.port, 'GET', `/api/v1/jobs?q=${'x'.repeat(65_536)}`);
    expect(answer.status).toBe(431);
  });

  test.each([
    '?pay_min=0',
    '?pay_min=lots',
    '?pay_currency=euro',
    '?pay_band=60-70',
    '?country=Germany',
    '?vendor=Okta%20Inc',
    '?seniority=boss',
    '?discipline=__proto__',
    '?sort=random',
    '?count=all',
    '?facets=colour',
    '?in=body',
    '?age=7d',
    '?pay_unknown=maybe',
    '?company=a%00b',
  ])('%s is refused', async (address) => {
    expect((await server.get(`/api/v1/jobs${address}`)).status).toBe(422);
  });

  test('a position belongs to the order that it came from', async () => {
    const { json } = await server.get('/api/v1/jobs?sort=match&limit=3');
    expect((await server.get(`/api/v1/jobs?sort=match&limit=3&cursor=${json.nextCursor}`)).status).toBe(200);
    for (const sort of ['date', 'pay']) {
      expect((await server.get(`/api/v1/jobs?sort=${sort}&cursor=${json.nextCursor}`)).status).toBe(422);
    }
  });

  test.each(['date', 'match', 'pay'])('by %s a walk sees every job once while jobs are stored', async (sort) => {
    const before = inOrder(
      jobs.filter((job) => fits(job, { q: ['engineer'], sort: [sort] })),
      sort,
    );
    const seen: string[] = [];
    let next: string | undefined = `/api/v1/jobs?q=engineer&sort=${sort}&limit=5`;
    while (next !== undefined) {
      const { json, headers } = await server.get(next);
      seen.push(...json.items.map((item: { id: string }) => item.id));
      if (seen.length < 20) jobs.push(await store(db, { ...make(), title: 'Okta Engineer', state: 'open' }));
      next = /^<(.*)>; rel="next"$/.exec(String(headers.link))?.[1];
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => before.includes(id))).toEqual(before);
  });
});
