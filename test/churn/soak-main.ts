/** `npm run soak -- --minutes 60`: prints one JSON object; exit code 1 when the hub's memory was not flat. */
import { parseArgs } from 'node:util';
import { soak, soakFaults } from './soak.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '2' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  process.stderr.write('--minutes is a number above 0.\n');
  process.exit(64);
}
const report = await soak(minutes);
const faults = soakFaults(report);
process.stdout.write(`${JSON.stringify({ ...report, faults })}\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
