/** `npm run demo`: the whole product with the internet played on this machine. One scan, what came of it, where to look. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { loadConfig } from '../shared/config.ts';
import type { ScanView } from '../shared/db/scans/read.ts';
import { freePort } from '../shared/embedded/free-port.ts';
import { StartError } from '../shared/errors.ts';
import { DEMO_BOARDS_FILE, DEMO_FAULTS, demoData } from '../test/internet/demo-data.ts';
import { type Internet, startInternet } from '../test/internet/internet.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import { readMetrics, summarise, whereToLook } from './demo-result.ts';
import { type DemoSystem, startDemoSystem } from './demo-system.ts';
import { progressLine, report } from './scan-report.ts';
import { startProgress } from './terminal.ts';

const USAGE = `Usage: npm run demo -- [--once] [--json] [--data-dir FOLDER]

  --once      end after the scan instead of serving on
  --json      print one JSON object about the scan and nothing else on standard output (needs --once)
  --data-dir  where the demo keeps its database (default: demo in DATA_DIR); a second run over the same folder finds nothing new

Ends with 0 when the scan succeeded, also in part, and /metrics agrees with it.`;

const POLL_MS = 200;
/** The played sources answer at once; a scan of them that takes longer is stuck. */
const SCAN_TIMEOUT_MS = 150_000;

await runCommand(USAGE, async (args) => {
  const options = readOptions(args);
  const config = loadConfig();
  const internet = await startDemoInternet();
  let system: DemoSystem | undefined;
  try {
    system = await startDemoSystem({
      dataDir: options.dataDir ?? join(config.dataDir, 'demo'),
      port: options.once ? await freePort() : config.port,
      urls: internet.urls,
      boardsFile: DEMO_BOARDS_FILE,
    });
    const before = await readMetrics(system);
    const scan = await watchScan(system, await askForScan(system));
    const result = await summarise(system, scan, before);
    process.stderr.write(`\n${report(scan)}`);
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    if (!options.once) {
      process.stdout.write(whereToLook(system, result.jobs));
      await Promise.race([system.ended, stopAsked()]);
    }
    return ['success', 'partial'].includes(scan.state) && result.metrics_ok ? 0 : 1;
  } finally {
    await system?.stop();
    await internet.close();
  }
});

function readOptions(args: string[]) {
  const { values } = parsed(() =>
    parseArgs({
      args,
      options: {
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        'data-dir': { type: 'string' },
      },
    }),
  );
  if (values.json && !values.once)
    throw new UsageError('--json needs --once: a demo that serves on has no end to print.');
  return { once: values.once, json: values.json, dataDir: values['data-dir'] };
}

async function startDemoInternet(): Promise<Internet> {
  const internet = await startInternet(demoData());
  for (const [source, faults] of Object.entries(DEMO_FAULTS)) {
    internet.setFaults(source as keyof typeof DEMO_FAULTS, ...faults);
  }
  return internet;
}

async function askForScan(system: DemoSystem): Promise<string> {
  const answer = await system.call('POST', '/admin/run-scan');
  return ((await answer.json()) as { id: string }).id;
}

async function watchScan(system: DemoSystem, id: string): Promise<ScanView> {
  const progress = startProgress(process.stderr);
  const deadline = performance.now() + SCAN_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const answer = await system.call('GET', `/api/v1/scans/${id}`);
    const scan = JSON.parse(await answer.text(), reviveDates) as ScanView;
    progress.show(progressLine(scan));
    if (scan.finishedAt !== null) {
      progress.end();
      return scan;
    }
    await sleep(POLL_MS);
  }
  throw new StartError(`The scan ${id} has not ended after ${SCAN_TIMEOUT_MS / 1000} s.`);
}

/** JSON has no dates; the API writes them as ISO 8601 in fields that end in `At`. */
function reviveDates(key: string, value: unknown): unknown {
  return key.endsWith('At') && typeof value === 'string' ? new Date(value) : value;
}

function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
