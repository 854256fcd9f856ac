/**
 * The original system caught every failure of a source and called it "0 jobs found" and a success; its metrics of calls and of
 * the database were declared and never written.
 */
import { describe, expect, test } from 'vitest';
import { registry } from '../../shared/metrics/registry.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import { testDatabase } from '../db.ts';
import type { Fault } from '../internet/faults.ts';
import { samplesOf } from '../metrics/page.ts';
import { openPostings, scanNow } from '../worker/unit-kit.ts';
import { addBoardOf, playedInternet, realMeans } from './kit.ts';

const BOARDS = SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board');
const OTHERS = SOURCE_NAMES.filter((name) => sourceInfo(name).kind !== 'board');

/** The sum of a metric's samples with these labels. */
async function counted(name: string, labels: Readonly<Record<string, string>>): Promise<number> {
  const samples = samplesOf(await registry.metrics()).filter(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
  );
  return samples.reduce((sum, { value }) => sum + value, 0);
}

async function scanWith(source: SourceName, fault: Fault) {
  const [{ db }, internet] = await Promise.all([testDatabase(), playedInternet({ [source]: undefined })]);
  await addBoardOf(db, source);
  const m = realMeans(db, internet);
  internet.setFaults(source, fault);
  const before = {
    external: await counted('external_api_errors_total', { api_name: source }),
    calls: await counted('external_api_duration_seconds_count', { api_name: source }),
    failed: await counted('iam_source_scans_total', { source, status: 'failed' }),
    runs: await counted('iam_scan_runs_total', { status: 'failed' }),
    errors: await counted('scan_errors_total', {}),
  };
  const { view } = await scanNow(m, source);
  const state = await db.sql
    .selectFrom('source_state')
    .where('source', '=', source)
    .select(['state', 'sentence', 'last_success_at', 'last_error_type'])
    .executeTakeFirstOrThrow();
  const after = {
    external: await counted('external_api_errors_total', { api_name: source }),
    calls: await counted('external_api_duration_seconds_count', { api_name: source }),
    failed: await counted('iam_source_scans_total', { source, status: 'failed' }),
    runs: await counted('iam_scan_runs_total', { status: 'failed' }),
    errors: await counted('scan_errors_total', {}),
  };
  return { view, state, before, after };
}

const FAULTS: readonly (readonly [what: string, type: string, fault: Fault])[] = [
  ['429', 'rate_limited', { kind: 'refuse', status: 429, body: { message: 'Too many requests' } }],
  ['401', 'auth', { kind: 'refuse', status: 401, body: { message: 'Invalid key' } }],
  ['500', 'http_5xx', { kind: 'refuse', status: 500 }],
  ['200 with a page for people', 'parse', { kind: 'html' }],
  ['200 with another thing in it', 'parse', { kind: 'body', body: { error: 'something went wrong', results: null } }],
  ['200 with nothing in it', 'parse', { kind: 'text', text: '' }],
];

describe.each(FAULTS)('a source that answers %s', (_what, type, fault) => {
  // One of each kind: a board, a feed, a search with a key.
  test.each(['greenhouse', 'remoteok', 'adzuna'] as const)(
    'fails the unit, the scan and the state of %s, with the reason, and moves the metrics',
    async (source) => {
      const { view, state, before, after } = await scanWith(source, fault);
      expect(view).toMatchObject({ state: 'failed', found: 0 });
      expect(view.sourceResults[0]).toMatchObject({
        state: 'failed',
        errorType: type,
        error: expect.stringMatching(/\w{3}/),
      });
      expect(view.reason).toContain(sourceInfo(source).label);
      expect(state).toMatchObject({ state: 'failed', last_success_at: null, last_error_type: type });
      expect(state.sentence).toContain(sourceInfo(source).label);
      expect(after.external).toBeGreaterThan(before.external);
      expect(after.calls).toBeGreaterThan(before.calls);
      expect([after.failed - before.failed, after.runs - before.runs, after.errors - before.errors]).toEqual([1, 1, 1]);
    },
  );
});

// careers pages have no status of their own for a board that is gone
test.each(BOARDS.filter((name) => name !== 'jsonld'))(
  'a page for people instead of %s never is an empty board',
  async (source) => {
    const { view, state } = await scanWith(source, { kind: 'html' });
    expect([view.state, state.state]).toEqual(['failed', 'failed']);
  },
);

test.each(OTHERS)('a failure of %s never is a day without jobs', async (source) => {
  const { view, state } = await scanWith(source, { kind: 'refuse', status: 503 });
  expect([view.state, state.state]).toEqual(['failed', 'failed']);
});

test('a source that never answers fails like one that refuses', async () => {
  const { view, state } = await scanWith('lever', { kind: 'hang' });
  expect(view.sourceResults[0]).toMatchObject({ state: 'failed', errorType: 'timeout' });
  expect(state.state).toBe('failed');
});

test('what was stored before a failure stays open, and the failure ends when the source is back', async () => {
  const [{ db }, internet] = await Promise.all([testDatabase(), playedInternet({ greenhouse: undefined })]);
  await addBoardOf(db, 'greenhouse');
  const m = realMeans(db, internet);
  await scanNow(m, 'greenhouse');
  const before = await openPostings(db);
  expect(before.length).toBeGreaterThan(0);
  for (const [, , fault] of FAULTS) {
    internet.setFaults('greenhouse', fault);
    const { view } = await scanNow(m, 'greenhouse');
    expect([view.state, view.closed]).toEqual(['failed', 0]);
  }
  expect(await openPostings(db)).toEqual(before);
  internet.setFaults('greenhouse');
  expect((await scanNow(m, 'greenhouse')).view.state).toBe('success');
  const state = await db.sql.selectFrom('source_state').select('state').executeTakeFirst();
  expect(state).toEqual({ state: 'healthy' });
});

test('a healthy scan is in the metrics of calls and of the database too', async () => {
  const [{ db }, internet] = await Promise.all([testDatabase(), playedInternet({ lever: undefined })]);
  await addBoardOf(db, 'lever');
  const look = async () => [
    await counted('external_api_requests_total', { api_name: 'lever', status: 'success' }),
    await counted('external_api_duration_seconds_count', { api_name: 'lever' }),
    await counted('db_operations_total', { table: 'posting', status: 'success' }),
    await counted('db_query_duration_seconds_count', { table: 'scan_unit' }),
    await counted('iam_scan_runs_total', { status: 'success' }),
  ];
  const before = await look();
  await scanNow(realMeans(db, internet), 'lever');
  for (const [i, value] of (await look()).entries()) expect(value, `${i}`).toBeGreaterThan(before[i] ?? Number.NaN);
});
