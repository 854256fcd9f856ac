/** Which way through lists or jobs is the shortest for a search. */
import type { Database } from '../../../shared/db/database.ts';
import { queryTexts } from '../../../shared/db/text-query.ts';
import { keepSafe, longestAbout, safeUntil, sizeAbout, sizeNow } from './lists.ts';
import { isAfter, type JobSort, type RowKey, toValues } from './orders.ts';
import type { Plan } from './plan.ts';
import type { Sort } from './position.ts';
import { ANY_FROM_START, ANY_FROM_THERE } from './shape.ts';
import { valuesOf } from './statement.ts';
import { ENDS, PAGES } from './statements.ts';
import { textWay } from './text.ts';
import { type Node, printTsquery } from './tsquery.ts';
import { WALK_MAX } from './usual.ts';
import { type MadeFor, readEnd } from './whole-page.ts';

type Db = Pick<Database, 'pool'>;

export interface Walk {
  /** What has a full page at once for most searches. */
  readonly quick?: MadeFor | undefined;
  /** It also knows when there are no more than it has; else `page` decides. */
  readonly isQuickAll?: boolean;
  readonly page: MadeFor;
  /** Where it was cut short, if it was. */
  readonly end: MadeFor | undefined;
  /** `page` with the keys of its rows, where several lists are walked side by side. */
  readonly keys?: (() => MadeFor) | undefined;
}

/** Sets what the way needs in the plan's values. */
export async function walkOf(db: Db, plan: Plan, sort: Sort, limit: number): Promise<Walk> {
  const { values, text } = plan;
  if (text !== undefined) values.words = printTsquery(text);
  if (text !== undefined && sort !== 'pay' && (await isLong(db, plan))) {
    return walkOfText(db, plan, text, sort, limit);
  }
  if (plan.lists === undefined && sort !== 'pay') return { page: PAGES.jobs[sort], end: ENDS.jobs[sort] };
  // '' is the list of all whose pay can be compared.
  const lists = plan.lists ?? [''];
  values.lists = lists;
  const end = ENDS.lists[sort];
  const keysOf = text === undefined ? PAGES.listKeys[sort] : PAGES.textKeys[sort];
  const keys = lists.length > 1 ? () => keysOf(lists) : undefined;
  if (text !== undefined) return { page: PAGES.textLists[sort](lists), end, keys };
  const quick = plan.marksDecide ? PAGES.marks[sort] : undefined;
  return { quick, isQuickAll: true, page: PAGES.lists[sort](lists), end, keys };
}

async function walkOfText(db: Db, { values }: Plan, text: Node, sort: JobSort, limit: number): Promise<Walk> {
  const before = String(values.posted_at ?? 'infinity');
  const since = String(values.since ?? '-infinity');
  const { after, rest } = await textWay(db, text, { sort, limit, before, since });
  values.before = before;
  values.after = after;
  if (rest === 'newest') return { page: PAGES.textNewest, end: undefined };
  const quick = after === undefined ? undefined : PAGES.textNewest;
  if (rest === 'rows') return { quick, page: PAGES.textRows[sort], end: undefined };
  return { quick, page: PAGES.textWalk[sort], end: ENDS.jobs[sort] };
}

async function isLong(db: Db, { lists }: Plan): Promise<boolean> {
  return lists === undefined || (await sizeAbout(db, lists)) > WALK_MAX;
}

/** Lists that are shorter than a walk are never cut short. */
export async function mayBeCut(db: Db, { lists, values }: Plan): Promise<boolean> {
  return lists === undefined || (await sizeNow(db, lists)) > Number(values.walk ?? WALK_MAX);
}

/**
 * Where the first of several lists was cut short, if that was before the last row of a full page. What is known of lists is some
 * seconds old: in that time no list gets half as many entries as a walk looks at.
 */
export async function cutWithin(
  db: Db,
  { lists, values }: Plan,
  sort: Sort,
  last: RowKey,
  isFrom: boolean,
): Promise<RowKey | undefined> {
  if (lists === undefined) return undefined;
  const safe = safeUntil(db, sort, lists);
  if (safe !== undefined && !isAfter(sort, last, safe)) return undefined;
  const walk = Number(values.walk ?? WALK_MAX);
  const half = Math.ceil(walk / 2);
  if ((await longestAbout(db, lists)) < half) return undefined;
  const statement = ENDS.within[sort](isFrom ? ANY_FROM_THERE : ANY_FROM_START);
  const endAt = async (many: number) => {
    const given = valuesOf(statement, { ...values, ...toValues(sort, last), walk: many });
    const [found] = await queryTexts(db.pool, statement, given);
    return found === undefined ? undefined : readEnd(sort, found);
  };
  if (isFrom) return endAt(walk);
  if ((await endAt(half)) !== undefined) return endAt(walk);
  keepSafe(db, sort, lists, last);
  return undefined;
}
