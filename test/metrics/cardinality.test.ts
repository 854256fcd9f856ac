/** All series that this system can know of, and how many lines of a page that makes. */
import { expect, test } from 'vitest';
import { ownStatusesOf, statusesOf } from '../../api/route.ts';
import { ROUTES } from '../../api/routes/all.ts';
import { initErrors } from '../../shared/metrics/application-errors.ts';
import { trackExternalApi } from '../../shared/metrics/external-api.ts';
import { initRoute } from '../../shared/metrics/http.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { allMetrics } from './all-metrics.ts';
import { samplesOf } from './page.ts';

/** Addresses of each source that have a pattern of their own, at the most. */
const ENDPOINTS_MAX = 2;

test('a full page stays below what Prometheus is told to take and the bus takes of one metric, and begins below 1,000 combinations of a metric', async () => {
  await allMetrics();
  for (const route of ROUTES) {
    // HEAD is answered wherever GET is, and a client may go away from anything.
    for (const method of route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])
      initRoute(method, route.path, [...statusesOf(route), 405, 499]);
    initErrors(route.path);
  }
  initRoute('GET', 'static', [200, 304, 404, 499]);
  initRoute('OTHER', 'unmatched', [404, 421, 499]);
  for (const source of SOURCE_NAMES) {
    for (let n = 0; n < ENDPOINTS_MAX; n++)
      await trackExternalApi(
        source,
        `/pattern/${n}`,
        async () => undefined,
        () => 'other',
      );
  }
  // Refusals come with the first one: what a system begins with is much less than what it can have.
  const begun = ROUTES.flatMap((route) => ownStatusesOf(route)).length;
  expect(begun).toBeLessThan(1000);
  const samples = samplesOf(await registry.metrics());
  const sets = new Map<string, Set<string>>();
  for (const { name, labels } of samples) {
    const { le: _, ...rest } = labels;
    const metric = name.replace(/_(bucket|sum|count)$/, '');
    sets.set(metric, (sets.get(metric) ?? new Set()).add(JSON.stringify(rest)));
  }
  const largest = [...sets].map(([name, { size }]) => [name, size] as const).sort((a, b) => b[1] - a[1]);
  expect(largest[0]?.[1], JSON.stringify(largest.slice(0, 5))).toBeLessThan(2000);
  expect(samples.length, JSON.stringify(largest.slice(0, 5))).toBeLessThan(16_000);
  expect(samples.length).toBeGreaterThan(2000);
});
