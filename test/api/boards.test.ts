/** Boards over HTTP; what a check finds is put into its row here, and found by a worker in test/boards. */
import { describe, expect, test } from 'vitest';
import type { BoardCandidate, CheckProblem } from '../../shared/boards/candidate.ts';
import { endCheck, takeCheck } from '../../shared/db/board-checks/work.ts';
import type { Database } from '../../shared/db/database.ts';
import { testDatabase } from '../db.ts';
import { insertBoard } from './rows.ts';
import { asAdmin, startServer } from './server.ts';

const ANY_ID = '018f0000-0000-7000-8000-000000000000';

async function setUp(options: Parameters<typeof startServer>[1] = {}) {
  const { db } = await testDatabase();
  const queued: string[] = [];
  const checks = { enqueue: async (id: string) => void queued.push(id) };
  const server = await startServer(db, { checks, ...options });
  const add = (url: unknown) => server.post('/api/v1/boards', { url }, asAdmin);
  const save = (id: string, body?: unknown) => server.post(`/api/v1/board-checks/${id}/save`, body, asAdmin);
  /** A check that ended so. */
  const ended = async (candidates: readonly BoardCandidate[], problem?: CheckProblem, url = 'acme.example/careers') => {
    const { id } = (await add(url)).json;
    const check = await takeCheck(db, id);
    const end = problem === undefined ? ({ state: 'ready' } as const) : ({ state: 'failed', problem } as const);
    expect(await endCheck(db, check!, { ...end, candidates }, 3)).toBe(true);
    return id as string;
  };
  return { db, server, queued, add, save, ended };
}
const shared = setUp();

function candidate(more: Partial<BoardCandidate> = {}): BoardCandidate {
  return {
    source: 'greenhouse',
    token: 'acme',
    region: '',
    company: 'Acme',
    companyFrom: 'postings',
    page: 'https://job-boards.greenhouse.io/acme',
    evidence: 'the address itself',
    verdict: 'works',
    says: '2 postings, of which 1 are IAM work.',
    found: 2,
    complete: true,
    kept: 1,
    rejected: { not_iam: 1 },
    undecided: 0,
    samples: [],
    cost: { perCheck: 1, atLeast: false, firstCheck: 1, perDay: { atFirst: 4, least: 1, most: 48 } },
    ...more,
  };
}

const boards = (db: Database) => db.sql.selectFrom('board').selectAll().orderBy('id').execute();
const events = async (db: Database) =>
  (await db.sql.selectFrom('operator_event').select(['verb', 'who', 'target']).orderBy('id').execute()).map(
    ({ verb, who, target }) => `${who}: ${verb} ${target}`,
  );

describe('POST /api/v1/boards', () => {
  test('writes a check, queues it, and answers where it is', async () => {
    const { db, queued, add, server } = await setUp();
    const answer = await add('HTTP://Acme.example/careers?utm_source=x#top');
    expect(answer.status).toBe(202);
    expect(answer.headers.location).toBe(`/api/v1/board-checks/${answer.json.id}`);
    expect(answer.json).toMatchObject({ state: 'queued', url: 'https://acme.example/careers', candidates: [] });
    expect(queued).toEqual([answer.json.id]);
    expect((await server.get(String(answer.headers.location))).json).toEqual(answer.json);
    expect(await boards(db)).toEqual([]);
    expect(server.logged).toContainEqual(expect.objectContaining({ audit: 'board check requested' }));
  });

  test('answers the same address with the check that is open', async () => {
    const { add, db } = await setUp();
    const first = await add('acme.example/careers');
    const second = await add('https://acme.example/careers?fbclid=1');
    expect(second.status).toBe(202);
    expect(second.json.id).toBe(first.json.id);
    expect(await db.sql.selectFrom('board_check').select('id').execute()).toHaveLength(1);
  });

  test.each([
    ['javascript:alert(1)', 'unusable-url'],
    ['https://user:pass@acme.example/', 'unusable-url'],
    ['https://acme.example:8443/', 'unusable-url'],
    ['x'.repeat(60_000), 'unusable-url'],
    ['', 'unusable-url'],
    ['http://169.254.169.254/latest/meta-data', 'private-address'],
    ['http://localhost:5432', 'unusable-url'],
    ['localhost', 'private-address'],
  ])('refuses %s', async (url, slug) => {
    const { server, add } = await shared;
    const answer = await add(url);
    expect(answer.status).toBe(422);
    expect(answer.json.type).toBe(`/problems/${slug}`);
    expect(answer.json.errors[0].pointer).toBe('/url');
    expect(answer.text).not.toContain('user:pass');
    expect((await server.get(answer.json.type, { accept: 'text/html' })).status).toBe(200);
  });

  test.each([
    ['no body', undefined, 422],
    ['no url', {}, 422],
    ['a number', { url: 7 }, 422],
    ['a list', { url: ['https://acme.example'] }, 422],
    ['more than a url', { url: 'acme.example', enabled: true }, 422],
    ['broken JSON', '{"url":', 400],
    ['a huge body', { url: 'x'.repeat(70_000) }, 413],
  ])('refuses %s', async (_what, body, status) => {
    const { server } = await shared;
    expect((await server.post('/api/v1/boards', body, asAdmin)).status).toBe(status);
  });

  test('says which board an address already is, in any case, without a check', async () => {
    const { db, add, queued } = await setUp();
    const id = await insertBoard(db, 'lever', 'Acme');
    const answer = await add('https://jobs.lever.co/ACME/');
    expect(answer.status).toBe(409);
    expect(answer.json).toMatchObject({
      type: '/problems/board-exists',
      board: { id, enabled: true, url: `/api/v1/boards/${id}` },
    });
    await db.sql.updateTable('board').set({ enabled: false }).execute();
    expect((await add('jobs.lever.co/acme')).json.detail).toContain('switched off');
    expect((await add('https://jobs.eu.lever.co/acme')).status).toBe(202);
    expect(queued).toHaveLength(1);
  });

  test('takes five at once, and says when to come again', async () => {
    const { add, db } = await setUp();
    const asked = await Promise.all(Array.from({ length: 12 }, (_, i) => add(`a${i}.example`)));
    expect(asked.map(({ status }) => status).toSorted()).toEqual([...Array(5).fill(202), ...Array(7).fill(429)]);
    const refused = asked.find(({ status }) => status === 429);
    expect(refused?.json.type).toBe('/problems/too-many-checks');
    expect(refused?.headers['retry-after']).toBe('10');
    await db.sql.updateTable('board_check').set({ state: 'ready' }).execute();
    expect((await add('another.example')).status).toBe(202);
  });

  test('takes sixty in an hour', async () => {
    const { add, db } = await setUp();
    await db.pool.query(
      `insert into board_check (url, state, requested_by, deadline_at)
       select 'https://a.example', 'failed', 'test', now() from generate_series(1, 60)`,
    );
    expect((await add('another.example')).status).toBe(429);
    await db.pool.query(`update board_check set requested_at = now() - interval '2 hours'`);
    expect((await add('another.example')).status).toBe(202);
  });

  test('forgets checks after a month', async () => {
    const { add, db } = await setUp();
    await add('old.example');
    await db.pool.query(`update board_check set requested_at = now() - interval '40 days', state = 'ready'`);
    await add('new.example');
    const left = await db.sql.selectFrom('board_check').select('url').execute();
    expect(left.map(({ url }) => url)).toEqual(['https://new.example/']);
  });

  test('when the queue is away: 503, and no check is left behind', async () => {
    const away = async () => Promise.reject(new Error('secret inner detail'));
    for (const options of [{ queue: { enqueue: away, ping: away } }, { checks: { enqueue: away } }]) {
      const { add, db } = await setUp(options);
      const answer = await add('acme.example');
      expect(answer.status).toBe(503);
      expect(answer.json.type).toBe('/problems/queue-unavailable');
      expect(answer.text).not.toContain('secret');
      expect(await db.sql.selectFrom('board_check').select('id').execute()).toEqual([]);
    }
  });

  test.each([
    ['POST', '/api/v1/boards'],
    ['POST', `/api/v1/board-checks/${ANY_ID}/save`],
    ['PATCH', '/api/v1/boards/1'],
    ['DELETE', '/api/v1/boards/1'],
  ])('%s %s asks for the admin token', async (method, path) => {
    const { server } = await shared;
    const send = { POST: server.post, PATCH: server.patch, DELETE: (at: string) => server.delete(at) }[method]!;
    expect((await send(path)).status).toBe(401);
  });

  test.each(['PATCH', 'DELETE'] as const)('%s from another site with a cookie is refused', async (method) => {
    const { server } = await shared;
    const headers = { ...asAdmin, cookie: 'a=b', origin: 'https://evil.example' };
    const answer =
      method === 'PATCH'
        ? await server.patch('/api/v1/boards/1', { enabled: false }, headers)
        : await server.delete('/api/v1/boards/1', headers);
    expect(answer.status).toBe(403);
  });
});

describe('a check', () => {
  test('that is ready shows its candidates, which are there already, and which one is meant', async () => {
    const { db, server, ended } = await setUp();
    const id = await insertBoard(db, 'lever', 'ACME');
    const made = await ended([candidate(), candidate({ source: 'lever', verdict: 'absent' })]);
    const { json } = await server.get(`/api/v1/board-checks/${made}`);
    expect(json).toMatchObject({ state: 'ready', suggested: 0, requests: 3, problem: null, boardId: null });
    expect(json.candidates.map((found: { board: unknown }) => found.board)).toEqual([null, { id, enabled: true }]);
  });

  test('that failed has its problem, and answers so who wants to save it', async () => {
    const { server, ended, save } = await setUp();
    const id = await ended([], { reason: 'page-forbidden', detail: 'robots.txt says no' });
    const { json } = await server.get(`/api/v1/board-checks/${id}`);
    expect(json).toMatchObject({
      state: 'failed',
      problem: { type: '/problems/page-forbidden', status: 422, detail: 'robots.txt says no' },
    });
    const refused = await save(id);
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({ type: '/problems/page-forbidden', detail: 'robots.txt says no' });
  });

  test('of a newer release has a reason that this one does not know, and is told nevertheless', async () => {
    const { server, ended } = await setUp();
    const id = await ended([], { reason: 'moon-phase', detail: 'it is waning' });
    const { problem } = (await server.get(`/api/v1/board-checks/${id}`)).json;
    expect(problem).toMatchObject({ type: '/problems/check-failed', detail: 'it is waning' });
  });

  test('whose time is over has failed, although nobody took it up', async () => {
    const { server, add, db, save } = await setUp();
    const { id } = (await add('acme.example')).json;
    await db.pool.query(`update board_check set deadline_at = now() - interval '1 second'`);
    const { json } = await server.get(`/api/v1/board-checks/${id}`);
    expect(json).toMatchObject({ state: 'failed', problem: { type: '/problems/check-timed-out' } });
    expect(json.finishedAt).not.toBeNull();
    expect(await takeCheck(db, id)).toBeUndefined();
    expect((await save(id)).json.type).toBe('/problems/check-timed-out');
  });

  test.each([ANY_ID, '1', 'x', "'", '%00'])('there is no check %s', async (id) => {
    const { server, save } = await shared;
    expect((await server.get(`/api/v1/board-checks/${id}`)).status).toBe(404);
    expect((await save(id)).status).toBe(404);
  });
});

describe('saving a check', () => {
  test('makes a board once, which says who added it, when and why', async () => {
    const { db, server, ended, save } = await setUp();
    const id = await ended([candidate()]);
    const first = await save(id);
    expect(first.status).toBe(201);
    const { board } = first.json;
    expect(first.headers.location).toBe(`/api/v1/boards/${board.id}`);
    expect(board).toMatchObject({
      source: 'greenhouse',
      token: 'acme',
      company: 'Acme',
      enabled: true,
      addedBy: 'admin token',
      evidence: 'https://acme.example/careers: the address itself',
      page: 'https://job-boards.greenhouse.io/acme',
      lastCompleteAt: null,
      nextCheckAt: null,
      nextCheckWhy: 'as soon as possible: it was not read yet',
    });
    expect(Date.parse(board.addedAt)).toBeGreaterThan(Date.now() - 60_000);
    const again = await save(id);
    expect(again.status).toBe(200);
    expect(again.json).toEqual({ created: false, board });
    expect((await server.get(`/api/v1/board-checks/${id}`)).json).toMatchObject({
      boardId: board.id,
      candidates: [{ board: { id: board.id, enabled: true } }],
    });
    expect(await boards(db)).toHaveLength(1);
    expect(await events(db)).toEqual(['admin token: add-board greenhouse/acme']);
    expect(server.logged).toContainEqual(expect.objectContaining({ audit: 'board added', board: board.id }));
  });

  test('ten times at once makes one board', async () => {
    const { db, ended, save } = await setUp();
    const id = await ended([candidate()]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => save(id)));
    expect(new Set(answers.map(({ json }) => json.board.id)).size).toBe(1);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await boards(db)).toHaveLength(1);
    expect(await events(db)).toHaveLength(1);
  });

  test('leads to a board that was there already, and leaves it as it is', async () => {
    const { db, ended, save } = await setUp();
    const there = await insertBoard(db, 'greenhouse', 'ACME');
    await db.sql.updateTable('board').set({ enabled: false, company: 'Acme Inc' }).execute();
    const answer = await save(await ended([candidate()]), { company: 'Other' });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ created: false, board: { id: there, enabled: false, company: 'Acme Inc' } });
  });

  test('waits for the end of the check', async () => {
    const { add, save, db } = await setUp();
    const { id } = (await add('acme.example')).json;
    const answer = await save(id);
    expect(answer.status).toBe(409);
    expect(answer.json.type).toBe('/problems/check-not-ready');
    expect(await boards(db)).toEqual([]);
  });

  test('of several boards needs to be told which', async () => {
    const { ended, save } = await setUp();
    const id = await ended([
      candidate(),
      candidate({ token: 'beta' }),
      candidate({ token: 'gone', verdict: 'absent' }),
    ]);
    const open = await save(id);
    expect(open.status).toBe(409);
    expect(open.json).toMatchObject({ type: '/problems/board-ambiguous' });
    expect(open.json.detail).toContain('0: greenhouse/acme (works), 1: greenhouse/beta (works)');
    expect((await save(id, { candidate: 1 })).json.board.token).toBe('beta');
    expect((await save(id, { candidate: 2 })).json.type).toBe('/problems/board-unusable');
    expect((await save(id, { candidate: 3 })).json.errors).toMatchObject([{ pointer: '/candidate' }]);
  });

  test('of a board that may not exist needs to be told twice', async () => {
    const { ended, save, db } = await setUp();
    const says = 'It lists no posting, and SmartRecruiters says the same of boards that do not exist: check the name.';
    const unsure = candidate({ source: 'smartrecruiters', token: 'Typo', verdict: 'unsure', says, found: 0, kept: 0 });
    const id = await ended([unsure]);
    const refused = await save(id);
    expect(refused.status).toBe(409);
    expect(refused.json).toMatchObject({
      type: '/problems/board-unsure',
      detail: `smartrecruiters/Typo may not exist. ${says}`,
    });
    expect(await boards(db)).toEqual([]);
    expect((await save(id, { evenIfUnsure: true })).status).toBe(201);
    expect(await boards(db)).toMatchObject([{ confidence: 'medium' }]);
  });

  test('takes another name for the employer, which stays one line', async () => {
    const { ended, save } = await setUp();
    const id = await ended([candidate()]);
    const { board } = (await save(id, { company: '  Acme\n\u0007 Labs ' })).json;
    expect(board.company).toBe('Acme Labs');
  });

  test.each([
    { candidate: -1 },
    { candidate: 1.5 },
    { company: '' },
    { company: 'x'.repeat(201) },
    { force: true },
    [],
  ])('refuses %j', async (body) => {
    const { save } = await shared;
    expect((await save(ANY_ID, body)).status).toBe(422);
  });
});

describe('the list of boards', () => {
  async function filled() {
    const set = await setUp();
    for (let i = 0; i < 7; i++) await insertBoard(set.db, i % 2 === 0 ? 'greenhouse' : 'lever', `board${i}`);
    await insertBoard(set.db, 'jsearch', '*');
    const ids = (await boards(set.db)).map(({ id }) => id);
    await set.db.pool.query('update board set enabled = false where token = $1', ['board0']);
    await set.db.pool.query(`update board set failures = 3, last_error = 'gone' where token = 'board1'`);
    await set.db.pool.query(
      `update board set last_complete_at = now(), interval_s = 7200, next_check_at = '2026-11-23T00:00:00Z' where token = 'board2'`,
    );
    const list = async (query: string) => (await set.server.get(`/api/v1/boards${query}`)).json;
    const tokens = async (query: string) => (await list(query)).items.map(({ token }: { token: string }) => token);
    return { ...set, ids, list, tokens };
  }

  test('has what people have boards of, and walks by cursor also while boards are added', async () => {
    const { db, server, tokens } = await filled();
    expect(await tokens('')).toEqual(['board0', 'board1', 'board2', 'board3', 'board4', 'board5', 'board6']);
    const seen: string[] = [];
    let at: string | undefined = '/api/v1/boards?limit=3&source=greenhouse,lever';
    while (at !== undefined) {
      const page = await server.get(at);
      seen.push(...page.json.items.map(({ token }: { token: string }) => token));
      if (seen.length === 3) await insertBoard(db, 'lever', 'late');
      at = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1];
    }
    expect(seen).toEqual(['board0', 'board1', 'board2', 'board3', 'board4', 'board5', 'board6', 'late']);
  });

  test('is narrowed by source and state', async () => {
    const { tokens } = await filled();
    expect(await tokens('?source=lever')).toEqual(['board1', 'board3', 'board5']);
    expect(await tokens('?state=disabled')).toEqual(['board0']);
    expect(await tokens('?state=enabled&source=greenhouse')).toEqual(['board2', 'board4', 'board6']);
    expect(await tokens('?state=failing')).toEqual(['board1']);
    expect(await tokens('?state=unread&source=greenhouse')).toEqual(['board4', 'board6']);
    expect(await tokens('?source=jsearch')).toEqual([]);
  });

  test('tells of each board when it is checked next, and why', async () => {
    const { list } = await filled();
    const [off, failing, read] = (await list('')).items;
    expect(off).toMatchObject({ enabled: false, nextCheckAt: null, nextCheckWhy: 'never: it is switched off' });
    expect(failing).toMatchObject({ failures: 3, lastError: 'gone' });
    expect(read).toMatchObject({ intervalSeconds: 7200, nextCheckAt: '2026-11-23T00:00:00.000Z' });
    expect(read.nextCheckWhy).toMatch(/^every 2 h: /);
  });

  test.each([
    '?limit=0',
    '?limit=101',
    '?cursor=0',
    '?cursor=x',
    '?cursor=9999999999',
    '?state=on',
    '?source=monster',
    '?q=x',
  ])('refuses %s', async (query) => {
    const { server } = await shared;
    expect((await server.get(`/api/v1/boards${query}`)).status).toBe(422);
  });
});

describe('a board', () => {
  test('is switched off and on, and each change has an author', async () => {
    const { db, server } = await setUp();
    const id = await insertBoard(db, 'lever', 'acme');
    await db.pool.query(`update board set next_check_at = now() + interval '1 day', interval_s = 86400`);
    const off = await server.patch(`/api/v1/boards/${id}`, { enabled: false }, asAdmin);
    expect(off.status).toBe(200);
    expect(off.json).toMatchObject({ id, enabled: false, nextCheckWhy: 'never: it is switched off' });
    expect((await server.patch(`/api/v1/boards/${id}`, { enabled: false }, asAdmin)).json.enabled).toBe(false);
    const on = await server.patch(`/api/v1/boards/${id}`, { enabled: true }, asAdmin);
    expect(on.json).toMatchObject({ enabled: true, nextCheckAt: null });
    expect(await events(db)).toEqual(['admin token: disable-board lever/acme', 'admin token: enable-board lever/acme']);
    expect(server.logged.filter(({ audit }) => /^board switched/.test(String(audit)))).toHaveLength(2);
  });

  test('that is deleted is only switched off', async () => {
    const { db, server } = await setUp();
    const id = await insertBoard(db, 'lever', 'acme');
    for (let i = 0; i < 2; i++) {
      const answer = await server.delete(`/api/v1/boards/${id}`, asAdmin);
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({ id, enabled: false });
    }
    expect(await boards(db)).toHaveLength(1);
    expect((await server.get(`/api/v1/boards/${id}`)).json.enabled).toBe(false);
  });

  test('of a source without boards is none', async () => {
    const { db, server } = await setUp();
    const id = await insertBoard(db, 'jsearch', '*');
    expect((await server.get(`/api/v1/boards/${id}`)).status).toBe(404);
    expect((await server.delete(`/api/v1/boards/${id}`, asAdmin)).status).toBe(404);
    expect(await boards(db)).toMatchObject([{ enabled: true }]);
  });

  test.each(['0', '-1', '1.5', 'x', '2147483648', '99999999999999999999', '2147483647'])('%s is none', async (id) => {
    const { server } = await shared;
    expect((await server.get(`/api/v1/boards/${id}`)).status).toBe(404);
    expect((await server.patch(`/api/v1/boards/${id}`, { enabled: true }, asAdmin)).status).toBe(404);
  });

  test.each([{}, { enabled: 'false' }, { enabled: true, token: 'x' }, [], 'null'])(
    'is not changed by %j',
    async (body) => {
      const { server } = await shared;
      expect((await server.patch('/api/v1/boards/1', body, asAdmin)).status).toBeGreaterThanOrEqual(400);
    },
  );
});

describe('the page of boards', () => {
  test('shows each board with its next check, and what strangers wrote as text', async () => {
    const { db, server } = await setUp();
    await insertBoard(db, 'greenhouse', 'acme');
    await insertBoard(db, 'jsonld', 'acme.example/?"><script>alert(1)</script>');
    await db.pool.query(`update board set company = '<b>Acme</b>', last_error = '<img src=x onerror=alert(1)>'`);
    const { status, text } = await server.get('/boards', { accept: 'text/html' });
    expect(status).toBe(200);
    expect(text).toContain('&lt;b&gt;Acme&lt;/b&gt;');
    expect(text).toContain('href="https://job-boards.greenhouse.io/acme"');
    expect(text).toContain('now, as soon as possible: it was not read yet');
    expect(text).not.toMatch(/<script>|<img|<b>/);
    expect(text).toContain('<a href="/boards" aria-current="page">Boards</a>');
  });

  test('leads to the next page and to each state, and refuses what is none', async () => {
    const { db, server } = await setUp();
    for (let i = 0; i < 3; i++) await insertBoard(db, 'lever', `board${i}`);
    const first = await server.get('/boards?limit=2&state=enabled&source=lever', { accept: 'text/html' });
    const [, next = ''] = /href="([^"]+)" rel="next"/.exec(first.text) ?? [];
    const second = await server.get(next.replaceAll('&amp;', '&'), { accept: 'text/html' });
    expect(second.text).toContain('Lever: board2');
    expect(second.text).not.toContain('Lever: board1');
    expect((await server.get('/boards?state=disabled', { accept: 'text/html' })).text).toContain('No board fits.');
    expect((await server.get('/boards?state=on', { accept: 'text/html' })).status).toBe(422);
  });
});
