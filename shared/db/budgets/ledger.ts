/**
 * What sources may still be asked, held by PostgreSQL for all workers of all hosts. A request is booked before it is sent: whoever
 * dies in between has spent too much of the ledger and never too much of the source. See docs/decisions/0009-budgets.md.
 */
import type { Pool } from 'pg';
import { gather } from '../../gather.ts';
import type { SourcePolicy } from '../../source-limits.ts';
import type { Period, SourceName } from '../../sources.ts';

/** Who is asked, and with which key. */
export interface Asked {
  readonly source: SourceName;
  /** The one host of a source with many; '' for the source as a whole. */
  readonly host: string;
  /** `keyMark` of the key that is used; '' without one. Never the key. */
  readonly key: string;
}

/**
 * - `first`: goes behind all who were told to come again.
 * - `again`: was told to come again, and came.
 * - `inside`: in the middle of a read, which should not end for want of one request.
 */
export type TakeMode = 'first' | 'again' | 'inside';

export interface Take extends Asked {
  /** This call, under a name that no other call has. */
  readonly id: string;
  readonly mode: TakeMode;
  /** Requests to book on the ceilings, and how few are still worth beginning with. 0: they were booked before. */
  readonly want: number;
  readonly least: number;
  /** How far away the moment of the call may be. */
  readonly patienceMs: number;
}

/**
 * Why a request must wait; `budget` has the period in `note`, the others a sentence or nothing. `robots` comes from no ledger: the
 * site of a page could not say whether it may be read.
 */
export type WaitReason = 'pace' | 'calls' | 'budget' | 'back-off' | 'breaker' | 'robots';
export type BreakerKind = 'failures' | 'key' | 'quota';

export type Taken =
  | {
      readonly ok: true;
      /** Requests that were booked. */
      readonly granted: number;
      /** Until the call may be made. Made more than a second later it may meet the next one: book again. */
      readonly waitMs: number;
      /** Hosts ('' the source) whose open breaker this call tries out. */
      readonly probes: readonly string[];
      /** For `refund`: by the ledger's clock, and exact to the microsecond. */
      readonly bookedAt: string;
    }
  | {
      readonly ok: false;
      /** When to come again; null: not before something changes. */
      readonly waitMs: number | null;
      readonly why: WaitReason;
      readonly note: string | null;
      readonly kind: BreakerKind | null;
    };

export interface Settled extends Asked {
  /** Calls that are over. */
  readonly ids: readonly string[];
  /** The server asked to be left alone for so long. */
  readonly hold?: { readonly ms: number; readonly why: string } | undefined;
  /** What the server says is left of a period that ends in so long. */
  readonly told?: { readonly period: Period; readonly left: number; readonly resetsMs: number } | undefined;
  /** Requests that were booked and not needed. */
  readonly refund?: { readonly count: number; readonly bookedAt: string } | undefined;
  /** Requests that were made without a booking, at a source without bounds. */
  readonly unbooked?: number | undefined;
  /** What a whole unit needed. */
  readonly unitRequests?: number | undefined;
}

export interface Ledger {
  take(take: Take): Promise<Taken>;
  settle(settled: Settled): Promise<void>;
  /** What the last unit of a source needed; undefined before the first one. Also makes the source's row. */
  readSource(source: SourceName): Promise<{ readonly salt: string; readonly unitRequests: number | undefined }>;
  /** This process waits for a call of the source and has none. */
  wantCall(source: SourceName): Promise<void>;
  /** Some process said so a moment ago. */
  isCallWanted(source: SourceName): Promise<boolean>;
}

export interface LedgerOptions {
  readonly policyOf: (source: SourceName) => SourcePolicy;
  /** Undefined: the database's own clock, which all hosts share. */
  readonly now?: (() => Date) | undefined;
  /** A call that is not over after so long is over: its worker died. */
  readonly leaseMs?: number;
}

/** Longer than a request may take with all its redirects (`worker/http/limits.ts`). */
const LEASE_MS = 75_000;
/** Of one source, in one statement; what waits longer goes with the next one. */
const TOGETHER_MAX = 50;
/** Whoever wants a call says so again sooner than this, as long as it has none. */
const WANTED_MS = 400;

export function createLedger(pool: Pick<Pool, 'query'>, options: LedgerOptions): Ledger {
  const { policyOf, now, leaseMs = LEASE_MS } = options;
  const at = () => now?.() ?? null;
  const policy = (source: SourceName) => JSON.stringify(policyOf(source));
  const streams = new Map<SourceName, Stream>();
  /** All of a source lock its row, so those of one process wait for each other here and not there. */
  const streamOf = (source: SourceName): Stream => {
    const known = streams.get(source) ?? {
      takes: gather(async (takes: readonly Take[]) => {
        const values = [at(), source, policy(source), leaseMs, JSON.stringify(takes)];
        const { rows } = await pool.query<TakenRow>({ name: 'gate-take', text: TAKE, values });
        const byId = new Map(rows.map((row) => [row.id, row]));
        return new Map(takes.flatMap((take) => [[take, byId.get(take.id)] as const]));
      }, TOGETHER_MAX),
      settlings: gather(async (settlings: readonly Settled[]) => {
        const values = [at(), source, policy(source), JSON.stringify(settlings.map(settledRow))];
        await pool.query({ name: 'gate-settle', text: SETTLE, values });
        return new Map();
      }, TOGETHER_MAX),
    };
    streams.set(source, known);
    return known;
  };
  return {
    take: async (take) => {
      const row = await streamOf(take.source).takes(take);
      if (row === undefined) throw new Error('the ledger answered without a row');
      const { granted, waitMs, why, note, kind, probes, bookedAt } = row;
      if (why !== null) return { ok: false, waitMs, why, note, kind };
      return { ok: true, granted, waitMs: waitMs ?? 0, probes, bookedAt };
    },
    settle: async (settled) => {
      if (!isNothing(settled)) await streamOf(settled.source).settlings(settled);
    },
    readSource: async (source) => {
      const { rows } = await pool.query<{ salt: string; unitRequests: number | null }>({
        name: 'gate-source',
        text: `with made as (insert into gate (source) values ($1) on conflict do nothing returning key_salt, unit_requests)
          select key_salt as salt, unit_requests as "unitRequests" from made
          union all select key_salt, unit_requests from gate where source = $1 and host = ''`,
        values: [source],
      });
      // Two that begin together may see neither: the second time the row is there.
      const row = rows[0] ?? (await createLedger(pool, options).readSource(source));
      return { salt: row.salt, unitRequests: row.unitRequests ?? undefined };
    },
    wantCall: async (source) => {
      await pool.query({
        name: 'gate-want',
        text: `update gate set calls_wanted_until = coalesce($2, clock_timestamp()) + $3 * interval '1 millisecond'
          where source = $1 and host = ''`,
        values: [source, at(), WANTED_MS],
      });
    },
    isCallWanted: async (source) => {
      const { rowCount } = await pool.query({
        name: 'gate-wanted',
        text: `select from gate where source = $1 and host = '' and calls_wanted_until > coalesce($2, clock_timestamp())`,
        values: [source, at()],
      });
      return rowCount === 1;
    },
  };
}

interface Stream {
  readonly takes: (take: Take) => Promise<TakenRow | undefined>;
  readonly settlings: (settled: Settled) => Promise<unknown>;
}

/** In their order, each as if it were alone. */
const TAKE = `
  select u.id, t.granted, t.wait_ms as "waitMs", t.why, t.note, t.kind, t.probes, t.booked_at::text as "bookedAt"
  from jsonb_to_recordset($5::jsonb) as u (host text, key text, id text, mode text, want integer, least integer, "patienceMs" float8)
    cross join lateral gate_take($1, $2, u.host, u.key, $3, u.id, u.mode, u.want, u.least, u."patienceMs", $4) t`;

const SETTLE = `
  select from jsonb_to_recordset($4::jsonb) as u (host text, key text, ids text[], hold_ms float8, hold_why text, period text,
      "left" integer, resets_ms float8, refund integer, refund_of timestamptz, unbooked integer, unit_requests integer)
    cross join lateral gate_settle($1, $2, u.host, u.key, u.ids, u.hold_ms, u.hold_why, u.period, u."left", u.resets_ms,
      u.refund, u.refund_of, $3, u.unbooked, u.unit_requests)`;

function settledRow({ host, key, ids, hold, told, refund, unbooked = 0, unitRequests }: Settled) {
  return {
    ...{ host, key, ids, unbooked, unit_requests: unitRequests },
    ...{ hold_ms: hold?.ms, hold_why: hold?.why.toWellFormed().replaceAll('\0', '\ufffd') },
    ...{ period: told?.period, left: told?.left, resets_ms: told?.resetsMs },
    ...{ refund: refund?.count ?? 0, refund_of: refund?.bookedAt },
  };
}

function isNothing({ ids, hold, told, refund, unbooked = 0, unitRequests }: Settled): boolean {
  const said = hold ?? told ?? refund ?? unitRequests;
  return ids.length === 0 && said === undefined && unbooked === 0;
}

interface TakenRow {
  readonly id: string;
  readonly granted: number;
  readonly waitMs: number | null;
  readonly why: WaitReason | null;
  readonly note: string | null;
  readonly kind: BreakerKind | null;
  readonly probes: string[];
  readonly bookedAt: string;
}
