/** Requests at once, shared by units of one process and by processes: the real turns over the real ledger. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createBreakerStates } from '../../shared/db/budgets/breaker-state.ts';
import { createLedger } from '../../shared/db/budgets/ledger.ts';
import type { Database } from '../../shared/db/database.ts';
import { FetchError } from '../../shared/errors.ts';
import type { SourcePolicy } from '../../shared/source-limits.ts';
import { createBreakers } from '../../worker/http/breakers.ts';
import { createTurns, type Turn, type Turns } from '../../worker/http/turn.ts';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../db.ts';
import { until } from '../until.ts';
import { FREE } from './ledger-kit.ts';

let db: Database;
let policy: SourcePolicy;
const { signal } = new AbortController();
const atOnce = (calls: number): SourcePolicy => ({ ...FREE, source: { ms: null, burst: 1, calls } });

beforeAll(async () => {
  ({ db } = await testDatabase());
});

beforeEach(async () => {
  policy = atOnce(2);
  await db.pool.query('truncate gate, budget');
});

/** What one process has. */
function turnsOf(): Turns {
  const states = createBreakerStates(db.pool);
  const turns = createTurns({
    ledger: createLedger(db.pool, { policyOf: () => policy }),
    states,
    breakers: createBreakers(states),
    policyOf: () => policy,
    keys: {},
    onError: () => undefined,
  });
  atEnd(() => turns.close());
  return turns;
}

/** As a unit does it: told to come again, it comes. */
async function begin(turns: Turns): Promise<Turn> {
  for (let waited = false; ; waited = true) {
    const turn = await turns.begin({ source: 'greenhouse', host: '', waited, most: 1, least: 1, signal });
    if (!('why' in turn)) return turn;
  }
}

/** Calls under way as the ledger has them. */
async function inLedger(): Promise<number> {
  const { rows } = await db.pool.query<{ n: number }>(
    `select count(*)::int as n from gate, jsonb_object_keys(calls) where source = 'greenhouse' and host = ''`,
  );
  return rows[0]?.n ?? 0;
}

describe('requests at once', () => {
  test('are never more than may be, are all used, and are given back in the end', async () => {
    const turns = turnsOf();
    let now = 0;
    let most = 0;
    const made: number[] = [];
    const unit = async (which: number) => {
      const turn = await begin(turns);
      for (let page = 0; page < 8; page++) {
        const call = await turn.enter('', signal);
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        made.push(which);
        call.over();
      }
      await turn.end();
    };
    await Promise.all(Array.from({ length: 4 }, (_, i) => unit(i)));
    await turns.close();
    expect([made.length, most]).toEqual([32, 2]);
    expect(await inLedger()).toBe(0);
    const { rows } = await db.pool.query<{ requests: string }>(`select requests from gate where source = 'greenhouse'`);
    expect(rows).toEqual([{ requests: '32' }]);
  });

  test('of one process are let go for another process that has none', async () => {
    policy = atOnce(1);
    const [one, other] = [turnsOf(), turnsOf()];
    let isOver = false;
    const greedy = async () => {
      const turn = await begin(one);
      while (!isOver) {
        const call = await turn.enter('', signal);
        await new Promise((resolve) => setTimeout(resolve, 2));
        call.over();
      }
      await turn.end();
    };
    const units = [greedy(), greedy()];
    try {
      await until(async () => (await inLedger()) > 0, { what: 'the first process reads' });
      const turn = await begin(other);
      (await turn.enter('', signal)).over();
      await turn.end();
    } finally {
      isOver = true;
      await Promise.all(units);
    }
  });

  test('that wait for one that is refused do not go: the source asked to be left alone', async () => {
    policy = atOnce(1);
    const turns = turnsOf();
    const first = await begin(turns);
    const call = await first.enter('', signal);
    const second = await begin(turns);
    // It is booked in the place of the call that is under way.
    const entered = second.enter('', signal);
    call.over(new FetchError('rate_limited', 'Greenhouse answered 429', { status: 429, retryAfterMs: 3_600_000 }));
    await expect(entered).rejects.toThrow(/asked to be left alone/);
    await Promise.all([first.end(), second.end()]);
    expect(await inLedger()).toBe(0);
  });
});
