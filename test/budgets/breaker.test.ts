import { beforeEach, describe, expect, test } from 'vitest';
import { judgeSources } from '../../shared/db/source-health/judge-sources.ts';
import { FetchError } from '../../shared/errors.ts';
import { sentenceOf } from '../../worker/http/wait.ts';
import { runUnit } from '../../worker/unit.ts';
import { addBoards } from '../scans/helpers.ts';
import { jobs, scanNow, task } from '../worker/unit-kit.ts';
import { FREE } from './ledger-kit.ts';
import { budgetWorld } from './unit-kit.ts';

const world = await budgetWorld();
const { m, source } = world;
beforeEach(() => world.begin());

/** Its time is over: the next request may try it out. */
const timeIsOver = () => m.db.pool.query("update gate set breaker_until = now() - interval '1 second'");

describe('the breaker', () => {
  test('opens after five requests that failed in a row, and what comes then waits without asking', async () => {
    const boards = ['a', 'b', 'c', 'd', 'e', 'f'];
    await addBoards(m.db, ...boards.map((board) => `ashby/${board}`));
    for (const board of boards) source.boards.set(board, () => 500);
    const { answers } = await scanNow(m, 'ashby');
    expect(answers.slice(0, 5)).toEqual(['done', 'done', 'done', 'done', 'done']);
    expect(answers[5]).toMatchObject({ againInMs: expect.any(Number) });
    expect(source.requests).toHaveLength(15);
    expect(await world.gate('ashby')).toMatchObject({ breaker: 'open', breaker_kind: 'failures', breaker_times: 1 });
  });

  test('is tried out by one request of one try: it closes when that is answered, and opens for longer when not', async () => {
    const boards = ['a', 'b', 'c', 'd', 'e', 'f'];
    await addBoards(m.db, ...boards.map((board) => `lever/${board}`));
    for (const board of boards) source.boards.set(board, () => 500);
    const { unitIds } = await scanNow(m, 'lever');
    await timeIsOver();
    source.requests.length = 0;
    await runUnit(m, task(unitIds[5]!));
    expect(source.requests).toEqual(['f/1']);
    expect(await world.gate('lever')).toMatchObject({ breaker: 'open', breaker_times: 2 });
    await timeIsOver();
    for (const board of boards) source.boards.set(board, () => ({ items: jobs(1) }));
    await scanNow(m, 'lever');
    expect(await world.gate('lever')).toMatchObject({ breaker: 'closed', breaker_times: 0, breaker_reason: null });
  });

  test('opens at once for a key that is refused, until there is another key', async () => {
    world.keys = { JSEARCH_API_KEY: 'k' };
    await addBoards(m.db, 'jsearch/*');
    source.boards.set('*', () => 403);
    await scanNow(m, 'jsearch');
    source.requests.length = 0;
    const { view } = await scanNow(m, 'jsearch');
    expect([view.state, view.reason]).toEqual(['failed', expect.stringMatching(/not asked: JSearch refuses its key/)]);
    expect(source.requests).toEqual([]);
    expect(await world.gate('jsearch')).toMatchObject({ breaker_kind: 'key' });
    expect(JSON.stringify(await world.gate('jsearch'))).not.toContain('"k"');
    world.keys = { JSEARCH_API_KEY: 'k2' };
    source.boards.set('*', () => ({ items: jobs(1) }));
    expect((await scanNow(m, 'jsearch')).view.state).toBe('success');
  });

  test('says nothing of a source because boards are missing', async () => {
    const boards = Array.from({ length: 7 }, (_, i) => `gone-${i}`);
    await addBoards(m.db, ...boards.map((board) => `lever/${board}`));
    await scanNow(m, 'lever');
    expect(await world.gate('lever')).toMatchObject({ breaker: 'closed' });
  });

  test('opens for a monthly quota until the moment that the source names, and is tried out then', async () => {
    world.keys = { JSEARCH_API_KEY: 'k' };
    await addBoards(m.db, 'jsearch/*');
    source.boards.set('*', () => 'spent');
    await scanNow(m, 'jsearch');
    expect(source.requests).toHaveLength(1);
    const opened = await world.gate('jsearch');
    expect(opened).toMatchObject({ breaker: 'open', breaker_kind: 'quota' });
    const days = (new Date(opened?.breaker_until as string).getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(13.9);
    expect(days).toBeLessThan(14.1);

    const { view } = await scanNow(m, 'jsearch');
    expect(source.requests).toHaveLength(1);
    expect(view).toMatchObject({ state: 'partial', units: { failed: 0, outOfQuota: 1 } });
    const states = await judgeSources(m.db, undefined, ['jsearch']);
    expect(states.get('jsearch')).toMatchObject({
      state: 'out of quota',
      sentence: expect.stringMatching(/^Its quota is used up until \d{4}-.+ UTC: JSearch answered 429/),
    });

    await timeIsOver();
    source.boards.set('*', () => ({ items: jobs(1) }));
    expect((await scanNow(m, 'jsearch')).view.state).toBe('success');
    expect(await world.gate('jsearch')).toMatchObject({ breaker: 'closed', breaker_kind: null });
  });
});

describe('the breakers of a vendor with a host for each employer', () => {
  const host = (name: string) => `${name}.recruitee.com`;
  const down = new FetchError('http_5xx', 'Recruitee answered 502');
  const signal = AbortSignal.timeout(60_000);
  const begin = (name: string, waited = false) =>
    world.turns.begin({ source: 'recruitee', host: host(name), waited, most: 1, least: 1, signal });
  /** One request, from its turn to what it came to. */
  const ask = async (name: string, failure?: FetchError, waited = false) => {
    const turn = await begin(name, waited);
    if ('why' in turn) throw new Error(`${name} must wait: ${sentenceOf(turn)}`);
    const call = await turn.enter(host(name), signal);
    call.over(failure);
    await turn.ended(host(name), failure);
    await turn.end();
  };
  const times = async (count: number, name: string) => {
    for (let i = 0; i < count; i++) await ask(name, down);
  };
  beforeEach(() => {
    const free = { ms: null, burst: 1, calls: null };
    world.policies.recruitee = { ...FREE, source: { ms: 0.001, burst: 1000, calls: null }, host: free };
  });

  test('are each its own: what one employer answers does not keep us from another', async () => {
    await times(5, 'acme');
    expect(await begin('acme')).toMatchObject({ why: 'breaker' });
    expect(await world.gate('recruitee', host('acme'))).toMatchObject({ breaker: 'open', breaker_kind: 'failures' });
    await ask('bolt');
    expect(await world.gate('recruitee')).toMatchObject({ breaker: 'closed' });
  });

  test('are one for all after twenty failures in a row, and an answer in between begins the count anew', async () => {
    for (const name of ['acme', 'bolt', 'core']) await times(5, name);
    await ask('dune');
    for (const name of ['echo', 'fern', 'gale']) await times(5, name);
    expect(await world.gate('recruitee')).toMatchObject({ breaker: 'closed' });
    await times(5, 'hall');
    expect(await world.gate('recruitee')).toMatchObject({ breaker: 'open', breaker_reason: 'Recruitee answered 502' });
    expect(await begin('iris')).toMatchObject({ why: 'breaker' });
    await timeIsOver();
    await ask('iris', undefined, true);
    expect(await world.gate('recruitee')).toMatchObject({ breaker: 'closed', breaker_times: 0 });
  });
});
