import type { Pool } from 'pg';
import type { GateStats } from '../../metrics/budget.ts';
import { readGates } from './read.ts';

/** The same rows as the sources' page shows, as the metrics want them. */
export async function readGateStats(db: { readonly pool: Pick<Pool, 'query'> }): Promise<GateStats> {
  const gates = await readGates(db);
  return {
    budgets: gates.flatMap(({ source, budgets }) =>
      budgets.map(({ period, ceiling, spent }) => ({ source, period, ceiling, spent })),
    ),
    breakers: gates.map(({ source, breaker }) => ({
      source,
      isOpen: breaker.state !== 'closed',
      openHosts: breaker.openHosts,
    })),
  };
}
