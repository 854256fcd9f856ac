/** Whether a walk was cut short, and where: what is behind that place is the next page's. */
import type { Database } from '../../../shared/db/database.ts';
import { queryTexts } from '../../../shared/db/text-query.ts';
import { type Lists, longerThan, sizeNow } from './lists.ts';
import { isAfter, type RowKey, toValues } from './orders.ts';
import type { Plan } from './plan.ts';
import type { Sort } from './position.ts';
import { ANY_FROM_START, ANY_FROM_THERE } from './shape.ts';
import { valuesOf } from './statement.ts';
import { ENDS } from './statements.ts';
import { WALK_MAX } from './usual.ts';
import { readEnd } from './whole-page.ts';

type Db = Pick<Database, 'pool'>;

/** Lists that are shorter than a walk are never cut short. */
export async function mayBeCut(db: Db, { lists, values }: Plan): Promise<boolean> {
  return lists === undefined || (await sizeNow(db, lists)) > Number(values.walk ?? WALK_MAX);
}

/** Where the first of several lists was cut short, if that was before the last row of a full page. */
export async function cutWithin(
  db: Db,
  { lists, values }: Plan,
  sort: Sort,
  last: RowKey,
  isFrom: boolean,
): Promise<RowKey | undefined> {
  if (lists === undefined) return undefined;
  const walk = Number(values.walk ?? WALK_MAX);
  const half = Math.ceil(walk / 2);
  const long = await longerThan(db, lists, half);
  if (long.size === 0) return undefined;
  const statement = ENDS.within[sort](isFrom ? ANY_FROM_THERE : ANY_FROM_START);
  const endAt = async (many: number, of: Lists) => {
    const given = valuesOf(statement, { ...values, ...toValues(sort, last), lists: of, walk: many });
    const [found] = await queryTexts(db.pool, statement, given);
    return found === undefined ? undefined : readEnd(sort, found);
  };
  if (isFrom) return endAt(walk, [...long.keys()]);
  const known = knownTo(db, sort, half);
  const doubtful = [...long].filter(([list, size]) => !known.isSafe(list, size, last));
  if (doubtful.length === 0) return undefined;
  const asked = doubtful.map(([list]) => list);
  if ((await endAt(half, asked)) !== undefined) return endAt(walk, asked);
  for (const [list, size] of doubtful) known.keep(list, size, last);
  return undefined;
}

/** Down to this place a list had less than half as many entries as a walk looks at, when it had `size` in all. */
interface Safe {
  readonly until: RowKey;
  readonly size: number;
  readonly at: number;
}
/**
 * Sizes are some seconds old, and so long no list gets a quarter of a walk; what it got since then they tell. That takes jobs that went for
 * jobs that never came, so nothing is kept for longer than many could go.
 */
const SAFE_MS = 600_000;
const KEPT_MAX = 20_000;
const kept = new WeakMap<Database['pool'], Map<string, Safe>>();

function knownTo({ pool }: Db, sort: Sort, half: number) {
  const places = kept.get(pool) ?? new Map<string, Safe>();
  if (places.size > KEPT_MAX) places.clear();
  kept.set(pool, places);
  const key = (list: string) => `${sort} ${half} ${list}`;
  const now = performance.now();
  return {
    isSafe(list: string, size: number, last: RowKey): boolean {
      const safe = places.get(key(list));
      if (safe === undefined || now - safe.at > SAFE_MS || size - safe.size > half / 2) return false;
      return !isAfter(sort, last, safe.until);
    },
    keep: (list: string, size: number, until: RowKey) => void places.set(key(list), { until, size, at: now }),
  };
}
