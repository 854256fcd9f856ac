/** Whether a walk was cut short, and where: what is behind that place is the next page's. */
import type { Database } from '../../../shared/db/database.ts';
import { queryTexts } from '../../../shared/db/text-query.ts';
import { type Lists, longerThan, sizeNow } from './lists.ts';
import { isAfter, type RowKey, toValues } from './orders.ts';
import type { Plan } from './plan.ts';
import type { Sort } from './position.ts';
import { ANY_FROM_START, ANY_FROM_THERE, type Shape } from './shape.ts';
import { type Values, valuesOf } from './statement.ts';
import { ENDS } from './statements.ts';
import { WALK_MAX } from './usual.ts';
import { type MadeFor, readEnd } from './whole-page.ts';

type Db = Pick<Database, 'pool'>;

/** Lists that are shorter than a walk are never cut short; without any, the one of all whose pay can be compared is walked. @param moved as of the page */
export async function mayBeCut(db: Db, { lists, values }: Plan, moved: number): Promise<boolean> {
  if (lists === undefined) return true;
  const size = await sizeNow(db, lists);
  return size.jobs + Math.abs(size.moved - moved) > Number(values.walk ?? WALK_MAX);
}

/** What a page ended with. */
interface Shown {
  /** How many jobs' entries had been brought up to date then. */
  readonly moved: number;
  /** Whether it began behind another page. */
  readonly isFrom: boolean;
  /** Of its statement, where the end has one of that shape too. */
  readonly shape?: Shape;
}

/** Where a page that is not full was cut short: where the first of its lists was. */
export function cutAt(
  db: Db,
  { values }: Plan,
  sort: Sort,
  made: MadeFor,
  shown: Shown & { readonly shape: Shape },
): Promise<RowKey | undefined> {
  return endAt(db, sort, made, values, shown, Number(values.walk ?? WALK_MAX));
}

/** Where the first of several lists was cut short, if that was before the last row of a full page. */
export async function cutWithin(
  db: Db,
  { lists, values }: Plan,
  sort: Sort,
  shown: Shown & { readonly last: RowKey },
): Promise<RowKey | undefined> {
  if (lists === undefined) return undefined;
  const { last, moved, isFrom } = shown;
  const walk = Number(values.walk ?? WALK_MAX);
  const long = await longerThan(db, lists, walk, moved);
  if (long.length === 0) return undefined;
  const ends = (many: number, of: Lists) =>
    endAt(db, sort, ENDS.within[sort], { ...values, ...toValues(sort, last), lists: of }, shown, many);
  if (isFrom) return ends(walk, long);
  const half = Math.ceil(walk / 2);
  const known = knownTo(db, sort, half, moved);
  const doubtful = long.filter((list) => !known.isSafe(list, last));
  if (doubtful.length === 0) return undefined;
  if ((await ends(half, doubtful)) !== undefined) return ends(walk, doubtful);
  for (const list of doubtful) known.keep(list, last);
  return undefined;
}

const TRIES = 4;

/**
 * The place of entry `many`. Since the page entries may have moved, one of a list for each job that was brought up to date: so many fewer are
 * counted, for a page that ends too soon loses nothing. Where they go on moving while that is asked, the page ends with the first entry.
 */
async function endAt(
  { pool }: Db,
  sort: Sort,
  made: MadeFor,
  values: Values,
  { moved, isFrom, shape }: Shown,
  many: number,
): Promise<RowKey | undefined> {
  const shared = isFrom ? ANY_FROM_THERE : ANY_FROM_START;
  let counted = many;
  for (let tries = 0; ; tries++) {
    const statement = made(tries === 0 ? (shape ?? shared) : shared);
    const [found = '\n0'] = await queryTexts(pool, statement, valuesOf(statement, { ...values, walk: counted }));
    const { end, moved: since } = readEnd(sort, found);
    const least = Math.max(1, many - Math.abs(since - moved));
    if (counted <= least) return end;
    counted = tries < TRIES ? least : 1;
  }
}

/** Down to this place a list had less than half as many entries as a walk looks at, when so many jobs had been brought up to date. */
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
