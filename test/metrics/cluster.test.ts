import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { clusterMetrics, type MetricsPage, serveClusterMetrics } from '../../shared/metrics/cluster.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { countScan } from '../../shared/metrics/scan.ts';
import { until } from '../until.ts';

const workers: Worker[] = [];
const stops: (() => void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  for (const worker of workers.splice(0)) {
    if (worker.isDead()) continue;
    worker.process.kill('SIGKILL');
    await once(worker, 'exit');
  }
});

function start(kind = 'normal'): Worker {
  cluster.setupPrimary({ exec: join(import.meta.dirname, 'cluster-child.ts'), args: [kind], execArgv: [] });
  const worker = cluster.fork();
  workers.push(worker);
  return worker;
}

async function started(kind?: string): Promise<Worker> {
  const worker = start(kind);
  await heard(worker, 'started');
  return worker;
}

interface Heard {
  readonly test: string;
  readonly page?: MetricsPage;
  readonly silent?: string[];
}

/** With one listener that stays: two messages may arrive in one turn. */
function heard(worker: Worker, what: string): Promise<Heard> {
  return new Promise((resolve) => {
    const listen = (message: Heard) => {
      if (message.test !== what) return;
      worker.off('message', listen);
      resolve(message);
    };
    worker.on('message', listen);
  });
}

async function order(worker: Worker, what: 'count' | 'read', answer: string, timeoutMs?: number): Promise<Heard> {
  const answered = heard(worker, answer);
  worker.send({ test: what, timeoutMs });
  return answered;
}

const value = (page: MetricsPage | undefined, series: string) => {
  const line = page?.body.split('\n').find((text) => text.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};
const SCANS = 'iam_scan_runs_total{status="success"}';

describe('the metrics of all processes', () => {
  test('are added up, the own registry of the supervisor included, and each process can read them', async () => {
    stops.push(serveClusterMetrics());
    const [one, two] = [await started(), await started()];
    const before = value(await clusterMetrics(), SCANS)!;
    await order(one, 'count', 'counted');
    await order(two, 'count', 'counted');
    await order(two, 'count', 'counted');
    countScan('success', 1);
    const { page } = await order(one, 'read', 'read');
    expect(value(page, SCANS)).toBe(before + 4);
    expect(value(page, 'scan_duration_seconds_count')).toBe(before + 4);
    expect(page!.contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(page!.body).toContain('# TYPE iam_scan_runs_total counter');
    expect(page!.body.match(/^# TYPE iam_scan_runs_total /gm)).toHaveLength(1);
  });

  test('without any other process are those of the supervisor', async () => {
    const page = await clusterMetrics();
    expect(value(page, SCANS)).toBe(
      (await registry.getSingleMetric('iam_scan_runs_total')!.get()).values.find((v) => v.labels.status === 'success')!
        .value,
    );
  });

  test('leave out a process that is still starting: it has counted nothing yet', async () => {
    stops.push(serveClusterMetrics());
    const [one] = [await started(), await started('starting')];
    const { page } = await order(one, 'read', 'read');
    expect(value(page, SCANS)).toBeGreaterThanOrEqual(0);
  });
});

describe('a process that does not answer', () => {
  test('is named within the time limit, to all who asked meanwhile, and the next round is whole again', async () => {
    const describeWorker = (worker: Worker) => `worker of the test (pid ${worker.process.pid})`;
    stops.push(serveClusterMetrics(describeWorker, 300));
    const [good, bad] = [await started(), await started()];
    bad.send({ test: 'hang', timeoutMs: 1500 });
    const startedAt = performance.now();
    const answers = await Promise.all([
      order(good, 'read', 'read'),
      clusterMetrics(describeWorker, 300).then(
        () => undefined,
        (error: Error) => error,
      ),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(1200);
    const name = `worker of the test (pid ${bad.process.pid})`;
    expect(answers[0].silent).toEqual([name]);
    expect(answers[1]).toMatchObject({ name: 'MetricsIncompleteError', silent: [name] });
    await until(async () => (await order(good, 'read', 'read')).page !== undefined);
  });

  test('because it was killed meanwhile, is left out and the round goes on', async () => {
    stops.push(serveClusterMetrics());
    const [good, bad] = [await started(), await started()];
    bad.send({ test: 'hang', timeoutMs: 60_000 });
    const page = clusterMetrics();
    bad.process.kill('SIGKILL');
    expect(value(await page, SCANS)).toBeGreaterThanOrEqual(0);
    expect(good.isConnected()).toBe(true);
  });

  test('is the supervisor itself: whoever reads is told so in time', async () => {
    const alone = await started();
    expect((await order(alone, 'read', 'read', 200)).silent).toEqual(['the supervisor']);
  });

  test('leaves nothing behind: no listeners, whatever the outcome was', async () => {
    const events = ['message', 'disconnect', 'exit'] as const;
    stops.push(serveClusterMetrics());
    const hung = await started();
    hung.send({ test: 'hang', timeoutMs: 60_000 });
    const before = events.map((event) => cluster.listenerCount(event));
    for (let i = 0; i < 3; i++) await expect(clusterMetrics(undefined, 50)).rejects.toThrow();
    expect(events.map((event) => cluster.listenerCount(event))).toEqual(before);
  });
});
