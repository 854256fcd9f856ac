/** /metrics on METRICS_PORT, whatever roles a host has. */
import { expect, test } from 'vitest';
import { freePort } from '../../shared/embedded/free-port.ts';
import { createTestDatabase } from '../db.ts';
import { startSystem } from '../system.ts';
import { until } from '../until.ts';
import { sampleOf } from './page.ts';

const OPENMETRICS = 'application/openmetrics-text;version=1.0.0';

/** With that role alone. */
async function start(role: string) {
  const port = await freePort();
  const settings = { DATABASE_URL: await createTestDatabase(), METRICS_PORT: `${port}` };
  const system = await startSystem({ roles: [role], settings });
  await system.ready();
  const page = async (accept = 'text/plain') =>
    (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { accept } })).text();
  return { system, page };
}

test('a host without an api process shows the numbers of the whole system', async () => {
  const { system, page } = await start('scheduler');
  const waiting = { queue: 'units', state: 'waiting' };
  await until(
    async () => {
      const text = await page();
      return sampleOf(text, 'iam_jobs_total') === 0 && sampleOf(text, 'bullmq_job_count', waiting) === 0;
    },
    { timeoutMs: 30_000, everyMs: 500, what: 'jobs and tasks are counted' },
  );
  expect(await system.stop()).toBe(0);
});

test('a slow bucket leads to the request that fell into it, in OpenMetrics only', async () => {
  const { system, page } = await start('api');
  const id = (await system.call('GET', '/api/v1/jobs')).headers.get('x-request-id');
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  const buckets = (text: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith('http_request_duration_seconds_bucket{') && line.includes(`${id}`));
  await until(async () => buckets(await page(OPENMETRICS)).length > 0, { what: 'the exemplar is there' });
  const [line, ...more] = buckets(await page(OPENMETRICS));
  expect(more).toEqual([]);
  expect(line).toMatch(new RegExp(`endpoint="/api/v1/jobs".* # \\{trace_id="${id}"\\} [\\d.e-]+ \\d{10}`));
  expect(buckets(await page())).toEqual([]);
  expect(await system.stop()).toBe(0);
});
