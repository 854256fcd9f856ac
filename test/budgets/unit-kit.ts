/** Units whose source may be asked only so much: the real unit, door and ledger, over a source on loopback. */
import { createBreakerStates } from '../../shared/db/budgets/breaker-state.ts';
import { createLedger } from '../../shared/db/budgets/ledger.ts';
import type { SourcePolicy } from '../../shared/source-limits.ts';
import type { SourceName } from '../../shared/sources.ts';
import { createBreakers } from '../../worker/http/breakers.ts';
import { createTurns } from '../../worker/http/turn.ts';
import type { Means } from '../../worker/unit.ts';
import { atEnd } from '../at-end.ts';
import { testDatabase } from '../db.ts';
import { means, testSource } from '../worker/unit-kit.ts';
import { FREE } from './ledger-kit.ts';

export async function budgetWorld() {
  const { db } = await testDatabase();
  const source = await testSource();
  const states = createBreakerStates(db.pool);
  const reachable = {
    query: (question: object) =>
      world.isLedgerAway
        ? Promise.reject(new Error('Connection terminated unexpectedly'))
        : db.pool.query(question as never),
  } as unknown as typeof db.pool;
  const policyOf = (name: SourceName) => world.policies[name] ?? FREE;
  const turns = createTurns({
    ledger: createLedger(reachable, { policyOf }),
    states,
    breakers: createBreakers(states),
    policyOf,
    get keys() {
      return world.keys;
    },
    onError: () => undefined,
  });
  atEnd(() => turns.close());
  const world = {
    source,
    turns,
    m: { ...means(db, source), turns } satisfies Means,
    /** Sources that are not named here may be asked as much as anybody likes. */
    policies: {} as Partial<Record<SourceName, SourcePolicy>>,
    keys: {} as Record<string, string>,
    isLedgerAway: false,
    /** From here on nothing was asked yet. */
    async begin(): Promise<void> {
      world.policies = {};
      world.keys = {};
      world.isLedgerAway = false;
      source.boards.clear();
      source.requests.length = 0;
      await db.pool.query('truncate gate, budget, scan, board, source_state cascade');
    },
    /** The source's row of the ledger; `host` for one of its hosts. */
    gate: async (name: SourceName, host = '') =>
      (await db.sql.selectFrom('gate').where('source', '=', name).where('host', '=', host).selectAll().execute())[0],
  };
  return world;
}
