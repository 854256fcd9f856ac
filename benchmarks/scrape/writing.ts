/** What `inc` and `observe` cost with and without the bus, measured in two processes that take turns. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressText } from '../../shared/metrics-bus/address.ts';
import { startMetricsHub } from '../../shared/metrics-bus/start-hub.ts';
import { type Measures, median } from '../kit/harness.ts';
import { openControl, type Remote } from './control.ts';

export interface Writers {
  measure(): Promise<{ readonly on: Measures; readonly off: Measures }>;
  close(): Promise<void>;
}

/** Turns of each process in a measurement, of which the median counts. */
const TURNS = 250;

export async function startWriters(): Promise<Writers> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scrape-'));
  const path = join(folder, 'control.sock');
  const control = await openControl(path);
  const hub = await startMetricsHub({ stateDir: join(folder, 'bus') });
  const file = join(import.meta.dirname, 'write-cost.ts');
  for (const [name, bus] of Object.entries({ off: '', on: addressText(hub.address) }))
    spawn(process.execPath, [file, name, path, bus], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [off, on] = (await control.joined(2)) as [Remote, Remote];
  await on.order('join');
  return {
    async measure() {
      const turns = { on: noTurns(), off: noTurns() };
      for (let turn = 0; turn < TURNS; turn++) {
        for (const what of ['inc', 'observe'] as const) {
          for (const remote of turn % 2 === 0 ? [off, on] : [on, off]) {
            turns[remote.name as 'on' | 'off'][what].push(await remote.order<number>(what));
          }
        }
      }
      return { on: medians(turns.on), off: medians(turns.off) };
    },
    async close() {
      control.close();
      await hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Turns {
  readonly inc: number[];
  readonly observe: number[];
}
const noTurns = (): Turns => ({ inc: [], observe: [] });
const medians = ({ inc, observe }: Turns) => ({
  inc: median(inc) ?? Number.NaN,
  observe: median(observe) ?? Number.NaN,
});
