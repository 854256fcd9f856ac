/** Checks through the queue and the API, done by workers, on PostgreSQL and on Redis. */
import { describe, expect, test } from 'vitest';
import { lookAfter } from '../../scheduler/rounds.ts';
import { loadConfig } from '../../shared/config.ts';
import { createCheck } from '../../shared/db/board-checks/create.ts';
import { readCheck } from '../../shared/db/board-checks/read.ts';
import { endCheck, openChecks, takeCheck } from '../../shared/db/board-checks/work.ts';
import { type Database, openDatabase } from '../../shared/db/database.ts';
import { createLog } from '../../shared/log.ts';
import { openBoardCheckQueue, startBoardCheckWorker } from '../../shared/queues/board-checks.ts';
import { createQueueKit } from '../../shared/queues/kit.ts';
import { type RunMeans, runCheck } from '../../worker/boards/run-check.ts';
import type { Turns } from '../../worker/http/turn.ts';
import type { Wait } from '../../worker/http/wait.ts';
import { openTurns } from '../../worker/open-turns.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { asAdmin, startServer } from '../api/server.ts';
import { atEnd } from '../at-end.ts';
import { BACKENDS } from '../backends.ts';
import { start } from '../crash/processes.ts';
import { testDatabase } from '../db.ts';
import { testFolder } from '../folder.ts';
import { demoData } from '../internet/demo-data.ts';
import type { Internet } from '../internet/internet.ts';
import { until } from '../until.ts';
import { doorTo, NEVER, ownInternet, settingsOn } from './kit.ts';

const DEMO = demoData();
const ACME = new URL('https://boards.greenhouse.io/palisadeidentity');

function meansOn(db: Database, internet: Internet, more: Partial<RunMeans> = {}): RunMeans {
  const log = createLog('test', 'silent');
  return { db, http: doorTo(internet), connectors: CONNECTORS, settingsOf: settingsOn(internet), log, ...more };
}

describe.each(BACKENDS)('a check with its queue in $name', ({ redisUrl: redis }) => {
  async function setUp() {
    const internet = await ownInternet({ greenhouse: DEMO.greenhouse, lever: DEMO.lever, jsonld: DEMO.jsonld });
    const [{ db, url }, redisUrl] = await Promise.all([testDatabase(), redis()]);
    const kit = await createQueueKit({ redisUrl, databaseUrl: url, onError: () => undefined });
    const checks = openBoardCheckQueue(kit);
    atEnd(() => checks.close());
    const server = await startServer(db, { checks });
    const add = async (address: string) =>
      (await server.post('/api/v1/boards', { url: address }, asAdmin)).json.id as string;
    const read = async (id: string) => (await readCheck(db, id))!;
    const ended = (id: string) =>
      until(
        async () => {
          const view = (await server.get(`/api/v1/board-checks/${id}`)).json;
          return view.finishedAt === null ? undefined : view;
        },
        { what: `check ${id} has ended`, timeoutMs: 45_000 },
      );
    const work = async (more: Partial<RunMeans> = {}) => {
      const own = await openDatabase(url, 'test-worker', 2);
      const worker = startBoardCheckWorker(kit, 10_000, (task) => runCheck(meansOn(own, internet, more), task));
      atEnd(() => own.close());
      atEnd(() => worker.close());
      return worker;
    };
    return { db, url, redisUrl, kit, checks, internet, server, add, read, ended, work };
  }

  test('is done by a worker and saved as a board, and only then is there anything', async () => {
    const { db, internet, server, add, ended, work } = await setUp();
    await work();
    const id = await add('https://boards.greenhouse.io/palisadeidentity/jobs/1?utm_source=x');
    const check = await ended(id);
    expect(check).toMatchObject({ state: 'ready', suggested: 0, requests: 1, problem: null });
    expect(check.candidates[0]).toMatchObject({ verdict: 'works', found: 18, cost: { perCheck: 1 } });
    expect(await db.sql.selectFrom('board').select('id').execute()).toEqual([]);
    expect(await db.sql.selectFrom('posting').select('id').execute()).toEqual([]);
    const saved = await server.post(`/api/v1/board-checks/${id}/save`, undefined, asAdmin);
    expect(saved.status).toBe(201);
    expect(saved.json.board).toMatchObject({
      source: 'greenhouse',
      token: 'palisadeidentity',
      company: 'Palisade Identity',
    });
    expect(internet.requests).toHaveLength(1);
  });

  test.each([
    ['https://jobs.lever.co/closedforgood', 'no-such-board'],
    ['https://boards.greenhouse.io/nobody', 'no-such-board'],
    ['https://nobody.example/careers', 'page-unreachable'],
  ])('of %s fails as %s', async (address, slug) => {
    const { add, ended, work } = await setUp();
    await work();
    const check = await ended(await add(address));
    expect(check).toMatchObject({ state: 'failed', problem: { type: `/problems/${slug}` } });
  });

  test('survives kill -9 of its worker in the middle of it', async () => {
    const { url, redisUrl, internet, add, read, ended } = await setUp();
    const worker = () =>
      start('worker/main.ts', [], {
        DATABASE_URL: url,
        REDIS_URL: redisUrl,
        SOURCE_URL_GREENHOUSE: internet.urls.greenhouse,
        TASK_LOCK_MS: '2000',
        SHUTDOWN_TIMEOUT_MS: '3000',
      });
    internet.setFaults('greenhouse', { kind: 'hang', times: 1 });
    const id = await add(ACME.href);
    const first = worker();
    await until(() => internet.requests.length === 1, { what: 'the first worker asks', timeoutMs: 40_000 });
    expect((await read(id)).state).toBe('running');
    await first.kill();
    worker();
    expect(await ended(id)).toMatchObject({ state: 'ready', candidates: [{ found: 18 }] });
  });

  test('is given back by a worker that must end, and begun again by the next one', async () => {
    const { db, internet, add, read, ended, work } = await setUp();
    internet.setFaults('greenhouse', { kind: 'hang', times: 1 });
    const first = await work();
    const id = await add(ACME.href);
    await until(() => internet.requests.length === 1, { what: 'the first worker asks' });
    await first.close();
    await until(async () => (await read(id)).state === 'queued', { what: 'the check is given back' });
    await work();
    expect(await ended(id)).toMatchObject({ state: 'ready' });
    expect(await db.sql.selectFrom('board_check').select('attempts').execute()).toEqual([{ attempts: 1 }]);
  });

  test('that is too slow ends, and says so', async () => {
    const { internet, add, ended, work } = await setUp();
    internet.setFaults('greenhouse', { kind: 'hang' });
    await work({ limitMs: 300 });
    expect(await ended(await add(ACME.href))).toMatchObject({
      state: 'failed',
      problem: { type: '/problems/check-timed-out' },
    });
  });

  test('that meets a fault of ours is tried three times and then given up, without a word of the inside', async () => {
    const { add, ended, work, server } = await setUp();
    let tries = 0;
    const settingsOf = () => {
      tries++;
      throw new Error('secret inner detail');
    };
    await work({ settingsOf });
    const check = await ended(await add(ACME.href));
    expect(check).toMatchObject({ state: 'failed', problem: { type: '/problems/check-failed' } });
    expect(tries).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(check)).not.toContain('secret');
    expect(JSON.stringify(server.logged)).not.toContain('secret');
  });

  test('whose task was lost is begun again by the scheduler, and one that is over or new is left alone', async () => {
    const { db, checks, add, ended, work } = await setUp();
    const lost = await add(ACME.href);
    await work();
    await ended(lost);
    // Its row as it was when its task, which the queue knows no more, was handed over.
    await db.pool.query(
      `update board_check set state = 'queued', finished_at = null, requested_at = now() - interval '10 seconds'`,
    );
    const units = { enqueue: async () => undefined, sweep: async () => undefined, size: async () => 0 } as never;
    const timetable = { set: async () => undefined } as never;
    const round = lookAfter({ db, units, checks, timetable, times: undefined, log: createLog('test', 'silent') });
    await round();
    await round();
    expect(await ended(lost)).toMatchObject({ state: 'ready' });
    const { attempts } = await db.sql.selectFrom('board_check').select('attempts').executeTakeFirstOrThrow();
    expect(attempts).toBe(2);
    expect(await openChecks(db)).toEqual([]);
    await db.pool.query(`update board_check set state = 'queued', finished_at = null, requested_at = now()`);
    expect(await openChecks(db)).toEqual([]);
  });

  test('whose queue was lost ends by its deadline, and can be asked for anew', async () => {
    const { db, kit, add, ended, work } = await setUp();
    const lost = await add(ACME.href);
    await kit.queue('board-checks').obliterate({ force: true });
    await kit.queue('board-checks').resume();
    await work();
    await db.pool.query(`update board_check set deadline_at = now() - interval '1 second'`);
    expect(await ended(lost)).toMatchObject({ state: 'failed', problem: { type: '/problems/check-timed-out' } });
    const again = await add(ACME.href);
    expect(again).not.toBe(lost);
    expect(await ended(again)).toMatchObject({ state: 'ready' });
  });
});

describe('of two attempts at one check', () => {
  test('only the later one writes its end, and nothing is written after an end', async () => {
    const { db } = await testDatabase();
    const { id } = await createCheck(db, ACME, 'test');
    const [first, second] = [await takeCheck(db, id), await takeCheck(db, id)];
    expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
    const failed = { state: 'failed', candidates: [], problem: { reason: 'x', detail: 'y' } } as const;
    expect(await endCheck(db, first!, failed, 1)).toBe(false);
    expect(await endCheck(db, second!, { state: 'ready', candidates: [] }, 2)).toBe(true);
    expect(await endCheck(db, second!, failed, 1)).toBe(false);
    expect(await takeCheck(db, id)).toBeUndefined();
    expect(await readCheck(db, id)).toMatchObject({ state: 'ready', requests: 2 });
  });

  test('the end is not written when its deadline was over before', async () => {
    const { db } = await testDatabase();
    const internet = await ownInternet({ greenhouse: DEMO.greenhouse });
    const { id } = await createCheck(db, ACME, 'test');
    const late = new Promise<void>((resolve) => {
      const connectors = { ...CONNECTORS, greenhouse: { ...CONNECTORS.greenhouse, read: slowly } };
      async function* slowly(...args: Parameters<typeof CONNECTORS.greenhouse.read>) {
        await db.pool.query(`update board_check set deadline_at = now() - interval '1 second'`);
        expect((await readCheck(db, id))?.state).toBe('failed');
        return yield* CONNECTORS.greenhouse.read(...args);
      }
      const task = { checkId: id, signal: NEVER, lastTry: false };
      resolve(runCheck(meansOn(db, internet, { connectors }), task).then(() => undefined));
    });
    await late;
    expect(await readCheck(db, id)).toMatchObject({ state: 'failed', problem: { reason: 'check-timed-out' } });
  });
});

describe('a check stands in line with everybody else', () => {
  async function inLine(wait: Partial<Wait>) {
    const { db } = await testDatabase();
    const internet = await ownInternet({ greenhouse: DEMO.greenhouse });
    const { id } = await createCheck(db, ACME, 'test');
    let left: Partial<Wait> | undefined = wait;
    let ended = 0;
    const turns: Turns = {
      begin: async ({ source }) => {
        if (left !== undefined) return { source, why: 'back-off', note: '429', kind: null, waitMs: 0, ...left };
        const call = { answered: () => false, over: () => undefined };
        const end = async () => void ended++;
        return { hasRead: true, isProbe: false, enter: async () => call, ended: async () => undefined, end };
      },
      close: async () => undefined,
    };
    const run = () => runCheck(meansOn(db, internet, { turns }), { checkId: id, signal: NEVER, lastTry: false });
    return {
      run,
      read: async () => (await readCheck(db, id))!,
      internet,
      openLine: () => {
        left = undefined;
      },
      ended: () => ended,
    };
  }

  test('and comes again when the wait is short, without a request until then', async () => {
    const { run, read, internet, openLine, ended } = await inLine({ waitMs: 40_000 });
    expect(await run()).toEqual({ againInMs: 40_000 });
    expect((await read()).state).toBe('queued');
    expect(internet.requests).toEqual([]);
    openLine();
    expect(await run()).toBe('done');
    expect(await read()).toMatchObject({ state: 'ready', requests: 1 });
    expect(ended()).toBe(1);
  });

  test.each([
    ['an hour', { waitMs: 3_600_000 }],
    ['no end', { waitMs: null }],
  ])('and says so when the wait has %s', async (_what, wait) => {
    const { run, read, internet } = await inLine(wait);
    expect(await run()).toBe('done');
    const { state, problem } = await read();
    expect(state).toBe('failed');
    expect(problem?.reason).toBe('board-unreachable');
    expect(problem?.detail).toMatch(/^It was not asked: Greenhouse asked to be left alone \(429\)/);
    expect(internet.requests).toEqual([]);
  });
});

test('a check through the ledger of a real system books and gives back its turn', async () => {
  const { db, url } = await testDatabase();
  const internet = await ownInternet({ lever: DEMO.lever });
  const { id } = await createCheck(db, new URL('https://jobs.lever.co/sablefin'), 'test');
  const config = loadConfig({ DATABASE_URL: url, DATA_DIR: testFolder() });
  const turns = openTurns(config, db, createLog('test', 'silent'));
  await runCheck(meansOn(db, internet, { turns }), { checkId: id, signal: NEVER, lastTry: false });
  await turns.close();
  expect(await readCheck(db, id)).toMatchObject({ state: 'ready', candidates: [{ verdict: 'works', found: 14 }] });
});
