import { describe, expect, test } from 'vitest';
import { testDatabase } from '../db.ts';
import { insertBoard } from './rows.ts';
import { asAdmin, startServer } from './server.ts';

const NOWHERE = '018f0000-0000-7000-8000-000000000000';

/** Five boards in one scan: two wait, one is read, one failed, one was not asked. */
async function setUp() {
  const { db } = await testDatabase();
  for (const token of ['acme', 'bolt', 'core', 'dune', 'echo']) await insertBoard(db, 'lever', token);
  const server = await startServer(db);
  const id: string = (await server.post('/api/v1/scans', { sources: ['lever'] }, asAdmin)).json.id;
  const set = (token: string, values: string) =>
    db.pool.query(
      `update scan_unit set ${values} where scan_id = $1 and board_id = (select id from board where token = $2)`,
      [id, token],
    );
  await set(
    'bolt',
    `waits_why = 'calls', waits_for = 'lever takes two at once', waits_since = now(), waits_until = '2031-01-01Z'`,
  );
  await set('core', `state = 'running', started_at = now(), attempts = 1`);
  await set(
    'dune',
    `state = 'failed', error_type = 'http_5xx', error = 'lever answered 502', attempts = 2, requests = 6,
    found = 3, rejected = 3, rejected_reasons = '{"irrelevant": 3}', finished_at = now()`,
  );
  await set('echo', `state = 'out_of_quota', error = 'not asked: its month is spent', finished_at = now()`);
  await db.pool.query(
    `update board set next_check_at = '2031-02-02Z', failures = 2, interval_s = 7200 where token in ('dune', 'echo')`,
  );
  const units = async (query = '') => (await server.get(`/api/v1/scans/${id}/units${query}`)).json;
  return { db, server, id, set, units };
}

/** For tests that change nothing. */
const shared = setUp();

describe('the units of a scan', () => {
  test('tell state, cause, counts, and when each is tried next and why', async () => {
    const { units } = await shared;
    const { items, nextCursor } = await units();
    expect(nextCursor).toBeNull();
    const [acme, bolt, core, dune, echo] = items;
    expect(acme).toMatchObject({ board: 'acme', state: 'queued', wait: null, nextTryAt: null });
    expect(acme.nextTryWhy).toBe('as soon as a worker is free');
    expect(bolt).toMatchObject({ state: 'queued', nextTryAt: '2031-01-01T00:00:00.000Z' });
    expect(bolt.wait).toMatchObject({ why: 'calls', says: 'lever takes two at once' });
    expect(bolt.nextTryWhy).toBe('lever takes two at once');
    expect(core).toMatchObject({ state: 'running', attempts: 1, nextTryAt: null, nextTryWhy: 'a worker reads it now' });
    expect(dune).toMatchObject({
      ...{
        source: 'lever',
        state: 'failed',
        errorType: 'http_5xx',
        error: 'lever answered 502',
        attempts: 2,
        requests: 6,
      },
      ...{ found: 3, kept: 0, rejected: 3, rejectedReasons: { irrelevant: 3 } },
      nextTryAt: '2031-02-02T00:00:00.000Z',
      nextTryWhy: 'after 2 h: 2 reads in a row failed',
    });
    expect(echo).toMatchObject({ state: 'out_of_quota', errorType: null, nextTryWhy: 'not asked: its month is spent' });
  });

  test('are chosen by state, cause and source', async () => {
    const { units } = await shared;
    const boards = async (query: string) => (await units(query)).items.map((unit: { board: string }) => unit.board);
    expect(await boards('?state=failed,out_of_quota')).toEqual(['dune', 'echo']);
    expect(await boards('?state=queued&state=running')).toEqual(['acme', 'bolt', 'core']);
    expect(await boards('?cause=http_5xx,timeout')).toEqual(['dune']);
    expect(await boards('?cause=timeout')).toEqual([]);
    expect(await boards('?state=queued&cause=http_5xx')).toEqual([]);
    expect(await boards('?source=greenhouse')).toEqual([]);
    expect(await boards('?source=lever')).toHaveLength(5);
  });

  test('come a page at a time, each once, and the address of the next page keeps the filters', async () => {
    const { server, id } = await shared;
    const seen: string[] = [];
    let path: string | undefined = `/api/v1/scans/${id}/units?limit=2&state=queued,running,failed`;
    for (let pages = 0; path !== undefined; pages++) {
      expect(pages).toBeLessThan(3);
      const { json, headers } = await server.get(path);
      expect(json.items.length).toBeLessThanOrEqual(2);
      seen.push(...json.items.map((unit: { board: string }) => unit.board));
      const link: string | undefined = /<([^>]+)>; rel="next"/.exec(String(headers.link))?.[1];
      expect(json.nextCursor === null).toBe(link === undefined);
      path = link;
    }
    expect(seen).toEqual(['acme', 'bolt', 'core', 'dune']);
  });

  test('of a board that is switched off say that it is not tried again', async () => {
    const { db, units } = await setUp();
    await db.pool.query(`update board set enabled = false where token in ('dune', 'echo')`);
    const { items } = await units('?state=failed,out_of_quota');
    for (const unit of items) {
      expect(unit).toMatchObject({ nextTryAt: null, nextTryWhy: 'never: it is switched off' });
    }
  });

  test('lead to the verb that reads one of them again', async () => {
    const { server, units } = await setUp();
    const [failed] = (await units('?cause=http_5xx')).items;
    const again = await server.post('/api/v1/operations/rerun', { unitId: failed.id }, asAdmin);
    expect(again.json).toMatchObject({ changed: true, detail: { board: 'lever/dune', willRead: 1 } });
    const [unit] = (await server.get(`/api/v1/scans/${again.json.detail.newScanId}/units`)).json.items;
    expect(unit).toMatchObject({ board: 'dune', state: 'queued' });
  });
});

describe('what is refused', () => {
  test.each([
    [`/api/v1/scans/${NOWHERE}/units`, 404],
    ['/api/v1/scans/none/units', 404],
    ['?state=lost', 422],
    ['?cause=bad%20luck', 422],
    ['?source=monster', 422],
    ['?limit=0', 422],
    ['?limit=101', 422],
    ['?cursor=-1', 422],
    ['?cursor=2147483648', 422],
    ['?page=2', 422],
  ])('%s: %i', async (address, status) => {
    const { server, id } = await shared;
    const path = address.startsWith('/') ? address : `/api/v1/scans/${id}/units${address}`;
    expect((await server.get(path)).status).toBe(status);
  });

  test('behind the last board there is nothing', async () => {
    const { units } = await shared;
    expect(await units('?cursor=2147483647')).toEqual({ items: [], nextCursor: null });
  });
});
