/** Which way through lists or jobs is the shortest for a search. */
import type { Database } from '../../../shared/db/database.ts';
import { areShort, sizeAbout } from './lists.ts';
import type { JobSort } from './orders.ts';
import type { Plan } from './plan.ts';
import type { Sort } from './position.ts';
import { ENDS, PAGES } from './statements.ts';
import { textWay } from './text.ts';
import { type Node, printTsquery } from './tsquery.ts';
import { WALK_MAX } from './usual.ts';
import type { MadeFor } from './whole-page.ts';

type Db = Pick<Database, 'pool'>;

export interface Walk {
  /** What has a full page at once for most searches. */
  readonly quick?: MadeFor | undefined;
  /** It also knows when there are no more than it has; else `page` decides. */
  readonly isQuickAll?: boolean;
  readonly page: MadeFor;
  /** Where it was cut short, if it was and the page does not tell. */
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
  if (plan.lists === undefined && sort !== 'pay') return { page: PAGES.jobs[sort], end: undefined };
  // '' is the list of all whose pay can be compared.
  const lists = plan.lists ?? [''];
  values.lists = lists;
  const end = ENDS.lists[sort];
  const keysOf = text === undefined ? PAGES.listKeys[sort] : PAGES.textKeys[sort];
  const keys = lists.length > 1 ? () => keysOf(lists) : undefined;
  if (text !== undefined) return { page: PAGES.textLists[sort](lists), end, keys };
  const page = PAGES.lists[sort](lists);
  if (!plan.marksDecide) return { page, end, keys };
  const isShort = lists.length > 1 && (await areShort(db, lists, Number(values.walk ?? WALK_MAX)));
  return { quick: PAGES[isShort ? 'short' : 'marks'][sort], isQuickAll: true, page, end, keys };
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
  return { quick, page: PAGES.textWalk[sort], end: undefined };
}

async function isLong(db: Db, { lists }: Plan): Promise<boolean> {
  return lists === undefined || (await sizeAbout(db, lists)) > WALK_MAX;
}
