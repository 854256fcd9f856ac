/** `npm run simulate`: days of the scan engine over many boards, on a clock that jumps. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openDatabase } from '../shared/db/database.ts';
import { migrate } from '../shared/db/migrate.ts';
import { startEmbedded } from '../shared/embedded/launch.ts';
import { createLog } from '../shared/log.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import type { SimulationResult } from './simulate/result.ts';
import { CONNECTIONS, type SimulationOptions, simulate } from './simulate/run.ts';
import { verdictLines } from './simulate/verdicts.ts';
import { createVirtualTime } from './simulate/virtual-time.ts';

const BOARDS_MAX = 100_000;
const HOURS_MAX = 24 * 14;

const USAGE = `Usage: npm run simulate -- [--boards N] [--hours N] [--seed N] [--trouble N] [--json]

  --boards  employers' boards, ${BOARDS_MAX} at the most (default 500)
  --hours   of the clock that jumps, ${HOURS_MAX} at the most (default 48)
  --seed    of everything that happens (default 1)
  --trouble how many times as many answers are refused, broken, empty or cut short as usual (default 1, at the most 100)
  --json    print one JSON object

Ends with 0, or with 1 when one of its verdicts is not met: a budget was broken, a posting was missed or wrongly closed, a board
waited for more than two of its intervals, boards that did not change cost 5 % of their first read or more, the queue or
the memory grew beyond their bounds.`;

/** The database is thrown away, so it need not survive a loss of power. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '512MB',
  max_wal_size: '4GB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
};

await runCommand(USAGE, async (args) => {
  const text = { type: 'string' } as const;
  const { values } = parsed(() =>
    parseArgs({
      args,
      options: { boards: text, hours: text, seed: text, trouble: text, json: { type: 'boolean', default: false } },
    }),
  );
  const result = await withDatabase({
    boards: whole('--boards', values.boards ?? '500', BOARDS_MAX),
    hours: whole('--hours', values.hours ?? '48', HOURS_MAX),
    seed: whole('--seed', values.seed ?? '1', 1_000_000),
    trouble: whole('--trouble', values.trouble ?? '1', 100),
  });
  const { verdicts, ...seen } = result;
  const lines = values.json ? [JSON.stringify(result)] : [JSON.stringify(seen, null, 2), ...verdictLines(verdicts)];
  process.stdout.write(`${lines.join('\n')}\n`);
  return verdicts.every(({ met }) => met) ? 0 : 1;
});

async function withDatabase(
  sizes: Pick<SimulationOptions, 'boards' | 'hours' | 'seed' | 'trouble'>,
): Promise<SimulationResult> {
  const folder = mkdtempSync(join(tmpdir(), 'jobscout-simulate-'));
  const server = await startEmbedded(folder, { settings: SETTINGS });
  const interrupted = () => {
    void server.stop().finally(() => {
      rmSync(folder, { recursive: true, force: true });
      process.exit(130);
    });
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    await migrate(server.url);
    // It ends at about the present: dates that postings state must not lie in the future.
    const time = createVirtualTime(Date.now() - sizes.hours * 3_600_000);
    const opened = await openDatabase(server.url, 'simulate', CONNECTIONS);
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    try {
      const log = createLog('simulate', 'error');
      return await simulate({ ...opened, clock: time.date }, time, { ...sizes, log, say });
    } finally {
      await opened.close();
    }
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function whole(name: string, value: string, max: number): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > max)
    throw new UsageError(`${name} is a whole number from 1 to ${max}.`);
  return number;
}
