/**
 * Builds BullMQ's objects for Redis or for PostgreSQL, the same code on both. This folder is the only home of bullmq and ioredis.
 * What must hold on both backends, and why, is in docs/decisions/0001-queue-in-postgresql-or-redis.md.
 */
import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type JobsOptions,
  type Processor,
  Queue,
  Worker,
  type WorkerOptions,
} from 'bullmq';
import { countEnds, measured } from './measure.ts';
import { pingRedis } from './redis.ts';

/** One hash slot for every key of ours, which a Redis Cluster asks for. */
const PREFIX = '{jobscout}';
/** Connections of one producer and of one worker object; BullMQ's default is 10 each. */
const PRODUCER_POOL = 2;
const WORKER_POOL = 4;
/** After a lost connection a worker asks again so soon; BullMQ's default of 15 s would make each short outage a long one. */
const RETRY_MS = 3000;

export interface QueueEnv {
  /** Set: the queue is in Redis. Unset: in BullMQ's tables of the application's own PostgreSQL. */
  readonly redisUrl?: string | undefined;
  readonly databaseUrl: string;
  /** Key prefix in Redis; PostgreSQL keeps each database apart by itself. */
  readonly prefix?: string | undefined;
  /** Called for what went wrong in the background (a lost connection); BullMQ goes on by itself. */
  readonly onError: (error: Error) => void;
}

export interface QueueKit {
  readonly kind: 'redis' | 'postgres';
  queue<Data>(name: string): Queue<Data, void, string>;
  worker<Data>(name: string, run: Processor<Data, void>, options: Partial<WorkerOptions>): Worker<Data, void>;
}

/**
 * A finished task is removed at once: the truth is in the rows, and the id of a removed task may be used again.
 * Never `{ count }` or `{ age }`: on PostgreSQL concurrent retention deletes deadlock and fail tasks that had finished.
 */
const TASK_OPTIONS: JobsOptions = {
  attempts: 3,
  backoff: { type: 'exponential', delay: 1000, jitter: 0.5 },
  removeOnComplete: true,
  removeOnFail: true,
};

/**
 * Asks Redis first and builds after: an object built while its server is down never recovers, one built while it is up does.
 * @throws StartError when Redis does not answer
 */
export async function createQueueKit(env: QueueEnv): Promise<QueueKit> {
  const { redisUrl, onError } = env;
  if (redisUrl !== undefined) await pingRedis(redisUrl);
  const onRedis = redisUrl !== undefined;
  const backend = (onRedis ? createRedisBackend : createPostgresBackend) as unknown as BackendFactory;
  const prefix = env.prefix ?? PREFIX;
  // A producer gives up after one try, so that a request can be answered; a worker waits until Redis is back.
  const redis = (maxRetriesPerRequest: number | null) => ({ url: redisUrl, maxRetriesPerRequest });
  const producer = {
    prefix,
    skipWaitingForReady: true,
    connection: onRedis ? redis(1) : postgres(env.databaseUrl, PRODUCER_POOL),
    defaultJobOptions: TASK_OPTIONS,
  };
  const consumer = {
    prefix,
    connection: onRedis ? redis(null) : postgres(env.databaseUrl, WORKER_POOL),
    runRetryDelay: RETRY_MS,
  };

  // BullMQ's constructors infer from the backend; one cast here gives plain typed objects everywhere else.
  const make = <T extends { on(event: 'error', listener: (error: Error) => void): unknown }>(
    Class: unknown,
    ...args: unknown[]
  ): T => {
    const made = new (Class as new (...args: unknown[]) => T)(...args);
    made.on('error', onError);
    return made;
  };
  return {
    kind: onRedis ? 'redis' : 'postgres',
    queue: (name) => make(Queue, name, producer, backend),
    worker: <Data>(name: string, run: Processor<Data, void>, options: Partial<WorkerOptions>) => {
      const settings = { ...consumer, ...options };
      const worker = make<Worker<Data, void>>(Worker, name, measured(name, run), settings, backend);
      countEnds(worker);
      return worker;
    },
  };
}

/**
 * Each BullMQ object has a pool of its own and one LISTEN connection. BullMQ sets the search_path to its schema itself.
 * Only the queue's own commits are asynchronous: a task lost with the server's last milliseconds is enqueued again from its row.
 */
function postgres(connectionString: string, max: number) {
  return { connectionString, max, application_name: 'jobscout-queue', options: '-c synchronous_commit=off' };
}
