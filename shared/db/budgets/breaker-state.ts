/** The one breaker of a source or host that all workers share: opened by whoever sees why, tried out by one of them at a time. */
import type { Pool } from 'pg';
import type { BreakerKind } from './ledger.ts';

export interface BreakerPlace {
  readonly source: string;
  /** '' for the source as a whole. */
  readonly host: string;
}

export interface Opened {
  readonly kind: BreakerKind;
  /** One sentence for people. */
  readonly reason: string;
  /** How many times it opened in a row. */
  readonly times: number;
  /** Until one request may try it out. */
  readonly ms: number;
  /** The key that it is open for; undefined: for everybody. */
  readonly key?: string | undefined;
}

export interface BreakerStates {
  open(place: BreakerPlace, opened: Opened): Promise<void>;
  close(place: BreakerPlace): Promise<void>;
  /** How many times in a row it has opened, for the one that tries it out. */
  times(place: BreakerPlace): Promise<number>;
}

/** @param now undefined: the database's clock */
export function createBreakerStates(pool: Pick<Pool, 'query'>, now?: () => Date): BreakerStates {
  const at = () => now?.() ?? null;
  return {
    open: async ({ source, host }, { kind, reason, times, ms, key }) => {
      // Whoever saw the same a moment later does not begin anew: what is open stays open for the longest that was asked.
      await pool.query({
        name: 'breaker-open',
        text: `insert into gate (source, host, breaker, breaker_kind, breaker_since, breaker_until, breaker_times, breaker_reason, breaker_key)
          values ($1, $2, 'open', $3, coalesce($4, clock_timestamp()),
            coalesce($4, clock_timestamp()) + $5 * interval '1 millisecond', $6, $7, $8)
          on conflict (source, host) do update set
            breaker = 'open', breaker_kind = excluded.breaker_kind, breaker_reason = excluded.breaker_reason,
            breaker_key = excluded.breaker_key, breaker_times = excluded.breaker_times,
            breaker_since = case when gate.breaker = 'open' then gate.breaker_since else excluded.breaker_since end,
            breaker_until = greatest(gate.breaker_until, excluded.breaker_until), probe_id = null, probe_until = null`,
        values: [source, host, kind, at(), ms, times, reason, key ?? null],
      });
    },
    close: async ({ source, host }) => {
      await pool.query({
        name: 'breaker-close',
        text: `update gate set breaker = 'closed', breaker_kind = null, breaker_since = null, breaker_until = null,
            breaker_times = 0, breaker_reason = null, breaker_key = null, probe_id = null, probe_until = null
          where source = $1 and host = $2 and breaker = 'open'`,
        values: [source, host],
      });
    },
    times: async ({ source, host }) => {
      const { rows } = await pool.query<{ times: number }>({
        name: 'breaker-times',
        text: 'select breaker_times as times from gate where source = $1 and host = $2',
        values: [source, host],
      });
      return rows[0]?.times ?? 0;
    },
  };
}
