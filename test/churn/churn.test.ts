import { describe, expect, test } from 'vitest';
import { prometheusCommand } from '../metrics-bus/prometheus.ts';
import { startBusSystem } from './bus-system.ts';
import { brokenPromises, churn } from './churn.ts';

if (prometheusCommand === undefined)
  test.skip('prometheus is not installed (Debian: apt-get install prometheus)', () => undefined);

describe.runIf(prometheusCommand !== undefined)('under the eyes of Prometheus', () => {
  test('processes are killed, hang, stop, are cut off, come and go, so is the hub: and no promise of the bus is broken', async () => {
    const report = await churn(startBusSystem, { prometheus: prometheusCommand ?? '', kills: 10, seed: 7 });
    expect(brokenPromises(report), JSON.stringify(report)).toEqual([]);
  });
});
