/** What people and Prometheus are told of each source. */
import { describe, expect, test } from 'vitest';
import { judgeSources } from '../../shared/db/source-health/judge-sources.ts';
import { readBusinessStats } from '../../shared/db/stats.ts';
import { registerBusinessMetrics } from '../../shared/metrics/business.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { SOURCE_KEYS, SOURCE_NAMES } from '../../shared/sources.ts';
import { NOW, startServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { samplesOf } from '../metrics/page.ts';
import { addBoards } from '../scans/helpers.ts';
import { until } from '../until.ts';

const ALL = { sources: SOURCE_NAMES, sourceKeys: Object.fromEntries(SOURCE_KEYS.map((name) => [name, 'key'])) };
const HOUR = 3_600_000;

async function withBoards() {
  const { db } = await testDatabase();
  await addBoards(db, 'lever/a', 'greenhouse/a', 'ashby/a', 'remoteok/*');
  const read = (source: string, healthy: Date, error: string | null) =>
    db.pool.query(
      `update board set last_read_at = $2, last_healthy_at = $2, last_found = 9, last_error = $3,
        failures = case when $3::text is null then 0 else 1 end where source = $1`,
      [source, healthy, error],
    );
  await read('lever', new Date(NOW.getTime() - 2 * HOUR), null);
  await read('greenhouse', new Date(NOW.getTime() - 60 * HOUR - 1), 'Greenhouse answered 503');
  return db;
}

describe('GET /api/v1/sources', () => {
  test('tells the state, why, since when, and whether the promise is kept', async () => {
    const db = await withBoards();
    await judgeSources(db, ALL);
    await db.pool.query(`update source_state set since = '2026-11-20T08:00:00Z' where source = 'greenhouse'`);
    const { get } = await startServer(db, { config: { sources: SOURCE_NAMES, sourceKeys: ALL.sourceKeys } as never });
    const { json } = await get('/api/v1/sources');
    const by = Object.fromEntries(json.items.map((source: { name: string }) => [source.name, source]));
    expect(by.lever).toMatchObject({
      state: 'healthy',
      sentence: 'Its last read was complete and in line with those before.',
      lastCompleteAt: '2026-11-22T10:00:00.000Z',
      freshness: { withinHours: 48, asOf: '2026-11-22T10:00:00.000Z', isLate: false, lateByHours: null },
    });
    expect(by.greenhouse).toMatchObject({
      state: 'failed',
      sentence: 'Its last read failed: a: Greenhouse answered 503.',
      since: '2026-11-20T08:00:00.000Z',
      freshness: { isLate: true, lateByHours: 12 },
    });
    expect(by.ashby).toMatchObject({
      state: 'degraded',
      sentence: 'It has not been read yet.',
      freshness: { asOf: null, isLate: true, lateByHours: null },
    });
    expect(by.workable).toMatchObject({ state: 'paused', sentence: 'None of its boards is switched on.' });
  });

  test('tells at once what the settings and the operators say, before anything is judged again', async () => {
    const db = await withBoards();
    await judgeSources(db, ALL);
    await db.pool.query(`insert into hold (target, since, who) values ('lever', '2026-11-21T00:00:00Z', 'ops')`);
    const config = { sources: ['lever', 'greenhouse', 'remoteok', 'adzuna'], sourceKeys: { ADZUNA_APP_KEY: 'k' } };
    const { get } = await startServer(db, { config: config as never });
    const { json } = await get('/api/v1/sources');
    const by = Object.fromEntries(json.items.map((source: { name: string }) => [source.name, source]));
    expect(by.lever).toMatchObject({
      state: 'paused',
      sentence: 'It is paused: an operator holds it.',
      since: '2026-11-21T00:00:00.000Z',
      freshness: { isLate: false },
    });
    expect(by.adzuna).toMatchObject({
      state: 'waiting for key',
      sentence: 'It waits for ADZUNA_APP_ID in the settings.',
      freshness: { isLate: false },
    });
    expect(by.ashby).toMatchObject({ state: 'paused', sentence: expect.stringContaining('SOURCES') });
  });
});

test('the page of metrics has one 1 for each source among all states, its age, and its promise', async () => {
  const db = await withBoards();
  await db.pool.query(`update board set last_healthy_at = now() - interval '3 hours' where source = 'lever'`);
  await judgeSources(db, ALL);
  registerBusinessMetrics({ read: () => readBusinessStats(db, ALL), scanIntervalSeconds: undefined });
  // A scrape does not wait for a slow database; a later one has its numbers.
  const samples = await until(
    async () => {
      const all = samplesOf(await registry.metrics());
      return all.some(({ name }) => name === 'iam_source_state') ? all : undefined;
    },
    { what: 'the numbers of sources are on the page' },
  );
  const states = samples.filter(({ name, value }) => name === 'iam_source_state' && value === 1);
  expect(states.map(({ labels }) => labels.source).sort()).toEqual(SOURCE_NAMES.toSorted());
  expect(samples.filter(({ name }) => name === 'iam_source_state')).toHaveLength(SOURCE_NAMES.length * 7);
  const stateOf = (source: string) => states.find(({ labels }) => labels.source === source)?.labels.state;
  expect(['lever', 'greenhouse', 'ashby'].map(stateOf)).toEqual(['healthy', 'failed', 'degraded']);
  const ages = samples.filter(({ name }) => name === 'iam_source_healthy_read_age_seconds');
  expect(ages.map(({ labels }) => labels.source).sort()).toEqual(['greenhouse', 'lever']);
  expect(ages.find(({ labels }) => labels.source === 'lever')?.value).toBeGreaterThanOrEqual(3 * 3600);
  const promises = samples.filter(({ name }) => name === 'iam_source_freshness_promise_seconds');
  expect(promises).toHaveLength(SOURCE_NAMES.length);
  expect(promises.find(({ labels }) => labels.source === 'lever')?.value).toBe(48 * 3600);
});
