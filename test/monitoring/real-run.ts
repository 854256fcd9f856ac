/** A real run to look at: the system reads the played internet once, people ask for pages, a real Prometheus watches. */
import { join } from 'node:path';
import { MONITORING } from '../../monitoring/files.ts';
import type { ScanView } from '../../shared/db/scans/read.ts';
import { atEnd } from '../at-end.ts';
import { createTestDatabase } from '../db.ts';
import { testFolder } from '../folder.ts';
import { DEMO_BOARDS_FILE, DEMO_KEYS, demoData } from '../internet/demo-data.ts';
import { startInternet } from '../internet/internet.ts';
import { testRedis } from '../redis.ts';
import { startSystem } from '../system.ts';
import { until } from '../until.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';

/** Ends with the test file. @param rules of Prometheus; the project's own unless given */
export async function realRun(rules: readonly string[] = [join(MONITORING, 'rules/*.yml')]): Promise<Prometheus> {
  const internet = await startInternet(demoData());
  atEnd(() => internet.close());
  const urls = Object.entries(internet.urls).map(([name, url]) => [`SOURCE_URL_${name.toUpperCase()}`, url]);
  const system = await startSystem({
    settings: {
      DATABASE_URL: await createTestDatabase(),
      REDIS_URL: await testRedis(),
      BOARDS_FILE: DEMO_BOARDS_FILE,
      // Far from now, so that no scan comes in between; a source at another address has no budget but the one that it is given.
      SCAN_CRON: '0 0 1 1 *',
      SOURCE_BUDGET_ADZUNA: 'day:1000,month:20000',
      ...DEMO_KEYS,
      ...Object.fromEntries(urls),
    },
  });
  await system.ready();
  const prometheus = await startPrometheus({ folder: testFolder(), target: new URL(system.address).host, rules });
  atEnd(() => prometheus.stop());
  await until(async () => (await prometheus.query('up{job="iam-job-scout"} == 1')).length === 1, {
    timeoutMs: 60_000,
    what: 'Prometheus reads the system',
  });
  const { id } = (await (await system.call('POST', '/admin/run-scan')).json()) as { id: string };
  await until(
    async () => ((await (await system.call('GET', `/api/v1/scans/${id}`)).json()) as ScanView).finishedAt !== null,
    { timeoutMs: 120_000, everyMs: 200, what: 'the scan has ended' },
  );
  // What comes from the database is up to ten seconds old, and a rate needs two scrapes with people's requests between them.
  await until(
    async () => {
      await system.call('GET', '/api/v1/jobs');
      const [found] = await prometheus.query('iam_scan_jobs_found_last > 0');
      const [rate] = await prometheus.query(
        'rate(http_requests_total{endpoint="/api/v1/jobs", status_code="200"}[5m]) > 0',
      );
      return found !== undefined && rate !== undefined;
    },
    { timeoutMs: 60_000, everyMs: 500, what: 'Prometheus has seen the scan and the requests' },
  );
  return prometheus;
}
