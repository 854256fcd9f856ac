/** The catalogue of sources with what the database knows of each. */
import { sql } from 'kysely';
import { type GateView, readGates } from '../../shared/db/budgets/read.ts';
import type { Database } from '../../shared/db/database.ts';
import type { SourceState } from '../../shared/db/source-health/judge-source.ts';
import { missingKeys, type StoredState, shownState } from '../../shared/db/source-health/shown-state.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import type { ApiConfig } from '../services.ts';
import { NEVER, type NextCheck, readNextChecks } from './next-check.ts';
import { toIso } from './time.ts';

export interface SourceView {
  readonly name: SourceName;
  readonly label: string;
  readonly kind: 'search' | 'feed' | 'board';
  readonly homepage: string;
  readonly attribution: { readonly text: string; readonly url: string };
  /** Scans read it: it is among the settings' SOURCES and not switched off. */
  readonly enabled: boolean;
  /** A setting that it needs is not set. */
  readonly waitingForKey: boolean;
  /** Settings that are not set yet. */
  readonly missingKeys: readonly string[];
  /** Boards that scans read, of all that are known; a source without boards counts as one. */
  readonly boards: { readonly enabled: number; readonly total: number };
  readonly state: SourceState;
  /** Why, in one sentence. */
  readonly sentence: string;
  /** Since when it is in this state; null while nobody has written it down. */
  readonly since: string | null;
  /** When a read of one of its boards last came to its end without a doubt. */
  readonly lastCompleteAt: string | null;
  readonly freshness: Freshness;
  readonly nextCheck: NextCheck;
  /** What it may be asked, and was, in every period that has a bound; empty before it was ever asked. */
  readonly budgets: GateView['budgets'];
  readonly breaker: Breaker;
  /** It asked to be left alone until then; null while it did not. */
  readonly backOff: { readonly until: string | null; readonly reason: string | null } | null;
  readonly lastSuccessAt: string | null;
  readonly lastFound: number | null;
  readonly lastErrorAt: string | null;
  readonly lastErrorType: string | null;
  readonly lastError: string | null;
}

export interface Breaker extends Omit<GateView['breaker'], 'since' | 'until'> {
  readonly since: string | null;
  readonly until: string | null;
}

/** Of a source that is not read on purpose nothing is promised. */
export interface Freshness {
  /** The promise: nine of ten of its boards were read in health within so many hours. */
  readonly withinHours: number;
  /** Since when that holds; null when it never did. */
  readonly asOf: string | null;
  readonly isLate: boolean;
  /** Whole hours beyond the promise; null when it is not late, or was never read. */
  readonly lateByHours: number | null;
}

export async function listSources(
  db: Pick<Database, 'sql' | 'pool'>,
  config: Pick<ApiConfig, 'sources' | 'sourceKeys'>,
  now: Date,
): Promise<SourceView[]> {
  const { rows } = await sql<Row>`
    select coalesce(s.source, b.source) as source, coalesce(s.enabled, true) as enabled, s.last_success_at, s.last_found,
      s.last_error_type, s.last_error, s.last_error_at, coalesce(b.enabled, 0) as boards_enabled, coalesce(b.total, 0) as boards,
      s.state, s.sentence, s.since, s.fresh_as_of, b.last_complete_at, h.since as held_since, h.reason as held_for
    from source_state s full join (
      select source, count(*)::int as total, count(*) filter (where enabled)::int as enabled,
        max(last_healthy_at) as last_complete_at
      from board group by source
    ) b on b.source = s.source
    left join lateral (
      select since, reason from hold where target in (coalesce(s.source, b.source), '*') order by target desc limit 1
    ) h on true`.execute(db.sql);
  const gates = await readGates(db);
  const checks = await readNextChecks(db);
  return SOURCE_NAMES.map((name) =>
    toView(
      name,
      rows.find((row) => row.source === name),
      gates.find((gate) => gate.source === name),
      checks.get(name) ?? NEVER,
      config,
      now,
    ),
  );
}

function toView(
  name: SourceName,
  row: Row | undefined,
  gate: GateView | undefined,
  nextCheck: NextCheck,
  config: Pick<ApiConfig, 'sources' | 'sourceKeys'>,
  now: Date,
): SourceView {
  const { label, kind, homepage, attribution } = sourceInfo(name);
  const missing = missingKeys(name, config.sourceKeys);
  const { state, sentence, since } = shownState(name, row && storedState(row), config, row?.boards_enabled ?? 0);
  return {
    name,
    label,
    kind,
    homepage,
    attribution,
    enabled: (row?.enabled ?? true) && config.sources.includes(name),
    waitingForKey: missing.length > 0,
    missingKeys: missing,
    boards: { enabled: row?.boards_enabled ?? 0, total: row?.boards ?? 0 },
    state,
    sentence,
    since: toIso(since),
    lastCompleteAt: toIso(row?.last_complete_at ?? null),
    freshness: freshnessOf(name, state, toIso(row?.fresh_as_of ?? null), now),
    nextCheck,
    ...gateOf(gate),
    lastSuccessAt: toIso(row?.last_success_at ?? null),
    lastFound: row?.last_found ?? null,
    lastErrorAt: toIso(row?.last_error_at ?? null),
    lastErrorType: row?.last_error_type ?? null,
    lastError: row?.last_error ?? null,
  };
}

function gateOf(gate: GateView | undefined): Pick<SourceView, 'budgets' | 'breaker' | 'backOff'> {
  const iso = (time: Date | null | undefined) => time?.toISOString() ?? null;
  const { budgets = [], breaker, backOff } = gate ?? {};
  const { state = 'closed', kind = null, since, until, reason = null, openHosts = 0 } = breaker ?? {};
  return {
    budgets,
    breaker: { state, kind, since: iso(since), until: iso(until), reason, openHosts },
    backOff: backOff ? { until: iso(backOff.until), reason: backOff.reason } : null,
  };
}

const HOUR_MS = 3_600_000;

function freshnessOf(name: SourceName, state: SourceState, asOf: string | null, now: Date): Freshness {
  const { freshWithinHours: withinHours } = sourceInfo(name);
  const isPromised = state !== 'paused' && state !== 'waiting for key';
  const hours = asOf === null ? Number.POSITIVE_INFINITY : (now.getTime() - Date.parse(asOf)) / HOUR_MS;
  const isLate = isPromised && hours > withinHours;
  return { withinHours, asOf, isLate, lateByHours: isLate && asOf !== null ? Math.floor(hours - withinHours) : null };
}

function storedState(row: Row): StoredState {
  const time = (value: string | null) => (value === null ? null : new Date(toIso(value) ?? value));
  return { ...row, since: time(row.since), heldSince: time(row.held_since), heldFor: row.held_for };
}

interface Row {
  readonly state: string | null;
  readonly sentence: string | null;
  readonly since: string | null;
  readonly fresh_as_of: string | null;
  readonly last_complete_at: string | null;
  readonly held_since: string | null;
  readonly held_for: string | null;
  readonly source: string;
  readonly enabled: boolean;
  readonly last_success_at: string | null;
  readonly last_found: number | null;
  readonly last_error_type: string | null;
  readonly last_error: string | null;
  readonly last_error_at: string | null;
  readonly boards_enabled: number;
  readonly boards: number;
}
