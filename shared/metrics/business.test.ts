import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NO_STATS } from '../../test/metrics/all-metrics.ts';
import { sampleOf } from '../../test/metrics/page.ts';
import { type BusinessStats, registerBusinessMetrics } from './business.ts';
import { registry } from './registry.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['Date', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  registry.clear();
});

const errors = async () => sampleOf(await registry.metrics(), 'iam_stats_refresh_errors_total');

test('nothing is shown before the database has answered, but that it has not', async () => {
  let read: () => Promise<BusinessStats> = () => Promise.reject(new Error('the database is away'));
  registerBusinessMetrics({ read: () => read(), scanIntervalSeconds: undefined });
  const early = await registry.metrics();
  expect(sampleOf(early, 'iam_jobs_total')).toBeUndefined();
  expect(sampleOf(early, 'iam_source_enabled')).toBeUndefined();
  expect(sampleOf(early, 'iam_stats_last_refresh_timestamp_seconds')).toBe(0);
  expect(await errors()).toBe(1);

  read = async () => ({ ...NO_STATS, jobsTotal: 12, jobsNewThisWeek: 5, scansInProgress: 2 });
  vi.advanceTimersByTime(10_000);
  const later = await registry.metrics();
  expect(sampleOf(later, 'iam_jobs_total')).toBe(12);
  expect(sampleOf(later, 'iam_jobs_new_this_week')).toBe(5);
  expect(sampleOf(later, 'iam_scan_in_progress')).toBe(1);
  expect(sampleOf(later, 'iam_stats_last_refresh_timestamp_seconds')).toBe(1010);
  // The timetable is off, so nothing is expected.
  expect(sampleOf(later, 'iam_source_expected_interval_seconds')).toBeUndefined();

  read = () => Promise.reject(new Error('away again'));
  vi.advanceTimersByTime(10_000);
  const old = await registry.metrics();
  expect(sampleOf(old, 'iam_jobs_total')).toBe(12);
  expect(sampleOf(old, 'iam_stats_last_refresh_timestamp_seconds')).toBe(1010);
  expect(await errors()).toBe(2);
});
