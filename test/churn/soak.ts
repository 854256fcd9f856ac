/**
 * A soak: four processes that stay and one at a time that comes, counts and is killed, scraped each second in both formats, for as long as asked.
 * It tells how the memory of the hub's process went.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressText, type BusAddress } from '../../shared/metrics-bus/address.ts';
import { sleep } from './fleet.ts';
import type { HubMemory } from './soak-hub.ts';

export interface SoakSample extends HubMemory {
  readonly second: number;
}

export interface SoakReport {
  readonly seconds: number;
  readonly scrapes: number;
  readonly failedScrapes: number;
  readonly worstScrapeMs: number;
  readonly processesKilled: number;
  /** At most 120. */
  readonly samples: readonly SoakSample[];
  /** Of the second half, by least squares. */
  readonly rssSlopeBytesPerHour: number;
  readonly heapSlopeBytesPerHour: number;
  /** The most of the last quarter over the most of the second one. */
  readonly rssGrowth: number;
  readonly heapGrowth: number;
  readonly openFilesGrowth: number;
}

const STAYING = 4;
const MAX_SAMPLES = 120;

export async function soak(minutes: number): Promise<SoakReport> {
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const children = new Set<ChildProcess>();
  try {
    const hub = fork(join(import.meta.dirname, 'soak-hub.ts'), [join(folder, 'bus')], { execArgv: ['--expose-gc'] });
    children.add(hub);
    const [{ address, port }] = (await once(hub, 'message')) as [{ address: BusAddress; port: number }];
    const startWorker = async () => {
      const env = { ...process.env, CHURN_TRUTH: join(folder, 'truth'), CHURN_BUS: addressText(address) };
      const child = fork(join(import.meta.dirname, 'worker.ts'), { env, execArgv: [] });
      children.add(child);
      await once(child, 'message');
      return child;
    };
    const memory = async () => {
      hub.send('memory');
      return (await once(hub, 'message'))[0] as HubMemory;
    };
    await Promise.all(Array.from({ length: STAYING }, startWorker));

    const startedAt = performance.now();
    const seconds = () => (performance.now() - startedAt) / 1000;
    const samples: SoakSample[] = [];
    const report = { scrapes: 0, failedScrapes: 0, worstScrapeMs: 0, processesKilled: 0 };
    let isOver = false;
    const killing = (async () => {
      while (!isOver) {
        const child = await startWorker();
        await sleep(1000);
        child.kill('SIGKILL');
        await once(child, 'exit');
        children.delete(child);
        report.processesKilled++;
      }
    })();
    while (seconds() < minutes * 60) {
      const at = performance.now();
      report.scrapes++;
      if (!(await isScraped(port, report.scrapes % 2 === 0))) report.failedScrapes++;
      report.worstScrapeMs = Math.max(report.worstScrapeMs, Math.round(performance.now() - at));
      const dueAt = (samples.length * minutes * 60) / MAX_SAMPLES;
      if (seconds() >= dueAt) samples.push({ second: Math.round(seconds()), ...(await memory()) });
      await sleep(Math.max(0, 1000 - (performance.now() - at)));
    }
    isOver = true;
    await killing;
    return { seconds: Math.round(seconds()), ...report, ...growthOf(samples), samples };
  } finally {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isScraped(port: number, openMetrics: boolean): Promise<boolean> {
  try {
    const accept = openMetrics ? 'application/openmetrics-text' : 'text/plain';
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`, {
      headers: { accept },
      signal: AbortSignal.timeout(1000),
    });
    return answer.status === 200 && (await answer.text()).includes('churn_events_total');
  } catch {
    return false;
  }
}

function growthOf(samples: readonly SoakSample[]) {
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const most = (part: readonly SoakSample[], key: keyof SoakSample) => Math.max(...part.map((sample) => sample[key]));
  const [early, late] = [samples.slice(quarter, 2 * quarter), samples.slice(-quarter)];
  const growth = (key: keyof SoakSample) => Number((most(late, key) / most(early, key)).toFixed(3));
  const half = samples.slice(Math.floor(samples.length / 2));
  const slope = (key: keyof SoakSample) => Math.round(3600 * slopeOf(half.map((s) => [s.second, s[key]])));
  return {
    rssSlopeBytesPerHour: slope('rssBytes'),
    heapSlopeBytesPerHour: slope('heapBytes'),
    rssGrowth: growth('rssBytes'),
    heapGrowth: growth('heapBytes'),
    openFilesGrowth: most(late, 'openFiles') - most(early, 'openFiles'),
  };
}

function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const over = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0);
  const under = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  return under === 0 ? 0 : over / under;
}

/** Why the memory is not flat; empty when it is. */
export function soakFaults(report: SoakReport): string[] {
  const promises: readonly (readonly [string, boolean])[] = [
    ['every scrape was answered', report.failedScrapes === 0],
    ['memory stays within a tenth', report.rssGrowth <= 1.1],
    ['the heap stays within a tenth', report.heapGrowth <= 1.1],
    // A process that just comes or goes has a connection.
    ['no files stay open', report.openFilesGrowth <= 3],
  ];
  return promises.filter(([, isKept]) => !isKept).map(([text]) => text);
}
