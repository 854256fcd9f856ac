/** What `inc` and `observe` cost with and without the bus, measured in one process that joins it and leaves it. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressText } from '../../shared/metrics-bus/address.ts';
import { startMetricsHub } from '../../shared/metrics-bus/start-hub.ts';
import { type Measures, median } from '../kit/harness.ts';
import { openControl, type Remote } from './control.ts';
import type { WriteCost } from './write-cost.ts';

export interface Writers {
  measure(): Promise<{ readonly on: Measures; readonly off: Measures }>;
  close(): Promise<void>;
}

/** Longer than from one push to the next. What drifts hits both alike. */
const TURN_MS = 1100;
const ORDER = ['off', 'on', 'on', 'off'] as const;

export async function startWriters(): Promise<Writers> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-scrape-'));
  const path = join(folder, 'control.sock');
  const control = await openControl(path);
  const hub = await startMetricsHub({ stateDir: join(folder, 'bus') });
  const file = join(import.meta.dirname, 'write-cost.ts');
  spawn(process.execPath, [file, path, addressText(hub.address)], { stdio: ['ignore', 'inherit', 'inherit'] });
  const [writer] = (await control.joined(1)) as [Remote];
  return {
    async measure() {
      const costs: Record<'on' | 'off', WriteCost[]> = { on: [], off: [] };
      for (const name of ORDER) {
        if (name === 'on') await writer.order('join');
        costs[name].push(await writer.order<WriteCost>('write', TURN_MS));
        if (name === 'on') await writer.order('leave');
      }
      return { on: medians(costs.on), off: medians(costs.off) };
    },
    async close() {
      control.close();
      await hub.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const medians = (costs: readonly WriteCost[]) => ({
  inc: median(costs.flatMap(({ inc }) => inc)) ?? Number.NaN,
  observe: median(costs.flatMap(({ observe }) => observe)) ?? Number.NaN,
});
