/**
 * What a source may be asked, as the ledger holds it: ceilings of the catalogue and of the operator, turned into a burst and an
 * even line after it. Pure.
 */
import { type Ceilings, PERIODS, type Period, type Rate, type SourceName, sourceInfo } from './sources.ts';

/** What `SOURCE_BUDGET_<NAME>` says; `null` lifts what the catalogue has. */
export type BudgetOverride = Readonly<Partial<Record<Period | 'pace' | 'calls', number | null>>>;

/** One ceiling: at most `ceiling` requests in any stretch of `period`, whenever it begins. */
export interface CeilingPolicy {
  readonly period: Period;
  readonly ceiling: number;
  /** Requests that may come at once after a time without any. */
  readonly burst: number;
  /** Between two requests when the burst is used up; null for a lifetime, which nothing brings back. */
  readonly ms: number | null;
}

export interface RatePolicy {
  /** Between two requests; null for no pace. */
  readonly ms: number | null;
  readonly burst: number;
  /** Requests under way at once; null for no bound. */
  readonly calls: number | null;
}

export interface SourcePolicy {
  readonly source: RatePolicy;
  /** Of each host; null where the source has only one. */
  readonly host: RatePolicy | null;
  readonly ceilings: readonly CeilingPolicy[];
}

const PERIOD_MS: Readonly<Record<Exclude<Period, 'lifetime'>, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 24 * 3_600_000,
  week: 7 * 24 * 3_600_000,
  month: 31 * 24 * 3_600_000,
};
/**
 * A request may reach the server a moment later than we let it go, which brings it nearer to the next one: the line is as much
 * slower as makes good for that.
 */
const LATE_MS = 2_000;
/**
 * Short windows are there for bursts: a source that allows 25 a minute expects some of them together. Not more than half, so that
 * a whole burst is there again within one window.
 */
const BURST_OF_SHORT = 0.5;
/** A tenth of a day's or a month's quota may go at once; the rest is spread evenly, so that the last day has some of it. */
const BURST_OF_LONG = 0.1;
/** Seconds of pace that may be made up for: a stalled process must not lose rate (docs/benchmarks.md). */
const PACE_BURST_SECONDS = 1;

/**
 * @param moved the operator gave the source another address: the catalogue speaks of the real one, so only the override holds
 * @param keys settings that are set, by name
 */
export function policyOf(
  source: SourceName,
  override: BudgetOverride = {},
  { moved = false, keys = {} }: { moved?: boolean; keys?: Readonly<Record<string, string>> } = {},
): SourcePolicy {
  const { limits, optionalKeys = [] } = sourceInfo(source);
  const hasOptional = optionalKeys.some((key) => (keys[key] ?? '') !== '');
  const published = (hasOptional ? limits.withOptionalKey : undefined) ?? limits.published ?? {};
  const ceilings: Ceilings = moved ? {} : tightest(published, limits.own ?? {});
  const rate: Rate = moved ? {} : limits;
  return {
    source: ratePolicy({
      pace: chosen(override.pace, rate.pace),
      calls: chosen(override.calls, rate.calls),
    }),
    host: moved || limits.perHost === undefined ? null : ratePolicy(limits.perHost),
    ceilings: PERIODS.flatMap((period) => {
      const ceiling = chosen(override[period], ceilings[period]);
      return ceiling === undefined ? [] : [ceilingPolicy(period, ceiling)];
    }),
  };
}

/** What holds for each source with the settings of this process; worked out once. */
export function configuredPolicies(config: {
  readonly sourceBudgets: Readonly<Partial<Record<SourceName, BudgetOverride>>>;
  readonly sourceUrls: Readonly<Partial<Record<SourceName, string>>>;
  readonly sourceKeys: Readonly<Record<string, string>>;
}): (source: SourceName) => SourcePolicy {
  const policies = new Map<SourceName, SourcePolicy>();
  return (source) => {
    const known = policies.get(source);
    if (known !== undefined) return known;
    const moved = config.sourceUrls[source] !== undefined;
    const policy = policyOf(source, config.sourceBudgets[source], { moved, keys: config.sourceKeys });
    policies.set(source, policy);
    return policy;
  };
}

/** True when nothing of it ever makes a request wait: only refusals of the source itself do then. */
export function isUnbounded({ source, host, ceilings }: SourcePolicy): boolean {
  return source.ms === null && source.calls === null && host === null && ceilings.length === 0;
}

export function ceilingPolicy(period: Period, ceiling: number): CeilingPolicy {
  if (period === 'lifetime') return { period, ceiling, burst: ceiling, ms: null };
  const share = period === 'minute' || period === 'hour' ? BURST_OF_SHORT : BURST_OF_LONG;
  const burst = Math.max(1, Math.floor(ceiling * share));
  // A burst and what follows it evenly are together never more than the ceiling, in whatever stretch they are counted.
  return { period, ceiling, burst, ms: Math.ceil((PERIOD_MS[period] + LATE_MS) / (ceiling - burst + 1)) };
}

function ratePolicy({ pace, burst, calls }: { readonly [Key in keyof Rate]: Rate[Key] | undefined }): RatePolicy {
  const ms = pace === undefined ? null : 1000 / pace;
  return { ms, burst: burst ?? Math.max(1, Math.ceil((pace ?? 0) * PACE_BURST_SECONDS)), calls: calls ?? null };
}

function chosen(override: number | null | undefined, own: number | undefined): number | undefined {
  return override === null ? undefined : (override ?? own);
}

function tightest(a: Ceilings, b: Ceilings): Ceilings {
  return Object.fromEntries(
    PERIODS.flatMap((period) => {
      const both = [a[period], b[period]].filter((ceiling) => ceiling !== undefined);
      return both.length === 0 ? [] : [[period, Math.min(...both)]];
    }),
  );
}

const OVERRIDE = /^(minute|hour|day|week|month|lifetime|pace|calls)\s*:\s*(off|\d+(?:\.\d+)?)$/;
const NUMBER_MAX = 1e9;

/**
 * Reads `day:250,month:2500,pace:2,calls:4`; `off` in place of a number lifts what the catalogue has.
 * @throws Error whose message says, as the end of a sentence, what is wrong with it
 */
export function parseOverride(text: string): BudgetOverride {
  const override: Partial<Record<Period | 'pace' | 'calls', number | null>> = {};
  for (const part of text.split(',')) {
    const [, name, value] = OVERRIDE.exec(part.trim()) ?? [];
    if (name === undefined || value === undefined) throw new Error(`has ${JSON.stringify(part.trim())} in it; ${FORM}`);
    const key = name as keyof typeof override;
    if (Object.hasOwn(override, key)) throw new Error(`names ${name} twice`);
    const number = value === 'off' ? null : Number(value);
    if (number !== null && (number <= 0 || number > NUMBER_MAX || (name !== 'pace' && !Number.isInteger(number))))
      throw new Error(
        `has ${name}:${value}; ${name === 'pace' ? 'a pace' : `"${name}"`} ${BOUNDS[name === 'pace' ? 0 : 1]}`,
      );
    override[key] = number;
  }
  return override;
}

const FORM =
  'must be like "day:250,month:2500,pace:2,calls:4", of minute, hour, day, week, month, lifetime, pace (requests a second) and calls (at once), each a number or off';
const BOUNDS = ['is more than 0 and at most 1000000000', 'is a whole number from 1 to 1000000000'] as const;
