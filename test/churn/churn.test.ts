import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { prometheusCommand } from '../metrics-bus/prometheus.ts';
import { startBusSystem } from './bus-system.ts';
import { brokenPromises, churn } from './churn.ts';
import { startStockSystem } from './stock-system.ts';

if (prometheusCommand === undefined)
  test.skip('prometheus is not installed (Debian: apt-get install prometheus)', () => undefined);

describe.runIf(prometheusCommand !== undefined)('under the eyes of Prometheus', () => {
  test('processes are killed, hang, stop, are cut off, come and go, so is the hub: and no promise of the bus is broken', async () => {
    const report = await churn(startBusSystem, { prometheus: prometheusCommand ?? '', kills: 10, seed: 7 });
    expect(brokenPromises(report), JSON.stringify(report)).toEqual([]);
  });
});

test("prom-client's cluster ends with its workers, and what waited for them fails nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'churn-stock-'));
  try {
    const system = await startStockSystem();
    const worker = await system.start(join(folder, 'truth'));
    await system.close();
    // Vitest fails on rejections that nobody handles.
    await worker.gone;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
