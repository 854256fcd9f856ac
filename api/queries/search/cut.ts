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

/** What a full page ended with. */
interface Shown {
  readonly last: RowKey;
  /** How many jobs' entries had been brought up to date then. */
  readonly moved: number;
  /** Whether it began behind another page. */
  readonly isFrom: boolean;
}

/** Where the first of several lists was cut short, if that was before the last row of a full page. */
export async function cutWithin(
  db: Db,
  { lists, values }: Plan,
  sort: Sort,
  { last, moved, isFrom }: Shown,
): Promise<RowKey | undefined> {
  if (lists === undefined) return undefined;
  const walk = Number(values.walk ?? WALK_MAX);
  const long = await longerThan(db, lists, walk, moved);
  if (long.length === 0) return undefined;
  const statement = ENDS.within[sort](isFrom ? ANY_FROM_THERE : ANY_FROM_START);
  const endAt = async (many: number, of: Lists) => {
    const given = valuesOf(statement, { ...values, ...toValues(sort, last), lists: of, walk: many });
    const [found] = await queryTexts(db.pool, statement, given);
    return found === undefined ? undefined : readEnd(sort, found);
  };
  if (isFrom) return endAt(walk, long);
  const half = Math.ceil(walk / 2);
  const known = knownTo(db, sort, half, moved);
  const doubtful = long.filter((list) => !known.isSafe(list, last));
  if (doubtful.length === 0) return undefined;
  if ((await endAt(half, doubtful)) !== undefined) return endAt(walk, doubtful);
  for (const list of doubtful) known.keep(list, last);
  return undefined;
}

/** Down to this place a list had less than half as many entries as a walk looks at, when so many had been brought up to date or more. */
interface Safe {
  readonly until: RowKey;
  readonly moved: number;
}
const KEPT_MAX = 20_000;
const kept = new WeakMap<Database['pool'], Map<string, Safe>>();

/** A job that is brought up to date moves one entry of a list at most. @param moved as of the page that is asked about */
function knownTo({ pool }: Db, sort: Sort, half: number, moved: number) {
  const places = kept.get(pool) ?? new Map<string, Safe>();
  if (places.size > KEPT_MAX) places.clear();
  kept.set(pool, places);
  const key = (list: string) => `${sort} ${half} ${list}`;
  return {
    isSafe(list: string, last: RowKey): boolean {
      const safe = places.get(key(list));
      return safe !== undefined && Math.abs(moved - safe.moved) < half && !isAfter(sort, last, safe.until);
    },
    keep: (list: string, until: RowKey) => void places.set(key(list), { until, moved }),
  };
}
