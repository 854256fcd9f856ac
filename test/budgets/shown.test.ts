import { beforeAll, beforeEach, expect, test } from 'vitest';
import { createBreakerStates } from '../../shared/db/budgets/breaker-state.ts';
import { keyMark } from '../../shared/db/budgets/key-mark.ts';
import { createLedger } from '../../shared/db/budgets/ledger.ts';
import { readGates } from '../../shared/db/budgets/read.ts';
import { readGateStats } from '../../shared/db/budgets/stats.ts';
import type { Database } from '../../shared/db/database.ts';
import { ceilingPolicy } from '../../shared/source-limits.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { testDatabase } from '../db.ts';
import { FREE, take } from './ledger-kit.ts';

let db: Database;
beforeAll(async () => {
  ({ db } = await testDatabase());
});
beforeEach(() => db.pool.query('truncate gate, budget'));

const ceilings = [ceilingPolicy('month', 200), ceilingPolicy('lifetime', 500)];
const ledger = () => createLedger(db.pool, { policyOf: () => ({ ...FREE, ceilings }) });
const jsearch = async () => (await readGates(db)).find(({ source }) => source === 'jsearch');

test('every source is shown, also one that was never asked', async () => {
  const gates = await readGates(db);
  expect(gates.map(({ source }) => source)).toEqual(SOURCE_NAMES);
  expect(gates[0]).toMatchObject({ budgets: [], breaker: { state: 'closed', openHosts: 0 }, backOff: null });
  expect((await readGateStats(db)).breakers).toHaveLength(SOURCE_NAMES.length);
});

test('what is spent and left is that of the key that was used last, and as little as the source says', async () => {
  await take(ledger(), { source: 'jsearch', key: 'old', want: 20 });
  await take(ledger(), { source: 'jsearch', key: 'new', want: 7 });
  expect((await jsearch())?.budgets).toEqual([
    { period: 'month', ceiling: 200, spent: 7, left: 193 },
    { period: 'lifetime', ceiling: 500, spent: 7, left: 493 },
  ]);
  const told = { period: 'month', left: 40, resetsMs: 60_000 } as const;
  await ledger().settle({ source: 'jsearch', host: '', key: 'new', ids: [], told });
  expect((await jsearch())?.budgets[0]).toMatchObject({ spent: 7, left: 40 });
  expect((await readGateStats(db)).budgets).toContainEqual({
    source: 'jsearch',
    period: 'month',
    ceiling: 200,
    spent: 7,
  });
});

test('what was spent in an earlier period of the calendar is not shown as spent in this one', async () => {
  await take(ledger(), { source: 'jsearch', want: 5 });
  await db.pool.query("update budget set window_at = window_at - interval '40 days' where period = 'month'");
  expect((await jsearch())?.budgets[0]).toMatchObject({ spent: 0, left: 200 });
});

test('an open breaker, a half-open one, and those of hosts are told apart', async () => {
  const states = createBreakerStates(db.pool);
  const opened = { kind: 'failures', reason: 'it answered 500', times: 1 } as const;
  await states.open({ source: 'jsearch', host: '' }, { ...opened, ms: 60_000 });
  await states.open({ source: 'jsearch', host: 'a.example' }, { ...opened, ms: 60_000 });
  expect((await jsearch())?.breaker).toMatchObject({ state: 'open', reason: 'it answered 500', openHosts: 1 });
  await db.pool.query("update gate set breaker_until = now() - interval '1 second'");
  expect((await jsearch())?.breaker).toMatchObject({ state: 'half-open', until: expect.any(Date) });
  await states.close({ source: 'jsearch', host: '' });
  expect((await jsearch())?.breaker).toMatchObject({ state: 'closed', kind: null, openHosts: 1 });
});

test('a pause that the source asked for is shown until it is over', async () => {
  await take(ledger(), { source: 'jsearch' });
  const hold = { ms: 600_000, why: 'it answered 429' };
  await ledger().settle({ source: 'jsearch', host: '', key: '', ids: [], hold });
  expect((await jsearch())?.backOff).toMatchObject({ reason: 'it answered 429' });
  await db.pool.query("update gate set held_until = now() - interval '1 second'");
  expect((await jsearch())?.backOff).toBeNull();
});

test('a key leaves a mark that is no part of it, another one for each installation, source and key', () => {
  const keys = { JSEARCH_API_KEY: 'secret-1', ADZUNA_APP_ID: 'secret-1', ADZUNA_APP_KEY: 'x' };
  const marks = [
    keyMark('jsearch', keys, 'salt-a'),
    keyMark('jsearch', keys, 'salt-b'),
    keyMark('jsearch', { JSEARCH_API_KEY: 'secret-2' }, 'salt-a'),
    keyMark('adzuna', keys, 'salt-a'),
  ];
  expect(new Set(marks).size).toBe(4);
  expect(marks.join()).not.toContain('secret');
  expect(keyMark('greenhouse', keys, 'salt-a')).toBe('');
  expect(keyMark('jsearch', {}, 'salt-a')).toBe('');
});
