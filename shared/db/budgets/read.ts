/** What the ledger says of each source, for people and for metrics. */
import type { Pool } from 'pg';
import { isSourceName, PERIODS, type Period, SOURCE_NAMES, type SourceName } from '../../sources.ts';

export interface BudgetView {
  readonly period: Period;
  /** In any stretch of the period. */
  readonly ceiling: number;
  /** Booked in the period of the calendar (UTC) that is now; for a lifetime, in all. */
  readonly spent: number;
  /** As far as we know: the source may have told us of less. */
  readonly left: number;
}

export interface BreakerView {
  /** `half-open`: the next request finds out whether it may close. */
  readonly state: 'closed' | 'open' | 'half-open';
  readonly kind: 'failures' | 'key' | 'quota' | null;
  readonly since: Date | null;
  /** When it is tried out. */
  readonly until: Date | null;
  readonly reason: string | null;
  /** Hosts of the source that are not asked because of breakers of their own. */
  readonly openHosts: number;
}

export interface GateView {
  readonly source: SourceName;
  /** Of the key that was used last. */
  readonly budgets: readonly BudgetView[];
  readonly breaker: BreakerView;
  /** The source asked to be left alone until then. */
  readonly backOff: { readonly until: Date; readonly reason: string | null } | null;
}

/** One row for each source of the catalogue, in its order; what was never asked has nothing spent and a closed breaker. */
export async function readGates(db: { readonly pool: Pick<Pool, 'query'> }): Promise<GateView[]> {
  const { rows } = await db.pool.query<Row>({ name: 'gates', text: GATES });
  const known = new Map(rows.filter((row) => isSourceName(row.source)).map((row) => [row.source, row]));
  return SOURCE_NAMES.map((source) => {
    const row = known.get(source);
    return row === undefined ? { source, budgets: [], breaker: CLOSED, backOff: null } : viewOf(source, row);
  });
}

const CLOSED: BreakerView = { state: 'closed', kind: null, since: null, until: null, reason: null, openHosts: 0 };

/** Hosts whose breaker closed are most of the rows; the partial index has the others. */
const GATES = `
  select g.source, g.breaker = 'open' as "isOpen", g.breaker_until <= now() as "isDue", g.breaker_kind as kind,
    g.breaker_since::text as since, g.breaker_until::text as until, g.breaker_reason as reason,
    case when g.held_until > now() then g.held_until::text end as "heldUntil", g.held_for as "heldFor",
    (select count(*)::int from gate h where h.source = g.source and h.host <> '' and h.breaker = 'open') as "openHosts",
    coalesce((
      select jsonb_agg(jsonb_build_object('period', b.period, 'ceiling', b.ceiling, 'spent', s.spent,
        'left', greatest(0, least(b.ceiling - s.spent, case when b.server_resets_at > now() then b.server_left end))))
      from budget b, lateral (select case
        when b.period = 'lifetime' or b.window_at = date_trunc(b.period, now(), 'UTC') then b.spent else 0 end as spent) s
      where b.source = g.source and b.key_mark =
        (select key_mark from budget l where l.source = g.source order by asked_at desc limit 1)
    ), '[]')::text as budgets
  from gate g where g.host = ''`;

interface Row {
  readonly source: string;
  readonly isOpen: boolean;
  readonly isDue: boolean | null;
  readonly kind: BreakerView['kind'];
  readonly since: string | null;
  readonly until: string | null;
  readonly reason: string | null;
  readonly heldUntil: string | null;
  readonly heldFor: string | null;
  readonly openHosts: number;
  readonly budgets: string;
}

function viewOf(source: SourceName, row: Row): GateView {
  const { isOpen, isDue, kind, reason, openHosts } = row;
  const budgets: BudgetView[] = JSON.parse(row.budgets);
  return {
    source,
    budgets: budgets.toSorted((a, b) => PERIODS.indexOf(a.period) - PERIODS.indexOf(b.period)),
    breaker: isOpen
      ? {
          state: isDue === true ? 'half-open' : 'open',
          kind,
          since: dateOf(row.since),
          until: dateOf(row.until),
          reason,
          openHosts,
        }
      : { ...CLOSED, openHosts },
    backOff: row.heldUntil === null ? null : { until: new Date(row.heldUntil), reason: row.heldFor },
  };
}

function dateOf(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}
