/** What the queue adds to a unit: handing a task over, giving it to a worker, taking it away when it is done. */
import { createQueueKit, type QueueKit } from '../../shared/queues/kit.ts';
import { openUnitQueue, startUnitWorker } from '../../shared/queues/units.ts';
import { startRedis } from '../../test/redis-server.ts';
import { until } from '../../test/until.ts';
import type { Measures, RowSpec, Section } from '../kit/harness.ts';
import { CONCURRENCY, spent, type UnitBoard, type UnitWorld } from './world.ts';

const BOARDS = 10;
const TASKS = 300;
const LOCK_MS = 30_000;

export async function queueSection(world: UnitWorld): Promise<Section> {
  const { url } = world;
  const onError = (error: Error) => void process.stderr.write(`queue: ${error.message}\n`);
  let boards: UnitBoard[] | undefined;
  return {
    title: 'queue',
    about: [
      `Processor time of the worker process for a task that does nothing, enqueued and worked off ${TASKS} at a time, against a unit of a board of a hundred postings, nine in ten unchanged.`,
      'Q1: the queue in Redis, as in production. Q2: in PostgreSQL, as on a laptop.',
    ],
    arms: {
      ours: async () => {
        const redis = await startRedis();
        try {
          const onPostgres = await costOfTask(await createQueueKit({ databaseUrl: url, onError }));
          if (redis === undefined) return { postgres: onPostgres };
          const kit = await createQueueKit({ databaseUrl: url, redisUrl: redis.url, onError });
          return { redis: await costOfTask(kit), postgres: onPostgres };
        } finally {
          await redis?.stop();
        }
      },
      baseline: async (): Promise<Measures> => {
        boards ??= await world.addBoards(BOARDS);
        await world.source.change();
        const unitIds = await world.unitsOf(boards);
        const { cpu } = await spent(async () => {
          for (const unitId of unitIds) await world.run(unitId);
        });
        return { redis: cpu / BOARDS, postgres: cpu / BOARDS };
      },
    },
    rows: [
      row('Q1', 'queue in Redis, CPU of a task / of a unit', 'redis', 0.06, 0.1),
      row('Q2', 'queue in PostgreSQL, CPU of a task / of a unit', 'postgres'),
    ],
  };
}

async function costOfTask(kit: QueueKit): Promise<number> {
  const queue = openUnitQueue(kit);
  let done = 0;
  const worker = startUnitWorker(kit, { concurrency: CONCURRENCY, lockMs: LOCK_MS }, async () => {
    done++;
    return 'done';
  });
  try {
    await queue.ping();
    const name = (i: number) => `${process.hrtime.bigint()}-${i}`;
    const { cpu } = await spent(async () => {
      await queue.enqueue(Array.from({ length: TASKS }, (_, i) => name(i)));
      await until(() => done === TASKS, { what: 'all tasks are done', timeoutMs: 60_000 });
    });
    return cpu / TASKS;
  } finally {
    await worker.close(1000);
    await queue.close();
  }
}

function row(id: string, title: string, measure: string, goal?: number, floor?: number): RowSpec {
  const measured = { unit: 'µs', measure, against: 'baseline', better: 'lower' } as const;
  return { id, title, ...measured, goal: goal ?? null, floor: floor ?? null };
}
