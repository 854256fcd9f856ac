/**
 * How much each person, API key or address may ask in a minute, counted over all processes where the queue lives. A process takes
 * its requests from the store in portions, so that most of them cost no round trip; what is left of a portion at the end of the
 * minute is lost, a thirtieth of the allowance for each process at the most.
 */
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from '../shared/db/database.ts';

/** What an allowance is for. */
export const SECONDS = 60;
/** Portions that an allowance is taken in. */
const PORTIONS = 30;
/** Whoever this process remembers portions of; the oldest is forgotten first, and its portion with it. */
const PURSES_MAX = 20_000;

/** Which allowance a request is taken from. */
export type Allowance = 'read' | 'write' | 'scan' | 'none';
export type AllowanceName = Exclude<Allowance, 'none'>;
/** Requests in a minute; undefined for no limit. */
export type PerMinute = Readonly<Record<AllowanceName, number | undefined>>;

export interface Taken {
  readonly limit: number;
  readonly remaining: number;
  /** Until the allowance is whole again. */
  readonly seconds: number;
  readonly isOver: boolean;
}

export interface Allowances {
  /** @returns undefined where nothing is counted */
  take(name: AllowanceName, who: string): Promise<Taken | undefined>;
  /** The same without waiting; undefined, and nothing is taken, unless a part of a portion is at hand. */
  takeAtHand(name: AllowanceName, who: string): Taken | 'unlimited' | undefined;
}

/** Where the counts are: a client of ioredis, or the pool of the database. */
export type CountStore = { readonly redis: unknown } | { readonly pool: Database['pool'] };

interface Purse {
  left: number;
  /** Not in any purse yet. */
  readonly elsewhere: number;
  readonly endsAt: number;
  readonly isOver: boolean;
}

export function createAllowances(store: CountStore, perMinute: PerMinute): Allowances {
  const purses = new Map<string, Purse>();
  const filling = new Map<string, Promise<Purse>>();
  const counters = new Map(
    Object.entries(perMinute).flatMap(([name, points]) =>
      points === undefined ? [] : [[name, { points, counter: counterOf(store, name, points) }] as const],
    ),
  );
  /** What can be taken from now, or says that there is nothing. */
  const purseOf = (key: string): Purse | undefined => {
    const purse = purses.get(key);
    return purse === undefined || purse.endsAt <= Date.now() || (purse.left === 0 && !purse.isOver) ? undefined : purse;
  };
  /** Whoever asks meanwhile takes from the same portion: a page that asks ten things at once must not use ten of them up. */
  const filled = (key: string, make: () => Promise<Purse>): Promise<Purse> => {
    const begun = filling.get(key);
    if (begun !== undefined) return begun;
    const purse = make()
      .then((fresh) => {
        purses.delete(key);
        purses.set(key, fresh);
        const [oldest] = purses.keys();
        if (purses.size > PURSES_MAX && oldest !== undefined) purses.delete(oldest);
        return fresh;
      })
      .finally(() => filling.delete(key));
    filling.set(key, purse);
    return purse;
  };
  return {
    take: async (name, who) => {
      const found = counters.get(name);
      if (found === undefined) return undefined;
      const key = `${name}:${who}`;
      let purse = purseOf(key);
      // Others who waited may have emptied it; each time round somebody was answered.
      while (purse === undefined) {
        const fresh = await filled(key, () => fill(found.counter, found.points, who));
        purse = fresh.left > 0 || fresh.isOver ? fresh : purseOf(key);
      }
      return takeFrom(purse, found.points);
    },
    takeAtHand: (name, who) => {
      const found = counters.get(name);
      if (found === undefined) return 'unlimited';
      const purse = purseOf(`${name}:${who}`);
      return purse === undefined || purse.isOver ? undefined : takeFrom(purse, found.points);
    },
  };
}

function takeFrom(purse: Purse, limit: number): Taken {
  if (!purse.isOver) purse.left -= 1;
  const seconds = Math.max(1, Math.ceil((purse.endsAt - Date.now()) / 1000));
  return { limit, remaining: purse.left + purse.elsewhere, seconds, isOver: purse.isOver };
}

type Counter = RateLimiterPostgres | RateLimiterRedis;

async function fill(counter: Counter, points: number, who: string): Promise<Purse> {
  const portion = Math.max(1, Math.floor(points / PORTIONS));
  const taken = await counter.consume(who, portion).catch((reason: unknown) => {
    if (reason instanceof RateLimiterRes) return reason;
    throw reason;
  });
  const endsAt = Date.now() + Math.max(1, taken.msBeforeNext);
  if (taken.consumedPoints > points) return { left: 0, elsewhere: 0, endsAt, isOver: true };
  return { left: portion, elsewhere: taken.remainingPoints, endsAt, isOver: false };
}

/** While the store is away each process counts for itself: a limit that is too wide for a while beats an API that is away too. */
function counterOf(store: CountStore, name: string, points: number): Counter {
  const keyPrefix = `{jobscout}:rate:${name}`;
  const options = { keyPrefix, points, duration: SECONDS };
  const insured = { ...options, insuranceLimiter: new RateLimiterMemory(options) };
  if ('redis' in store)
    return new RateLimiterRedis({ ...insured, storeClient: store.redis, rejectIfRedisNotReady: true });
  return new RateLimiterPostgres({
    ...insured,
    storeClient: store.pool,
    storeType: 'pool',
    tableName: 'rate_limit',
    tableCreated: true,
  });
}
