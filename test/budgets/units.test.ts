import { beforeEach, describe, expect, test } from 'vitest';
import { cancelScan } from '../../shared/db/scans/cancel.ts';
import { readScan } from '../../shared/db/scans/read.ts';
import { judgeSources } from '../../shared/db/source-health/judge-sources.ts';
import { ceilingPolicy, type SourcePolicy } from '../../shared/source-limits.ts';
import { runUnit } from '../../worker/unit.ts';
import { addBoards } from '../scans/helpers.ts';
import { asked, jobs, scanNow, task } from '../worker/unit-kit.ts';
import { FREE } from './ledger-kit.ts';
import { budgetWorld } from './unit-kit.ts';

const world = await budgetWorld();
const { m, source } = world;
beforeEach(() => world.begin());

const rows = async () =>
  await m.db.sql
    .selectFrom('scan_unit')
    .orderBy('id')
    .select(['state', 'attempts', 'waits_for', 'error_type', 'error'])
    .execute();
const paced = (ms: number, burst = 1): SourcePolicy => ({ ...FREE, source: { ms, burst, calls: null } });
const endless = (page: number) => ({ items: jobs(2, page * 10), next: true });

describe('a unit whose source is paced', () => {
  test('gives its slot back when others are before it, and its row says why and until when; that is no attempt', async () => {
    world.policies.greenhouse = paced(300_000);
    await addBoards(m.db, 'greenhouse/a', 'greenhouse/b', 'greenhouse/c');
    for (const board of ['a', 'b', 'c']) source.boards.set(board, () => ({ items: jobs(1) }));
    const { view, answers, unitIds } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'running', units: { done: 1, total: 3 } });
    expect(answers[0]).toBe('done');
    const [first, second] = answers.slice(1).map((answer) => (answer as { againInMs: number }).againInMs);
    // Whatever the machine takes between them.
    expect(first).toBeGreaterThan(100_000);
    expect(first).toBeLessThanOrEqual(300_000);
    // Each comes in a moment of its own, in the order in which they asked.
    expect(second! - first!).toBeGreaterThan(100_000);
    expect(await rows()).toMatchObject([
      { state: 'success', attempts: 1 },
      { state: 'queued', attempts: 0, waits_for: expect.stringMatching(/^Greenhouse has others in line/) },
      { state: 'queued', attempts: 0 },
    ]);
    expect(source.requests).toEqual(['a/1']);
    expect(unitIds).toHaveLength(3);
  });

  test('is cancelled at once while it waits', async () => {
    world.policies.greenhouse = paced(60_000);
    await addBoards(m.db, 'greenhouse/a', 'greenhouse/b');
    for (const board of ['a', 'b']) source.boards.set(board, () => ({ items: jobs(1) }));
    const { view } = await scanNow(m, 'greenhouse');
    await cancelScan(m.db, view.id);
    expect(await readScan(m.db, view.id)).toMatchObject({ state: 'cancelled', units: { success: 1, cancelled: 1 } });
  });

  test('reads on at its pace when it has begun, and never loses a page to it', async () => {
    world.policies.greenhouse = paced(300);
    await addBoards(m.db, 'greenhouse/a');
    source.boards.set('a', (page) => ({ items: jobs(2, page * 10), next: page < 4 }));
    const began = performance.now();
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'success', found: 8, requests: 4 });
    expect(performance.now() - began).toBeGreaterThanOrEqual(890);
  });
});

describe('a unit whose source has a budget', () => {
  test('ends where the budget does: what was read is kept, and a search is no worse for it', async () => {
    world.policies.himalayas = { ...FREE, ceilings: [ceilingPolicy('day', 20)] };
    await addBoards(m.db, 'himalayas/*');
    source.boards.set('*', endless);
    const { view } = await scanNow(m, 'himalayas');
    expect(view).toMatchObject({ state: 'success', found: 4, requests: 2 });
    expect(source.requests).toHaveLength(2);
  });

  test('leaves a board partial where the budget ends, and says that this is our own limit', async () => {
    world.policies.greenhouse = { ...FREE, ceilings: [ceilingPolicy('day', 20)] };
    await addBoards(m.db, 'greenhouse/a');
    source.boards.set('a', endless);
    const { view } = await scanNow(m, 'greenhouse');
    expect(view).toMatchObject({ state: 'partial', found: 4, requests: 2 });
    expect(view.reason).toMatch(/Greenhouse has no request of this day left: again in \d+ (hours|minutes)/);
  });

  test('ends at once, without a request, when the next one is hours away', async () => {
    world.policies.himalayas = { ...FREE, ceilings: [ceilingPolicy('day', 2)] };
    await addBoards(m.db, 'himalayas/*');
    source.boards.set('*', () => ({ items: jobs(2) }));
    await scanNow(m, 'himalayas');
    const { view } = await scanNow(m, 'himalayas');
    // Nothing failed, and nobody is told so: not the scan, not the source, not the board.
    expect(view).toMatchObject({ state: 'partial', requests: 0, units: { failed: 0, outOfQuota: 1 } });
    expect(view.reason).toMatch(/^himalayas: not asked: Himalayas has no request of this day left/);
    expect(view.sourceResults).toMatchObject([{ state: 'out_of_quota', errors: 0, errorType: null }]);
    expect((await rows()).at(-1)).toMatchObject({
      state: 'out_of_quota',
      error_type: null,
      error: expect.stringMatching(/^not asked: Himalayas has no request of this day left/),
    });
    expect(await m.db.sql.selectFrom('board').select(['failures', 'last_error']).execute()).toEqual([
      { failures: 0, last_error: null },
    ]);
    const state = async () => (await judgeSources(m.db, undefined, ['himalayas'])).get('himalayas');
    expect(await state()).toMatchObject({
      state: 'out of quota',
      sentence: expect.stringMatching(/^Not asked until \d{4}-.+ UTC: Himalayas has no request of this day left\.$/),
    });
    world.policies.himalayas = FREE;
    await scanNow(m, 'himalayas');
    expect(await state()).toMatchObject({ state: 'healthy' });
  });

  test('waits for it while it is near, and its scan says for what, since when and until when', async () => {
    world.policies.himalayas = { ...FREE, ceilings: [ceilingPolicy('hour', 8)] };
    await addBoards(m.db, 'himalayas/*');
    source.boards.set('*', endless);
    await scanNow(m, 'himalayas');
    const { view } = await scanNow(m, 'himalayas');
    const [wait] = view.sourceResults[0]?.waits ?? [];
    expect(wait).toMatchObject({
      why: 'budget',
      units: 1,
      says: expect.stringMatching(/no request of this hour left/),
    });
    expect(wait?.until?.getTime()).toBeGreaterThan(wait?.since?.getTime() ?? Number.POSITIVE_INFINITY);
    await cancelScan(m.db, view.id);
    expect((await readScan(m.db, view.id))?.sourceResults).toMatchObject([{ waits: [] }]);
  });

  test('books what the last unit needed, and gives back what it did not need', async () => {
    world.policies.himalayas = { ...FREE, ceilings: [ceilingPolicy('day', 400)] };
    await addBoards(m.db, 'himalayas/*');
    source.boards.set('*', (page) => ({ items: jobs(2, page * 10), next: page < 3 }));
    await scanNow(m, 'himalayas');
    const spent = async () => (await m.db.sql.selectFrom('budget').select('spent').execute()).map((row) => row.spent);
    expect([await spent(), (await world.gate('himalayas'))?.unit_requests]).toEqual([[3], 3]);
    await scanNow(m, 'himalayas');
    expect(await spent()).toEqual([6]);
  });
});

describe('a try that fails', () => {
  test('is what the unit tells of, when there is no request left for another try', async () => {
    world.policies.remotive = { ...FREE, ceilings: [ceilingPolicy('day', 4)] };
    await addBoards(m.db, 'remotive/*');
    source.boards.set('*', () => 503);
    const { view } = await scanNow(m, 'remotive');
    expect([view.state, view.reason]).toEqual(['failed', expect.stringMatching(/^remotive: Remotive answered 503/)]);
    expect(source.requests).toHaveLength(1);
  });

  test('is tried again before those who wait in line', async () => {
    world.policies.remotive = paced(50);
    await addBoards(m.db, 'remotive/*');
    source.boards.set('*', () => 503);
    await m.turns?.begin({
      source: 'remotive',
      host: '',
      waited: false,
      most: 1,
      least: 1,
      signal: AbortSignal.timeout(9e4),
    });
    await m.db.pool.query("update gate set line_at = now() + interval '5 minutes'");
    await m.db.pool.query("update gate set due_at = now() - interval '1 minute'");
    expect((await scanNow(m, 'remotive')).view).toMatchObject({ state: 'failed', requests: 3 });
  });
});

test('a ledger that is away in the middle of a read is no failure of the source: the unit comes again', async () => {
  world.policies.greenhouse = paced(1);
  await addBoards(m.db, 'greenhouse/a');
  source.boards.set('a', (page) => {
    world.isLedgerAway = page === 1;
    return { items: jobs(1, page), next: page < 3 };
  });
  const { id, unitIds } = await asked(m, 'greenhouse');
  await expect(runUnit(m, task(unitIds[0]!))).rejects.toThrow(
    'the ledger of requests did not answer: Connection terminated',
  );
  expect(await rows()).toMatchObject([{ state: 'running', error: null }]);
  world.isLedgerAway = false;
  source.boards.set('a', () => ({ items: jobs(2) }));
  expect(await runUnit(m, task(unitIds[0]!))).toBe('done');
  expect(await readScan(m.db, id)).toMatchObject({ state: 'success', found: 2 });
});

describe('a source that asks to be left alone', () => {
  test('is left alone by everybody, from the first answer that says so', async () => {
    await addBoards(m.db, 'lever/a', 'lever/b');
    source.boards.set('a', () => 'busy');
    source.boards.set('b', () => ({ items: jobs(1) }));
    const { answers } = await scanNow(m, 'lever');
    for (const answer of answers) expect((answer as { againInMs: number }).againInMs).toBeGreaterThan(300_000);
    expect(source.requests).toEqual(['a/1']);
    expect(await rows()).toMatchObject([
      {
        state: 'queued',
        attempts: 0,
        waits_for: expect.stringMatching(/^Lever asked to be left alone \(Lever answered 429/),
      },
      { state: 'queued', attempts: 0 },
    ]);
  });

  test('is not waited for without end: the unit fails and says what the source said', async () => {
    await addBoards(m.db, 'lever/a');
    source.boards.set('a', () => 'busy');
    const { id, unitIds } = await asked(m, 'lever');
    await runUnit(m, task(unitIds[0]!));
    await m.db.pool.query("update scan_unit set waits_since = now() - interval '15 minutes'");
    expect(await runUnit(m, task(unitIds[0]!))).toBe('done');
    expect(await readScan(m.db, id)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/not asked.*429/),
    });
  });
});
