/**
 * One /metrics for all processes of this machine: prom-client's AggregatorRegistry behind four functions, so that a better way
 * of getting the numbers together can replace it.
 *
 * The supervisor asks every process itself, with AggregatorRegistry's own messages, instead of calling its `clusterMetrics()`:
 * that leaves out the supervisor's registry, fails after five seconds without saying whose fault it was, also when a process
 * merely ended meanwhile, and keeps the answers of every failed attempt in memory for ever (prom-client 15.1.3, lib/cluster.js).
 */
import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import { registry } from './registry.ts';

export interface MetricsPage {
  readonly contentType: string;
  readonly body: string;
}

/** Some processes did not report in time; numbers without them would look like a restart, so there are none. */
export class MetricsIncompleteError extends Error {
  override readonly name = 'MetricsIncompleteError';
  /** Who did not answer, for people: "process 3 (pid 4711)". */
  readonly silent: readonly string[];
  constructor(silent: readonly string[]) {
    super(`no metrics from ${silent.join(', ')}`);
    this.silent = silent;
  }
}

/** How long all processes together may take to report. */
const GATHER_TIMEOUT_MS = 5_000;
/** The supervisor answers within its own limit; a little more for the way. */
const READ_TIMEOUT_MS = 6_000;

/** prom-client's words between primary and workers. */
const ASK = 'prom-client:getMetricsReq';
const ANSWER = 'prom-client:getMetricsRes';
/** Ours: a process says that it reports from now on, or wants the page, and gets it. */
const REPORTS = 'jobscout:metrics-reports';
const WANT = 'jobscout:metrics-wanted';
const PAGE = 'jobscout:metrics-page';

type MetricsJson = readonly object[];

/** Call in every process that the supervisor starts: from then on its metrics are part of the page. */
export function answerClusterMetrics(): void {
  new AggregatorRegistry();
  AggregatorRegistry.setRegistries([registry]);
  if (cluster.isWorker) process.send?.({ type: REPORTS });
}

/**
 * Processes that answer when they are asked. One that is still starting would lose the question; it has counted nothing yet,
 * so the sum is right without it.
 */
const reporting = new WeakSet<Worker>();

/**
 * Call in the supervisor, before it starts a process: notes who reports, and answers those who serve /metrics.
 * @param describe names a process for people
 * @returns stops answering
 */
export function serveClusterMetrics(describe = describeWorker, timeoutMs = GATHER_TIMEOUT_MS): () => void {
  const onMessage = (worker: Worker, message: unknown) => {
    if (isMessage(message, REPORTS)) reporting.add(worker);
    if (!isMessage(message, WANT)) return;
    clusterMetrics(describe, timeoutMs)
      .then(
        (page) => ({ page }),
        (error: unknown) => ({ silent: error instanceof MetricsIncompleteError ? error.silent : [String(error)] }),
      )
      // Whoever asked may be gone meanwhile.
      .then(
        (answer) => worker.isConnected() && worker.send({ type: PAGE, id: message.id, ...answer }, () => undefined),
      );
  };
  cluster.on('message', onMessage);
  return () => cluster.off('message', onMessage);
}

let gathering: Promise<MetricsPage> | undefined;

/**
 * The metrics of all processes and of the supervisor itself; those who ask at the same time share one round.
 * @throws MetricsIncompleteError
 */
export function clusterMetrics(describe = describeWorker, timeoutMs = GATHER_TIMEOUT_MS): Promise<MetricsPage> {
  gathering ??= gather(describe, timeoutMs).finally(() => {
    gathering = undefined;
  });
  return gathering;
}

async function gather(describe: (worker: Worker) => string, timeoutMs: number): Promise<MetricsPage> {
  const workers = Object.values(cluster.workers ?? {}).filter(
    (worker) => worker?.isConnected() === true && reporting.has(worker),
  ) as Worker[];
  const [own, ...others] = await Promise.all([registry.getMetricsAsJSON(), askAll(workers, describe, timeoutMs)]).then(
    ([mine, theirs]) => [mine as unknown as MetricsJson, ...theirs],
  );
  const merged = AggregatorRegistry.aggregate([own, ...others] as never);
  return { contentType: merged.contentType, body: await merged.metrics() };
}

let rounds = 0;

/** Registries of all workers; one that ends meanwhile is left out, one that stays silent makes the whole round fail. */
function askAll(
  workers: readonly Worker[],
  describe: (worker: Worker) => string,
  timeoutMs: number,
): Promise<MetricsJson[]> {
  const requestId = `jobscout-${rounds++}`;
  const waiting = new Set(workers);
  const registries: MetricsJson[] = [];
  return new Promise((resolve, reject) => {
    const done = (error?: Error) => {
      clearTimeout(timer);
      cluster.off('message', onAnswer);
      cluster.off('disconnect', leave);
      cluster.off('exit', leave);
      if (error === undefined) resolve(registries);
      else reject(error);
    };
    const leave = (worker: Worker) => {
      if (waiting.delete(worker) && waiting.size === 0) done();
    };
    const onAnswer = (worker: Worker, message: unknown) => {
      if (!isMessage(message, ANSWER) || message.requestId !== requestId || !waiting.has(worker)) return;
      if (!Array.isArray(message.metrics)) return done(new MetricsIncompleteError([describe(worker)]));
      registries.push(...(message.metrics as MetricsJson[]));
      leave(worker);
    };
    const timer = setTimeout(() => done(new MetricsIncompleteError([...waiting].map(describe))), timeoutMs);
    cluster.on('message', onAnswer);
    cluster.on('disconnect', leave);
    cluster.on('exit', leave);
    if (waiting.size === 0) return done();
    for (const worker of workers) worker.send({ type: ASK, requestId }, (error) => error !== null && leave(worker));
  });
}

/**
 * The page of all processes when this one was started by a supervisor, else of this process alone.
 * @throws MetricsIncompleteError
 */
export async function readClusterMetrics(timeoutMs = READ_TIMEOUT_MS): Promise<MetricsPage> {
  if (!cluster.isWorker) return { contentType: registry.contentType, body: await registry.metrics() };
  const id = `${process.pid}-${rounds++}`;
  return new Promise((resolve, reject) => {
    const done = (error: Error | undefined, page?: MetricsPage) => {
      clearTimeout(timer);
      process.off('message', onMessage);
      if (page !== undefined) resolve(page);
      else reject(error ?? new MetricsIncompleteError(['the supervisor']));
    };
    const onMessage = (message: unknown) => {
      if (!isMessage(message, PAGE) || message.id !== id) return;
      done(new MetricsIncompleteError((message.silent as string[] | undefined) ?? []), message.page as MetricsPage);
    };
    const timer = setTimeout(() => done(undefined), timeoutMs);
    process.on('message', onMessage);
    process.send?.({ type: WANT, id }, undefined, undefined, (error: Error | null) => {
      if (error !== null) done(undefined);
    });
  });
}

function describeWorker(worker: Worker): string {
  return `process ${worker.id} (pid ${worker.process.pid})`;
}

function isMessage(message: unknown, type: string): message is Record<string, unknown> {
  return typeof message === 'object' && message !== null && (message as { type?: unknown }).type === type;
}
