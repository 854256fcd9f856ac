import type { Config } from '../shared/config.ts';
import { createBreakerStates } from '../shared/db/budgets/breaker-state.ts';
import { createLedger } from '../shared/db/budgets/ledger.ts';
import type { Database } from '../shared/db/database.ts';
import type { Log } from '../shared/log.ts';
import { configuredPolicies } from '../shared/source-limits.ts';
import { createBreakers } from './http/breakers.ts';
import { createTurns, type Turns } from './http/turn.ts';

/** The turns of this process's units, at the ledger that all processes share. */
export function openTurns(
  config: Pick<Config, 'sourceBudgets' | 'sourceUrls' | 'sourceKeys'>,
  db: Pick<Database, 'pool' | 'clock'>,
  log: Log,
): Turns {
  const policyOf = configuredPolicies(config);
  const states = createBreakerStates(db.pool, db.clock);
  return createTurns({
    ledger: createLedger(db.pool, { policyOf, now: db.clock }),
    states,
    breakers: createBreakers(states),
    policyOf,
    keys: config.sourceKeys,
    onError: (error) => log.warn({ err: error }, 'what a request came to was not written to the ledger'),
  });
}
