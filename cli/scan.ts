/** `npm run scan`: asks the running system for a scan and, with --wait, shows it run. */
import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../shared/config.ts';
import { type Database, openDatabase } from '../shared/db/database.ts';
import { createScan, TooManyScansError, UnknownSourceError } from '../shared/db/scans/create.ts';
import { readScan, type ScanView } from '../shared/db/scans/read.ts';
import { findEmbedded } from '../shared/embedded/launch.ts';
import { StartError } from '../shared/errors.ts';
import { createQueueKit } from '../shared/queues/kit.ts';
import { openUnitQueue } from '../shared/queues/units.ts';
import { SOURCE_NAMES } from '../shared/sources.ts';
import { parsed, runCommand, UnavailableError, UsageError } from './command.ts';
import { progressLine, report } from './scan-report.ts';
import { startProgress } from './terminal.ts';

const USAGE = `Usage: npm run scan -- [--sources a,b] [--wait] [--json]

  --sources   what to read, separated by commas (default: the setting SOURCES); there are:
              ${SOURCE_NAMES.join(', ')}
  --wait      stay until the scan has ended, and show it run
  --json      print one JSON object and nothing else on standard output

Ends with 0 when the scan succeeded (with --wait: also in part), 1 when it failed or was cancelled.`;

interface Options {
  readonly sources: readonly string[] | undefined;
  readonly wait: boolean;
  readonly json: boolean;
}

const POLL_MS = 300;
/** A scan that nobody takes up says so once. */
const IDLE_HINT_MS = 15_000;

await runCommand(USAGE, async (args) => {
  const options = readOptions(args);
  try {
    return await scan(loadConfig(), options);
  } catch (error) {
    if (error instanceof UnknownSourceError) throw new UsageError(error.message);
    if (error instanceof StartError || error instanceof TooManyScansError) throw new UnavailableError(error.message);
    throw error;
  }
});

function readOptions(args: string[]): Options {
  const { values } = parsed(() =>
    parseArgs({
      args,
      options: {
        sources: { type: 'string' },
        wait: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }),
  );
  const sources = values.sources?.split(',').map((name) => name.trim());
  return { sources: sources?.filter((name) => name !== ''), wait: values.wait, json: values.json };
}

async function scan(config: Config, options: Options): Promise<number> {
  const url = config.databaseUrl ?? (await findEmbedded(config.dataDir));
  if (url === undefined) {
    throw new StartError(
      `Nothing is running with DATA_DIR ${config.dataDir}: start it with npm start, or set DATABASE_URL.`,
    );
  }
  const db = await openDatabase(url, 'cli', 2);
  try {
    const id = await ask(db, url, config, options);
    const view = options.wait ? await watch(db, id) : await mustRead(db, id);
    process.stdout.write(options.json ? `${JSON.stringify(view)}\n` : words(view));
    return view.state === 'failed' || view.state === 'cancelled' ? 1 : 0;
  } finally {
    await db.close();
  }
}

async function ask(db: Database, databaseUrl: string, config: Config, options: Options): Promise<string> {
  const kit = await createQueueKit({ redisUrl: config.redisUrl, databaseUrl, onError: () => undefined });
  const queue = openUnitQueue(kit);
  try {
    // No keys: the workers have them, this terminal need not.
    const sources = options.sources ?? config.sources;
    const { id, queued } = await createScan(db, { trigger: 'cli', requestedBy: userInfo().username, sources }, queue);
    if (!queued) process.stderr.write('The queue does not answer; the scan starts when it does.\n');
    return id;
  } finally {
    await queue.close();
  }
}

/** Progress goes to standard error: standard output is for the result. A scan ends by itself, so this does, too. */
async function watch(db: Database, id: string): Promise<ScanView> {
  const progress = startProgress(process.stderr);
  const askedAt = performance.now();
  let hinted = false;
  for (;;) {
    const view = await mustRead(db, id);
    progress.show(progressLine(view));
    if (view.finishedAt !== null) {
      progress.end();
      return view;
    }
    if (!hinted && view.startedAt === null && performance.now() - askedAt > IDLE_HINT_MS) {
      hinted = true;
      process.stderr.write('\nNo worker has taken it up yet; is one running (npm start)?\n');
    }
    await sleep(POLL_MS);
  }
}

async function mustRead(db: Database, id: string): Promise<ScanView> {
  const view = await readScan(db, id);
  if (view === undefined) throw new StartError(`The scan ${id} is gone from the database.`);
  return view;
}

function words(view: ScanView): string {
  if (view.finishedAt !== null) return report(view);
  return `scan ${view.id}: ${view.units.total} units are queued. See it at /api/v1/scans/${view.id}, or use --wait.\n`;
}
