import { beforeAll, describe, expect, test } from 'vitest';
import { encodeCursor } from '../../api/cursor.ts';
import { testDatabase } from '../db.ts';
import { insertJob } from './rows.ts';
import { NOW, startServer, type TestServer } from './server.ts';

const { db } = await testDatabase();
let server: TestServer;
const ids: Record<string, string> = {};

const day = (n: number) => new Date(NOW.getTime() - n * 86_400_000);

beforeAll(async () => {
  server = await startServer(db);
  ids.okta = await insertJob(db, {
    title: 'Okta Administrator',
    company: 'Northwind',
    source: 'remoteok',
    workMode: 'remote',
    statedAt: day(2),
    pay: { raw: '95k-120k', min: 95_000, max: 120_000, currency: 'EUR', period: 'year', estimated: false },
  });
  ids.old = await insertJob(db, { title: 'Directory engineer', workMode: 'onsite', statedAt: day(40) });
  ids.hybrid = await insertJob(db, {
    title: 'Okta SAML engineer',
    source: 'lever',
    workMode: 'hybrid',
    statedAt: day(1),
  });
  ids.closed = await insertJob(db, {
    title: 'Closed one',
    state: 'closed',
    closedEvidence: 'gone from the board',
    statedAt: day(3),
  });
  ids.unstated = await insertJob(db, { title: 'Sailpoint lead', firstSeenAt: day(5), textIsCut: true });
});

const idsOf = (answer: { json: { items: { id: string }[] } }) => answer.json.items.map((item) => item.id);
const found = async (query: string) => idsOf(await server.get(`/api/v1/jobs${query}`));

describe('GET /api/v1/jobs', () => {
  test('lists open jobs, newest first, with the stored card, id and state', async () => {
    const answer = await server.get('/api/v1/jobs');
    expect(idsOf(answer)).toEqual([ids.hybrid, ids.okta, ids.unstated, ids.old]);
    expect(answer.json.items[1]).toMatchObject({
      id: ids.okta,
      state: 'open',
      title: 'Okta Administrator',
      company: 'Northwind',
      workMode: 'remote',
      pay: { min: 95_000, currency: 'EUR' },
      source: 'remoteok',
      reasons: [{ label: 'Okta', phrase: 'Okta', place: 'title' }, { label: 'SAML' }],
    });
    expect(answer.json.nextCursor).toBeNull();
    expect(answer.headers.link).toBeUndefined();
  });

  test('q finds words of title and company, phrases and exclusions', async () => {
    expect(await found('?q=okta')).toEqual([ids.hybrid, ids.okta]);
    expect(await found('?q=northwind')).toEqual([ids.okta]);
    expect(await found('?q=okta%20-saml')).toEqual([ids.okta]);
    expect(await found('?q=%22saml%20engineer%22')).toEqual([ids.hybrid]);
    expect(await found('?q=')).toHaveLength(4);
    // As it comes from a page that it is copied from.
    expect(await found('?q=ok%C2%ADta%C2%A0saml')).toEqual([ids.hybrid]);
  });

  test.each([
    ['?source=lever', ['hybrid']],
    ['?source=lever,remoteok', ['hybrid', 'okta']],
    ['?source=lever&source=remoteok', ['hybrid', 'okta']],
    ['?work_mode=remote,hybrid', ['hybrid', 'okta']],
    ['?work_mode=unknown', ['unstated']],
    ['?remote=true', ['okta']],
    ['?remote=false', ['old']],
    ['?remote=hybrid', ['hybrid']],
    ['?posted_since=7d', ['hybrid', 'okta', 'unstated']],
    ['?posted_since=36h', ['hybrid']],
    ['?posted_since=2026-11-20', ['hybrid', 'okta']],
    ['?posted_since=2026-11-20T12:00:00Z', ['hybrid', 'okta']],
    ['?posted_since=2026-11-20T14:00:01%2B02:00', ['hybrid']],
    ['?state=closed', ['closed']],
    ['?state=all', ['hybrid', 'okta', 'closed', 'unstated', 'old']],
    ['?q=okta&source=greenhouse', []],
    ['?q=&source=&work_mode=&posted_since=', ['hybrid', 'okta', 'unstated', 'old']],
  ])('%s gives %j', async (query, names) => {
    expect(await found(query)).toEqual(names.map((name) => ids[name]));
  });

  test.each([
    ['?limit=0', '/limit'],
    ['?limit=101', '/limit'],
    ['?limit=2.5', '/limit'],
    ['?limit=1&limit=2', '/limit'],
    ['?limit=', '/limit'],
    ['?q=a&q=b', '/q'],
    [`?q=${'x'.repeat(201)}`, '/q'],
    ['?q=a%00b', '/q'],
    ['?source=monster', '/source'],
    ['?source=__proto__', '/source'],
    ['?work_mode=toString', '/work_mode'],
    ['?remote=yes', '/remote'],
    ['?remote=true&work_mode=remote', '/remote'],
    ['?posted_since=soon', '/posted_since'],
    ['?posted_since=0d', '/posted_since'],
    ['?posted_since=99999d', '/posted_since'],
    ['?posted_since=2026-02-30', '/posted_since'],
    ['?posted_since=0000-01-01', '/posted_since'],
    ['?state=deleted', '/state'],
    ['?cursor=abc', '/cursor'],
    [`?cursor=${'A'.repeat(300)}`, '/cursor'],
    [`?cursor=${encodeCursor(['2026-02-30T00:00:00.000000Z', '1'])}`, '/cursor'],
    [`?cursor=${encodeCursor(['2026-02-20T00:00:00.000000Z', '99999999999999999999'])}`, '/cursor'],
    [`?cursor=${encodeCursor(["2026-02-20' or 1=1", '1'])}`, '/cursor'],
    [`?cursor=${Buffer.from('{"__proto__":1}').toString('base64url')}`, '/cursor'],
    [`?cursor=${Buffer.from('["2026-11-19T23:44:02.000000Z","8"]').toString('base64url')}x`, '/cursor'],
    ['?limit=1e1', '/limit'],
    ['?limit=0x10', '/limit'],
    ['?limit=%205', '/limit'],
    ['?colour=red', '/colour'],
    ['?__proto__=1', '/__proto__'],
    ['?constructor=1', '/constructor'],
    ['?a/b~c=1', '/a~1b~0c'],
  ])('%.80s is refused and the fault is named', async (query, pointer) => {
    const { status, json } = await server.get(`/api/v1/jobs${query}`);
    expect(status).toBe(422);
    expect(json.type).toBe('/problems/invalid-input');
    expect(json.errors).toEqual([expect.objectContaining({ in: 'query', pointer })]);
  });

  test('names several faults at once, and not more than twenty', async () => {
    const many = Array.from({ length: 50 }, (_, i) => `x${i}=1`).join('&');
    expect((await server.get(`/api/v1/jobs?limit=0&state=x&${many}`)).json.errors).toHaveLength(20);
    expect((await server.get('/api/v1/jobs?limit=0&state=x')).json.errors).toHaveLength(2);
  });

  test('search syntax of strangers finds nothing and breaks nothing', async () => {
    for (const q of ["'", '"', "')--", '!!', '& | !', ':*', '\\', '%', '\u202e', '🙂'.repeat(50), 'a'.repeat(200)]) {
      expect((await server.get(`/api/v1/jobs?q=${encodeURIComponent(q)}`)).status, q).toBe(200);
    }
  });

  test('a broken percent encoding is a text like any other', async () => {
    expect((await server.get('/api/v1/jobs?q=%E0%A4%A')).status).toBe(200);
  });

  test('an unchanged list is a 304 by its strong ETag', async () => {
    const first = await server.get('/api/v1/jobs');
    expect(first.headers.etag).toMatch(/^"/);
    expect(first.headers['cache-control']).toBe('private, no-cache');
    const again = await server.get('/api/v1/jobs', { 'if-none-match': String(first.headers.etag) });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  test('HEAD answers with the headers only', async () => {
    const answer = await fetch(`${server.url}/api/v1/jobs`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(answer.headers.get('etag')).not.toBeNull();
  });
});

describe('GET /api/v1/jobs/:id', () => {
  test('gives everything: description, score parts, sources with attribution, links, dates', async () => {
    const { json } = await server.get(`/api/v1/jobs/${ids.okta}`);
    expect(json).toMatchObject({
      id: ids.okta,
      state: 'open',
      closedAt: null,
      html: '<p>Okta and <strong>saml</strong>.</p>',
      textIsCut: false,
      score: 42,
      applyUrls: [expect.stringContaining('https://apply.example/')],
      statedAt: day(2).toISOString(),
      postings: [
        {
          source: 'remoteok',
          label: 'Remote OK',
          attribution: { text: 'Remote OK', url: 'https://remoteok.com' },
          statedAt: day(2).toISOString(),
          closedAt: null,
        },
      ],
    });
    expect(json.parts.reduce((sum: number, part: { points: number }) => sum + part.points, 0)).toBe(json.score);
  });

  test('a closed job says since when and how that is known; a cut text says that it is cut', async () => {
    expect((await server.get(`/api/v1/jobs/${ids.closed}`)).json).toMatchObject({
      state: 'closed',
      closedAt: '2026-11-21T00:00:00.000Z',
      postings: [{ closedEvidence: 'gone from the board', closedAt: '2026-11-21T00:00:00.000Z' }],
    });
    expect((await server.get(`/api/v1/jobs/${ids.unstated}`)).json).toMatchObject({ textIsCut: true, statedAt: null });
  });

  test.each([
    '0',
    '-1',
    '1.5',
    '1e3',
    'abc',
    '999999999',
    '9223372036854775808',
    '99999999999999999999',
    "1'--",
    '%00',
    '%E0%A4%A',
    '__proto__',
  ])('there is no job %s', async (id) => {
    expect((await server.get(`/api/v1/jobs/${id}`)).status).toBe(404);
  });
});

describe('a walk over all pages', () => {
  test('sees each job exactly once, in order, while new ones are stored and times are equal', async () => {
    const { db } = await testDatabase();
    const server = await startServer(db);
    const sameMoment = new Date('2026-11-01T00:00:00Z');
    const stored: string[] = [];
    for (let i = 0; i < 23; i++)
      stored.push(await insertJob(db, { statedAt: i < 15 ? sameMoment : new Date(sameMoment.getTime() - i * 1000) }));
    const seen: string[] = [];
    let path: string | undefined = '/api/v1/jobs?limit=4&state=open';
    for (let pages = 0; path !== undefined && pages < 50; pages++) {
      const answer = await server.get(path);
      seen.push(...idsOf(answer));
      // Newer than everything, and just as old as the rows that the walk has passed: neither may shift a page.
      await insertJob(db, { statedAt: new Date('2026-11-22T00:00:00Z') });
      await insertJob(db, { statedAt: sameMoment });
      path = /^<(.*)>; rel="next"$/.exec(String(answer.headers.link))?.[1];
      expect(path === undefined).toBe(answer.json.nextCursor === null);
    }
    const before = seen.filter((id) => stored.includes(id));
    expect(new Set(seen).size).toBe(seen.length);
    expect([...before].sort()).toEqual([...stored].sort());
    expect(before.slice(0, 15)).toEqual(stored.slice(0, 15).reverse());
  });

  test('microseconds are not lost on the way through the cursor', async () => {
    const { db } = await testDatabase();
    const server = await startServer(db);
    const made = [await insertJob(db), await insertJob(db), await insertJob(db)];
    await db.pool.query(
      `update job set posted_at = timestamptz '2026-11-01T00:00:00.000001Z' + id * interval '1 microsecond'`,
    );
    const first = await server.get('/api/v1/jobs?limit=2');
    const second = await server.get(`/api/v1/jobs?limit=2&cursor=${first.json.nextCursor}`);
    expect([...idsOf(first), ...idsOf(second)]).toEqual([...made].reverse());
  });
});
