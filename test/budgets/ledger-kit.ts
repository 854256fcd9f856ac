/** A ledger on a database of its own with a clock that the test moves. */
import { createBreakerStates } from '../../shared/db/budgets/breaker-state.ts';
import { createLedger, type Ledger, type Take, type Taken } from '../../shared/db/budgets/ledger.ts';
import type { SourcePolicy } from '../../shared/source-limits.ts';
import { testDatabase } from '../db.ts';

export const FREE: SourcePolicy = { source: { ms: null, burst: 1, calls: null }, host: null, ceilings: [] };
const BEGIN = Date.UTC(2026, 5, 1);

let calls = 0;

export async function testLedger() {
  const { db, url } = await testDatabase();
  const clock = { ms: BEGIN, after: (ms: number) => (clock.ms += ms) };
  let policy = FREE;
  const ledger = createLedger(db.pool, { policyOf: () => policy, now: () => new Date(clock.ms) });
  const breaker = createBreakerStates(db.pool, () => new Date(clock.ms));
  return {
    db,
    url,
    clock,
    ledger,
    breaker,
    /** From now on this holds; every row of before is forgotten. */
    async begin(more: Partial<SourcePolicy> = {}) {
      policy = { ...FREE, ...more };
      clock.ms = BEGIN;
      await db.pool.query('truncate gate, budget');
    },
    /** Another policy over what is spent already. */
    change: (more: Partial<SourcePolicy>) => {
      policy = { ...FREE, ...more };
    },
    take: (more: Partial<Take> = {}) => take(ledger, more),
  };
}

export function take(ledger: Ledger, more: Partial<Take> = {}): Promise<Taken> {
  const id = `call-${++calls}`;
  const one = { source: 'greenhouse', host: '', key: '', mode: 'inside', want: 1, least: 1, patienceMs: 0 } as const;
  return ledger.take({ ...one, id, ...more });
}
