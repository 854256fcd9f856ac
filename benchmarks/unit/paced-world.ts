/** A worker as `worker/main.ts` starts it, over sources that may be asked only so much: the queue, the ledger and the door are the real ones. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { z } from 'zod';
import { createBreakerStates } from '../../shared/db/budgets/breaker-state.ts';
import { createLedger } from '../../shared/db/budgets/ledger.ts';
import { type Database, openDatabase } from '../../shared/db/database.ts';
import { cancelScan } from '../../shared/db/scans/cancel.ts';
import { createLog } from '../../shared/log.ts';
import { createQueueKit } from '../../shared/queues/kit.ts';
import { openUnitQueue, startUnitWorker } from '../../shared/queues/units.ts';
import { type BudgetOverride, policyOf } from '../../shared/source-limits.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import { startRedis } from '../../test/redis-server.ts';
import { createSourceWatch } from '../../worker/health/source-watch.ts';
import { createBreakers } from '../../worker/http/breakers.ts';
import { createTurns } from '../../worker/http/turn.ts';
import { createHttp } from '../../worker/http.ts';
import type { Connector } from '../../worker/sources/source.ts';
import { type Means, runUnit } from '../../worker/unit.ts';
import { fetchJson } from './bare.ts';
import type { Counted, PacedAnswer, PacedOrder } from './paced-source.ts';

/** Some sources with the same limits. */
export interface PacedCase {
  readonly sources: number;
  readonly limit: BudgetOverride;
  /** Units of each source under way at once. */
  readonly units: number;
  /** Of each answer. */
  readonly latencyMs: number;
}

export interface PacedWorld {
  /** Requests a second of each source, in the order of the sources, as the sources counted them. */
  throughput(of: PacedCase): Promise<number[]>;
  /** Pages a second that so many bare requests at once bring, which is their number over the latency. */
  bare(atOnce: number, latencyMs: number): Promise<number>;
  close(): Promise<void>;
}

const PAGES = 50;
/** A second's burst is spent and the line is even before it is counted. */
const SETTLE_MS = 2_000;
const COUNTED_MS = 4_000;
const BARE_MS = 1_500;
const UNITS_MAX = 400;
const LOCK_MS = 30_000;

const Item = z.looseObject({ id: z.string(), title: z.string() });
const Page = z.looseObject({ items: z.array(Item) });

export async function openPacedWorld(url: string): Promise<PacedWorld> {
  const source = fork(join(import.meta.dirname, 'paced-source.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const order = async (what: PacedOrder) => {
    source.send(what);
    const [answer] = (await once(source, 'message')) as [PacedAnswer];
    return answer;
  };
  const addresses = new Map<number, string>();
  const addressOf = async (latencyMs: number) => {
    const known = addresses.get(latencyMs) ?? ((await order({ do: 'listen', latencyMs })) as { url: string }).url;
    addresses.set(latencyMs, known);
    return known;
  };
  const redis = await startRedis();
  const onError = (error: Error) => void process.stderr.write(`queue: ${error.message}\n`);
  const kit = await createQueueKit({ databaseUrl: url, redisUrl: redis?.url, onError });
  const queue = openUnitQueue(kit);
  const agent = new Agent({ connections: 64 });
  return {
    async throughput({ sources, limit, units, latencyMs }) {
      const names = SOURCE_NAMES.slice(0, sources);
      if (names.length < sources) throw new Error(`there are only ${names.length} sources`);
      const concurrency = sources * units;
      const db = await openDatabase(url, 'bench-paced', concurrency * 2 + 1);
      const { means, close } = workerOf(db, await addressOf(latencyMs), limit);
      const worker = startUnitWorker(kit, { concurrency, lockMs: LOCK_MS }, (task) => runUnit(means, task));
      const scanId = await enqueueUnits(db, names, units, queue);
      try {
        await sleep(SETTLE_MS);
        const { requests, ms } = (await order({ do: 'count', ms: COUNTED_MS })) as Counted;
        return names.map((name) => ((requests[name] ?? 0) / ms) * 1000);
      } finally {
        await cancelScan(db, scanId);
        await worker.close(5_000);
        await close();
        await db.close();
      }
    },
    async bare(atOnce, latencyMs) {
      const address = await addressOf(latencyMs);
      const until = performance.now() + BARE_MS;
      let pages = 0;
      const lane = async (lane: number) => {
        for (; performance.now() < until; pages++) await fetchJson(agent, new URL(`/bare/${lane}/${pages}`, address));
      };
      const began = performance.now();
      await Promise.all(Array.from({ length: atOnce }, (_, i) => lane(i)));
      return (pages / (performance.now() - began)) * 1000;
    },
    async close() {
      await agent.close();
      await queue.close();
      await redis?.stop();
      source.disconnect();
    },
  };
}

function workerOf(db: Database, address: string, limit: BudgetOverride): { means: Means; close(): Promise<void> } {
  const http = createHttp({
    contact: 'mailto:bench@example.org',
    version: '0',
    allowPrivateFor: new Set([new URL(address).host]),
  });
  const states = createBreakerStates(db.pool);
  const policies = new Map(SOURCE_NAMES.map((name) => [name, policyOf(name, limit, { moved: true })]));
  const policy = (name: SourceName) => policies.get(name) ?? policyOf(name);
  const turns = createTurns({
    ledger: createLedger(db.pool, { policyOf: policy }),
    states,
    breakers: createBreakers(states),
    policyOf: policy,
    keys: {},
    onError: (error) => void process.stderr.write(`ledger: ${error}\n`),
  });
  const settings = {
    jsearchPath: '/search',
    adzunaCountries: [],
    queries: [],
    pagesMax: PAGES,
    concurrency: 1,
  } as const;
  const means: Means = {
    db,
    http,
    turns,
    connectors: Object.fromEntries(SOURCE_NAMES.map((name) => [name, connector(name)])) as Means['connectors'],
    settingsOf: (name) => ({
      ...settings,
      baseUrl: address,
      keys: Object.fromEntries(sourceInfo(name).keys.map((key) => [key, 'x'])),
    }),
    version: 'bench',
    watch: createSourceWatch(),
    log: createLog('bench', 'silent'),
  };
  return {
    means,
    async close() {
      await http.close();
      await turns.close();
    },
  };
}

/** Pages one after the other, as most sources are read. */
function connector(name: SourceName): Connector<z.infer<typeof Item>> {
  return {
    name,
    item: Item,
    async *read(board, { baseUrl, pagesMax }, fetch) {
      for (let page = 1; page <= pagesMax; page++) {
        const url = new URL(`/${name}/${board.token}/${page}`, baseUrl);
        const { json } = await fetch({ url, endpoint: '/:page', schema: Page });
        yield { items: json.items, invalid: [] };
      }
      return { complete: true, problems: [] };
    },
    nativeId: ({ id }) => id,
    stable: (item) => item,
    toPosting: () => {
      throw new Error('no posting of the benchmark is IAM work');
    },
  };
}

/** As many units as can be read in the time, of all sources in turns. */
async function enqueueUnits(
  db: Database,
  names: readonly SourceName[],
  units: number,
  queue: ReturnType<typeof openUnitQueue>,
): Promise<string> {
  const boards = Math.max(units, Math.floor(UNITS_MAX / names.length));
  await db.pool.query('truncate gate, budget');
  await db.pool.query(
    `insert into board (source, token) select s, 'b' || n from unnest($1::text[]) s, generate_series(1, $2::int) n on conflict do nothing`,
    [names, boards],
  );
  const { rows } = await db.pool.query<{ scan: string; id: string }>(
    `with s as (insert into scan (trigger, sources) values ('cli', $1) returning id),
      u as (insert into scan_unit (scan_id, source, board_id) select s.id, b.source, b.id from s, board b
        where b.source = any($1) and b.token ~ '^b\\d+$' and substr(b.token, 2)::int <= $2 returning scan_id, id, source, board_id)
    select u.scan_id as scan, u.id from u join board b on b.id = u.board_id order by substr(b.token, 2)::int, b.source`,
    [names, boards],
  );
  const [first] = rows;
  if (first === undefined) throw new Error('no unit was made');
  await queue.enqueue(rows.map(({ id }) => id));
  return first.scan;
}
