/** `npm run operate`: the verbs of an operator, on a running system. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { type Config, loadConfig } from '../shared/config.ts';
import { type Database, openDatabase } from '../shared/db/database.ts';
import { OperationRefused, type Operator } from '../shared/db/operations/operation.ts';
import { TooManyScansError } from '../shared/db/scans/create.ts';
import { findEmbedded } from '../shared/embedded/launch.ts';
import { StartError } from '../shared/errors.ts';
import { createQueueKit } from '../shared/queues/kit.ts';
import { openUnitQueue } from '../shared/queues/units.ts';
import { parsed, runCommand, UnavailableError, UsageError } from './command.ts';
import { type Answer, CALLS, type Call, isCall, listed, USAGE, unitsOf } from './operate-verbs.ts';

await runCommand(USAGE, async (args) => {
  const { values, positionals } = parsed(() =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        reason: { type: 'string' },
        cause: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    }),
  );
  const [verb = '', target, ...more] = positionals;
  if (!isCall(verb) && verb !== 'list' && verb !== 'units') {
    throw new UsageError(verb === '' ? 'Say what to do.' : `There is no verb "${verb}".`);
  }
  if (more.length > 0) throw new UsageError(`One target at a time: "${more.join(' ')}" is too much.`);
  const { reason, cause, json } = values;
  const said = { target, reason, cause };
  const operator = { who: userInfo().username, dryRun: values['dry-run'] };
  const answer = await onSystem(loadConfig(), (db, queue) => {
    if (verb === 'list') return listed(db);
    return told(verb === 'units' ? unitsOf(db, said) : run(CALLS[verb], { db, queue, operator, said }));
  });
  process.stdout.write(json ? `${JSON.stringify(answer.value)}\n` : `${answer.text}\n`);
  return 0;
});

type Queue = { enqueue(unitIds: readonly string[]): Promise<void> };

interface On {
  readonly db: Database;
  readonly queue: Queue;
  readonly operator: Operator;
  readonly said: Parameters<Call>[3];
}

async function run(call: Call, { db, queue, operator, said }: On): Promise<Answer> {
  const outcome = await call(db, queue, operator, said);
  const tried = operator.dryRun ? 'Dry run, nothing changed. ' : '';
  const trail = outcome.id === null ? 'Nothing to do.' : `(operation ${outcome.id})`;
  return { value: outcome, text: `${tried}${outcome.says} ${trail}` };
}

/** What is refused is one sentence for whoever asked. */
function told(answer: Promise<Answer>): Promise<Answer> {
  return answer.catch((error: unknown) => {
    if (error instanceof OperationRefused || error instanceof TooManyScansError) throw new StartError(error.message);
    throw error;
  });
}

async function onSystem(config: Config, work: (db: Database, queue: Queue) => Promise<Answer>): Promise<Answer> {
  const url = config.databaseUrl ?? (await findEmbedded(config.dataDir));
  if (url === undefined) {
    throw new UnavailableError(
      `Nothing is running with DATA_DIR ${config.dataDir}: start it with npm start, or set DATABASE_URL.`,
    );
  }
  const db = await openDatabase(url, 'cli', 2);
  try {
    return await work(db, lazyQueue(config, url));
  } finally {
    await db.close();
  }
}

/** Most verbs need no queue, and one that is away must not keep an operator from pausing. */
function lazyQueue(config: Config, databaseUrl: string): Queue {
  return {
    enqueue: async (unitIds) => {
      const kit = await createQueueKit({ redisUrl: config.redisUrl, databaseUrl, onError: () => undefined });
      const queue = openUnitQueue(kit);
      await queue.enqueue(unitIds).finally(() => queue.close());
    },
  };
}
