/**
 * `npm run test:churn`: the churn on the bus, then on prom-client's own aggregator. Prints one JSON object; exit code 1 when the bus did not keep
 * a promise. `-- --kills 100` is the long form, `-- --only bus` leaves the comparison out.
 */
import { parseArgs } from 'node:util';
import { findCommand } from '../metrics-bus/find-command.ts';
import { startBusSystem } from './bus-system.ts';
import { brokenPromises, churn } from './churn.ts';
import { startStockSystem } from './stock-system.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const prometheus = findCommand('prometheus');
if (prometheus === undefined) {
  process.stderr.write('Prometheus is not installed (Debian: apt-get install prometheus).\n');
  process.exit(69);
}
const plan = { prometheus, kills: Math.max(10, Number(values.kills)), seed: Number(values.seed) };
if (!Number.isSafeInteger(plan.kills) || !Number.isSafeInteger(plan.seed)) {
  process.stderr.write('--kills and --seed are whole numbers.\n');
  process.exit(64);
}
const bus = await churn(startBusSystem, plan);
const stock = values.only === 'bus' ? undefined : await churn(startStockSystem, plan);
const broken = brokenPromises(bus);
process.stdout.write(`${JSON.stringify({ ...plan, bus, stock, broken }, undefined, 2)}\n`);
process.exitCode = broken.length === 0 ? 0 : 1;
