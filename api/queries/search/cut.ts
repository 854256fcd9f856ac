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
  if (long.length === 0) return undefined;
  const statement = ENDS.within[sort](isFrom ? ANY_FROM_THERE : ANY_FROM_START);
  const endAt = async (many: number, of: Lists) => {
    const given = valuesOf(statement, { ...values, ...toValues(sort, last), lists: of, walk: many });
    const [found] = await queryTexts(db.pool, statement, given);
    return found === undefined ? undefined : readEnd(sort, found);
  };
  if (isFrom) return endAt(walk, long);
  const known = await knownTo(db, sort, half);
  const doubtful = long.filter((list) => !known.isSafe(list, last));
  if (doubtful.length === 0) return undefined;
  if ((await endAt(half, doubtful)) !== undefined) return endAt(walk, doubtful);
  for (const list of doubtful) known.keep(list, last);
  return undefined;
}

/** Down to this place a list had less than half as many entries as a walk looks at, when it had these changes at least. */
interface Safe {
  readonly until: RowKey;
  readonly indexed: number;
}
const KEPT_MAX = 20_000;
const kept = new WeakMap<Database['pool'], Map<string, Safe>>();

/** A change of a job moves one entry of a list at most, so a quarter of a walk may be moved by what is known, and another by what is not yet. */
async function knownTo({ pool }: Db, sort: Sort, half: number) {
  const { noted, indexed } = await changesOf(pool);
  const places = kept.get(pool) ?? new Map<string, Safe>();
  if (places.size > KEPT_MAX) places.clear();
  kept.set(pool, places);
  const key = (list: string) => `${sort} ${half} ${list}`;
  return {
    isSafe(list: string, last: RowKey): boolean {
      const safe = places.get(key(list));
      return safe !== undefined && noted - safe.indexed <= half / 2 && !isAfter(sort, last, safe.until);
    },
    keep: (list: string, until: RowKey) => void places.set(key(list), { until, indexed }),
  };
}

interface Changes {
  /** Of jobs, since the tables were made. */
  readonly noted: number;
  /** So many of them are in the lists. */
  readonly indexed: number;
}
const CHANGES_KEPT_MS = 1000;
const keptChanges = new WeakMap<Database['pool'], { readonly at: number; readonly changes: Promise<Changes> }>();

function changesOf(pool: Database['pool']): Promise<Changes> {
  const known = keptChanges.get(pool);
  if (known !== undefined && performance.now() - known.at < CHANGES_KEPT_MS) return known.changes;
  const changes = readChanges(pool);
  keptChanges.set(pool, { at: performance.now(), changes });
  changes.catch(() => keptChanges.delete(pool));
  return changes;
}

/** The list of what is to be indexed is numbered. */
async function readChanges(pool: Database['pool']): Promise<Changes> {
  const { rows } = await pool.query<{ noted: string; next: string | null }>({
    name: 'search-changes',
    text: `select (select last_value from search_todo_id_seq)::text as noted, (select min(id) from search_todo)::text as next`,
  });
  const noted = Number(rows[0]?.noted);
  const next = rows[0]?.next ?? null;
  return { noted, indexed: next === null ? noted : Number(next) - 1 };
}
