/** A supervisor with its workers, and what a scrape of them costs. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measures, median } from '../kit/harness.ts';
import type { Way } from './control.ts';
import { openControl, type Remote } from './control.ts';
import type { Scraped } from './supervisor.ts';

export interface Cell {
  readonly workers: number;
  readonly lines: number;
}

export interface Group {
  readonly way: Way;
  /** Scrapes for so long, so that nobody is measured while his code is being compiled. */
  warmUp(ms: number): Promise<void>;
  /** Changes made so far. */
  steps(): number;
  /** Makes those that other groups had more of, so that all have the same numbers. */
  catchUp(steps: number): Promise<void>;
  /** So many scrapes, a tenth of the label sets changed before each. */
  measure(scrapes: number): Promise<Measures>;
  /** After one more change: the page. */
  page(): Promise<string>;
  close(): void;
}

export async function startGroup(way: Way, cell: Cell): Promise<Group> {
  const { supervisor, workers, close } = await startProcesses(way, cell);
  try {
    // One after the other: `first` means the first on the bus too.
    for (const worker of workers) await worker.order('join');
    return { ...measuring(supervisor, workers), way, close };
  } catch (error) {
    close();
    throw error;
  }
}

export interface Processes {
  readonly supervisor: Remote;
  /** They have their metrics, and have not joined the bus. */
  readonly workers: readonly Remote[];
  close(): void;
}

export async function startProcesses(way: Way, { workers, lines }: Cell): Promise<Processes> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scrape-'));
  const path = join(folder, 'control.sock');
  const control = await openControl(path);
  const file = join(import.meta.dirname, 'supervisor.ts');
  const child = spawn(process.execPath, [file, way, path, folder, `${workers}`, `${lines}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const close = () => {
    control.close();
    child.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [supervisor, ...rest] = await control.joined(workers + 1);
    return { supervisor: supervisor as Remote, workers: rest, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Scrapes of a round for the supervisor's longest turn, which cost a turning loop each. */
const WATCHED = 3;

function measuring(
  supervisor: Remote,
  workers: readonly Remote[],
): Pick<Group, 'warmUp' | 'steps' | 'catchUp' | 'measure' | 'page'> {
  let step = 0;
  const catchUp = async (steps: number) => {
    const range = [step + 1, steps];
    step = steps;
    await Promise.all(workers.map((worker) => worker.order('touch', range)));
  };
  const touch = () => catchUp(step + 1);
  const ofAll = (order: string) => Promise.all(workers.map((worker) => worker.order<number>(order)));
  const bytes = async () => (await ofAll('bytes')).reduce((sum, count) => sum + count, 0);
  return {
    steps: () => step,
    catchUp,
    async warmUp(ms) {
      const endsAt = performance.now() + ms;
      while (performance.now() < endsAt) {
        await touch();
        await supervisor.order('warmUp');
      }
    },
    async measure(scrapes) {
      const costs: Scraped[] = [];
      const workerTurns: number[] = [];
      for (let n = 0; n < scrapes; n++) {
        await touch();
        const cost = await supervisor.order<Scraped | null>('scrape');
        if (cost !== null) costs.push(cost);
      }
      await ofAll('watch');
      for (let n = 0; n < scrapes; n++) {
        await touch();
        await ofAll('watch');
        await supervisor.order('scrape');
        workerTurns.push(median(await ofAll('watch')) ?? Number.NaN);
      }
      await ofAll('unwatch');
      const supervisorTurns: number[] = [];
      for (let n = 0; n < WATCHED; n++) {
        await touch();
        supervisorTurns.push(await supervisor.order<number>('longestTurn'));
      }
      await touch();
      const before = await bytes();
      await supervisor.order('scrape');
      return {
        cpuMs:
          costs.reduce((sum, cost) => sum + cost.cpuMs, 0) / costs.length - (median(costs.map((c) => c.idleMs)) ?? 0),
        latencyMs: median(costs.map((cost) => cost.latencyMs)) ?? Number.NaN,
        bytes: (await bytes()) - before,
        workerTurnMs: median(workerTurns) ?? Number.NaN,
        supervisorTurnMs: median(supervisorTurns) ?? Number.NaN,
      };
    },
    async page() {
      await touch();
      return supervisor.order<string>('page');
    },
  };
}
