/**
 * Days of the scan engine in minutes: the timetable, the queue's filling, budgets, breakers, intervals and the whole story of a unit are
 * those of production, on a real PostgreSQL; the clock, the queue's transport and the internet are in this process.
 */
import { createBreakerStates } from '../../shared/db/budgets/breaker-state.ts';
import { createLedger } from '../../shared/db/budgets/ledger.ts';
import type { Database } from '../../shared/db/database.ts';
import { createDueScan } from '../../shared/db/scans/create.ts';
import { handOver } from '../../shared/db/scans/hand-over.ts';
import type { Log } from '../../shared/log.ts';
import { policyOf } from '../../shared/source-limits.ts';
import { type SourceName, sourceInfo } from '../../shared/sources.ts';
import { createSourceWatch } from '../../worker/health/source-watch.ts';
import { createBreakers } from '../../worker/http/breakers.ts';
import { createTurns } from '../../worker/http/turn.ts';
import { createHttp } from '../../worker/http.ts';
import { readVersion } from '../../worker/read-version.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { type Means, runUnit } from '../../worker/unit.ts';
import { createInternet } from './internet.ts';
import { compareWithTruth, useOf } from './judge.ts';
import type { SimulationResult } from './result.ts';
import { verdictsOf } from './verdicts.ts';
import type { VirtualTime } from './virtual-time.ts';
import { BOARD_SOURCES, createWorld } from './world.ts';

export interface SimulationOptions {
  readonly boards: number;
  readonly hours: number;
  readonly seed: number;
  /** How many times the usual share of wrong answers. */
  readonly trouble: number;
  readonly log: Log;
  readonly say: (line: string) => void;
}

const SOURCES: readonly SourceName[] = [...BOARD_SOURCES, 'remotive'];
const SLOT_MS = 600_000;
const HOUR_MS = 3_600_000;
/** Units that are read at once: a fleet of a few workers. */
const SLOTS = 24;
/** Ended units after which the queue is filled up, and the longest time until then while units wait. */
const FILL_AFTER = 40;
const FILL_MS = 10_000;

/** Hardly two of them ask at the same moment, and the locks of all boards are on one connection. */
export const CONNECTIONS = SLOTS + 4;

/** @param db whose clock is `time` */
export async function simulate(db: Database, time: VirtualTime, options: SimulationOptions): Promise<SimulationResult> {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const start = time.now();
  const end = start + options.hours * HOUR_MS;
  const world = createWorld(options.boards, start, options.seed);
  const internet = createInternet(world, time, options.seed + 1, options.trouble);
  await insertBoards(db, world.boards, time.date());
  const means = meansOf(db, time, internet.exchange, options.log);
  const queue = createQueue(time, (unitId) =>
    runUnit(means, { unitId, signal: new AbortController().signal, lastTry: true }),
  );
  const peaks = { wait: 1, rss: 0 };
  const before = await transactions(db);

  for (let slot = start; slot < end; slot += SLOT_MS) time.at(slot, () => queue.due.push(slot));
  for (;;) {
    await time.quiet();
    if (queue.failure !== undefined) throw queue.failure;
    const slot = queue.due.shift();
    if (slot !== undefined) {
      peaks.wait = Math.max(peaks.wait, await worstWait(db));
      await createDueScan(
        db,
        { trigger: 'timetable', requestedBy: null, sources: SOURCES, slot: new Date(slot) },
        queue,
      );
      peaks.rss = Math.max(peaks.rss, process.memoryUsage().rss);
      if ((slot - start) % HOUR_MS === 0) options.say(progress((slot - start) / HOUR_MS, options, queue.ended, began));
    } else if (queue.wantsMore()) await queue.fill(() => handOver(db, queue));
    queue.startWhatFits();
    if (!queue.isWorking() && !time.advance(end)) break;
  }
  // What is under way comes to its end, as at the end of a worker.
  do await time.quiet();
  while (queue.running > 0 && time.advance(Number.POSITIVE_INFINITY));
  if (queue.failure !== undefined) throw queue.failure;

  const asked = (await transactions(db)) - before;
  const uses = Object.fromEntries(
    [...internet.asked].map(([source, asked]) => [source, useOf(asked, policyOf(source as SourceName))]),
  );
  const result = {
    boards: options.boards,
    hours: options.hours,
    units: queue.ended,
    scans: await count(db, 'select count(*)::int as n from scan'),
    sources: uses,
    sourcesAsked: SOURCES.length,
    violations: Object.values(uses).reduce((total, use) => total + use.violations, 0),
    worstWaitIntervals: Math.round(peaks.wait * 100) / 100,
    neverRead: world.boards.filter((board) => internet.served[board.index] === undefined && board.goneAt > end).length,
    secondSweepShare: shareOfSecond(internet.served),
    queueMax: queue.max,
    ...(await compareWithTruth(db, world, internet, start)),
    faults: internet.faults,
    rssPeakMb: Math.round(peaks.rss / 1e6),
    transactionsPerUnit: perUnit(asked, queue.ended),
    cpuMsPerUnit: perUnit(cpuMs(cpu), queue.ended),
    seconds: secondsSince(began),
  };
  return { ...result, verdicts: verdictsOf(result) };
}

/** "hour 3 of 24: 41200 units read, 210 s, about 1470 s to go". */
function progress(hour: number, { hours }: SimulationOptions, units: number, began: number): string {
  const seconds = secondsSince(began);
  const left = hour === 0 ? '' : `, about ${Math.round((seconds / hour) * (hours - hour))} s to go`;
  return `hour ${hour} of ${hours}: ${units} units read, ${seconds} s${left}`;
}

const secondsSince = (began: number) => Math.round((performance.now() - began) / 1000);
const perUnit = (sum: number, units: number) => Math.round((sum / Math.max(1, units)) * 100) / 100;

function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** A statement by itself is a transaction of its own. */
function transactions(db: Database): Promise<number> {
  return count(db, 'select xact_commit::float8 as n from pg_stat_database where datname = current_database()');
}

function meansOf(
  db: Database,
  time: VirtualTime,
  exchange: ReturnType<typeof createInternet>['exchange'],
  log: Log,
): Means {
  const states = createBreakerStates(db.pool, time.date);
  const turns = createTurns({
    ledger: createLedger(db.pool, { policyOf, now: time.date }),
    states,
    breakers: createBreakers(states),
    policyOf,
    keys: {},
    onError: (error) => log.error({ err: error }, 'the ledger was not written'),
    time: { now: time.now, sleep: time.sleep },
  });
  // Retries wait by the real clock: short ones, and none that a server asked for.
  const limits = { backoffMs: 1, retryAfterMaxMs: 0 };
  return {
    db,
    http: createHttp({ contact: 'mailto:nobody@example.org', version: '0', limits, exchange }),
    turns,
    connectors: CONNECTORS,
    settingsOf: (source) => ({
      baseUrl: sourceInfo(source).baseUrl,
      keys: {},
      jsearchPath: '/search',
      adzunaCountries: [],
      queries: [],
      pagesMax: sourceInfo(source).pagesMax,
      concurrency: sourceInfo(source).concurrency,
    }),
    version: readVersion(),
    watch: createSourceWatch(),
    log,
  };
}

/** What BullMQ does for us in production: first in, first out, tasks that come again later, so many at once. */
function createQueue(time: VirtualTime, run: (unitId: string) => ReturnType<typeof runUnit>) {
  const ready: string[] = [];
  const known = new Set<string>();
  const due: number[] = [];
  let [first, running, ended, max, sinceFill, filledAt, isFilled] = [0, 0, 0, 0, 0, 0, false];

  let failure: unknown;

  const start = async (unitId: string) => {
    running++;
    const answer = await run(unitId).catch((error: unknown) => {
      failure ??= error;
      return 'done' as const;
    });
    running--;
    if (answer === 'done') {
      known.delete(unitId);
      ended++;
      sinceFill++;
    } else time.at(time.now() + answer.againInMs, () => ready.push(unitId));
  };
  return {
    due,
    get running() {
      return running;
    },
    get failure() {
      return failure;
    },
    get ended() {
      return ended;
    },
    get max() {
      return max;
    },
    enqueue: async (unitIds: readonly string[]) => {
      for (const unitId of unitIds) {
        if (known.has(unitId)) continue;
        known.add(unitId);
        ready.push(unitId);
      }
      max = Math.max(max, known.size);
      isFilled = unitIds.length > 0;
    },
    wantsMore: () => sinceFill >= FILL_AFTER || (isFilled && sinceFill > 0 && time.now() - filledAt >= FILL_MS),
    fill: async (handOver: () => Promise<number>) => {
      sinceFill = 0;
      filledAt = time.now();
      isFilled = (await handOver()) > 0 || isFilled;
    },
    startWhatFits: () => {
      while (running < SLOTS && first < ready.length) void time.during(start(ready[first++] as string));
      if (first > 10_000) ready.splice(0, first).length = first = 0;
    },
    isWorking: () => first < ready.length && running < SLOTS,
  };
}

/** Over all boards that are due now; failing and resting ones wait as they were told. */
async function worstWait(db: Database): Promise<number> {
  return count(
    db,
    `select coalesce(max(1 + extract(epoch from $1::timestamptz - next_check_at) / nullif(interval_s, 0)), 1)::float8 as n
     from board where enabled and next_check_at < $1::timestamptz`,
    [db.clock?.()],
  );
}

async function insertBoards(
  db: Database,
  boards: ReturnType<typeof createWorld>['boards'],
  createdAt: Date,
): Promise<void> {
  await db.pool.query(
    'insert into board (source, token, created_at) select source, token, $3 from unnest($1::text[], $2::text[]) as b (source, token)',
    [[...boards.map((board) => board.source), 'remotive'], [...boards.map((board) => board.token), '*'], createdAt],
  );
  await db.pool.query('analyze');
}

function shareOfSecond(served: ReturnType<typeof createInternet>['served']): number | null {
  let [first, second] = [0, 0];
  for (const one of served) {
    if (one?.secondBytes === undefined) continue;
    first += one.firstBytes;
    second += one.secondBytes;
  }
  return first === 0 ? null : Math.round((second / first) * 10_000) / 10_000;
}

async function count(db: Database, statement: string, values: unknown[] = []): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(statement, values);
  return rows[0]?.n ?? 0;
}
