/** What is done to the system, from outside of it: to its database, its processes, its sources, its memory limit. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Internet } from '../internet/internet.ts';
import { until } from '../until.ts';
import type { RunningSystem } from './system.ts';

const LIST = '/api/v1/jobs?limit=5';

/** A source that answers with a page for people; and time that has passed since it was last well. */
export function silencedSource(system: () => RunningSystem, internet: Internet, databaseUrl: string) {
  return {
    inject: async () => {
      internet.setFaults('remoteok', { kind: 'html' });
      // Days cannot be waited for; everything that happened lies that much further back.
      await onDatabase(databaseUrl, [
        `update scan set requested_at = requested_at - interval '40 days', finished_at = finished_at - interval '40 days'`,
        `update board set last_healthy_at = last_healthy_at - interval '40 days' where source = 'remoteok'`,
        `update source_state set last_success_at = last_success_at - interval '40 days', fresh_as_of = fresh_as_of - interval '40 days' where source = 'remoteok'`,
      ]);
      await scan(system(), ['remoteok'], 'failed');
    },
    heal: async () => {
      internet.setFaults('remoteok');
      await scan(system(), ['remoteok'], 'success');
    },
  };
}

/** Somebody holds a lock on the table of jobs, again and again for some seconds, while nine of the ten connections want it. */
export function slowDatabase(system: () => RunningSystem, databaseUrl: string, readers: number) {
  const over = new AbortController();
  const running: Promise<void>[] = [];
  let asked = 0;
  // One job after the other: equal questions might share an answer.
  const read = async () => {
    while (!over.signal.aborted) await answerOf(system(), `/api/v1/jobs/${++asked}`, 60_000);
  };
  return {
    inject: async () => {
      running.push(holdLocks(databaseUrl, over.signal).catch(() => undefined));
      for (let i = 0; i < readers; i++) running.push(read());
    },
    heal: async () => {
      over.abort();
      await Promise.all(running.splice(0));
    },
  };
}

/** How long the table is locked each time, and how long it is free in between. */
const LOCKED_MS = 4000;
const FREE_MS = 50;

async function holdLocks(url: string, over: AbortSignal): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    while (!over.aborted) {
      await client.query('begin');
      await client.query('lock table job in access exclusive mode');
      await sleep(LOCKED_MS, undefined, { signal: over }).catch(() => undefined);
      await client.query('rollback');
      await sleep(FREE_MS);
    }
  } finally {
    await client.end();
  }
}

/** One worker dies, and each that follows it, as often as the supervisor bears it. */
export function dyingWorker(system: () => RunningSystem) {
  let survivors = new Set<number>();
  let kills = 0;
  // At the fifth early end the supervisor would give everything up; the first end is no early one.
  const KILLS_MAX = 5;
  return {
    inject: async () => {
      const [first, ...others] = system().pids('worker');
      survivors = new Set(others);
      if (first === undefined) throw new Error('there is no worker');
      process.kill(first, 'SIGKILL');
      kills = 1;
    },
    meanwhile: async () => {
      if (kills >= KILLS_MAX) return;
      const next = system()
        .pids('worker')
        .find((pid) => !survivors.has(pid));
      if (next === undefined) return;
      process.kill(next, 'SIGKILL');
      kills++;
      await until(() => !system().pids('worker').includes(next), { what: 'the worker is gone' });
    },
    heal: async () => undefined,
  };
}

/** All workers stand still while there is work. */
export function stoppedWorkers(system: () => RunningSystem) {
  let stopped: number[] = [];
  return {
    inject: async () => {
      stopped = system().pids('worker');
      for (const pid of stopped) process.kill(pid, 'SIGSTOP');
      const answer = await system().call('POST', '/api/v1/scans', {});
      if (answer.status !== 202) throw new Error(`a scan was refused: ${answer.status} ${await answer.text()}`);
    },
    heal: async () => {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
    },
  };
}

/** Asks for a scan and waits for its end. @throws Error unless it ends in that state */
export async function scan(
  system: RunningSystem,
  sources: readonly string[] | undefined,
  state: string,
): Promise<void> {
  const answer = await until(
    async () => {
      const asked = await system.call('POST', '/api/v1/scans', sources === undefined ? {} : { sources });
      return asked.status === 202 && asked;
    },
    { timeoutMs: 60_000, everyMs: 1000, what: 'a scan is taken' },
  );
  const { id } = (await answer.json()) as { id: string };
  const view = await until(
    async () => {
      const now = (await (await system.call('GET', `/api/v1/scans/${id}`)).json()) as {
        state: string;
        finishedAt: string | null;
      };
      return now.finishedAt !== null && now;
    },
    { timeoutMs: 90_000, everyMs: 200, what: 'the scan has ended' },
  );
  if (view.state !== state) throw new Error(`the scan of ${sources ?? 'all sources'} is ${view.state}, not ${state}`);
}

/** How often that somebody looks, and when one asks again who got no answer. */
const LOOKS_EVERY_MS = 300;
const ASKS_AGAIN_AFTER_MS = 100;

/** Somebody who looks at the list of jobs, several times a second, whatever comes. */
export function startReader(system: () => RunningSystem): () => Promise<void> {
  let isOn = true;
  const running = (async () => {
    for (; isOn; await sleep(LOOKS_EVERY_MS)) await answerOf(system(), LIST, 5_000);
  })();
  return async () => {
    isOn = false;
    await running;
  };
}

async function answerOf(system: RunningSystem, path: string, timeoutMs: number): Promise<void> {
  const answer = await fetch(system.address + path, { signal: AbortSignal.timeout(timeoutMs) }).catch(() => undefined);
  await answer?.text().catch(() => undefined);
  if (answer === undefined) await sleep(ASKS_AGAIN_AFTER_MS);
}

/** The targets of the job, as the file of them that Prometheus watches. */
export function writeTargets(file: string, targets: Readonly<Record<string, string>>): void {
  const groups = Object.entries(targets).map(([instance, address]) => ({
    targets: [address.replace('http://', '')],
    labels: { app: 'iam-job-scout', environment: 'test', instance },
  }));
  writeFileSync(file, JSON.stringify(groups));
}

async function onDatabase(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
