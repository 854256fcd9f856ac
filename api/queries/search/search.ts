/** A page of jobs: plans, walks, and says what it looked for instead when nothing fits what was typed. */
import type { Database } from '../../../shared/db/database.ts';
import type { JobFilters, JobQuery } from '../../job-query.ts';
import { type Hidden, type Plan, planSearch } from './plan.ts';
import { encodePosition, type Position, type Sort, startOf } from './position.ts';
import { corrected } from './spelling.ts';
import { ENDS, PAGES, type Statement, valuesOf, WALK_MAX } from './statements.ts';
import { isRare } from './text.ts';
import { printTsquery } from './tsquery.ts';
import { itemsOf, joined, keysOf, type RowKey, type WholePage, wholePage } from './whole-page.ts';

export interface JobPage {
  /** JSON texts of the items with commas between: stored once, sent as they are, never parsed on the way; `itemsOf` has them one by one. */
  readonly items: string;
  readonly nextCursor: string | null;
  /** What was really looked for; `nextCursor` belongs to it. */
  readonly asked: JobFilters;
  /** Set when that is not what was typed. */
  readonly instead: Instead | undefined;
}

export interface Instead {
  /** `text`: no title has the words, so adverts were searched. `spelling`: no job has them, so like ones were. */
  readonly why: 'text' | 'spelling';
  readonly typed: string;
  readonly q: string;
}

type Db = Pick<Database, 'pool'>;

/** @param hidden what the reader does not want to see */
export async function searchJobs(db: Db, query: JobQuery, now: Date, hidden?: Hidden): Promise<JobPage> {
  const { limit, cursor, ...filters } = query;
  const found = await page(db, filters, now, limit, cursor, hidden);
  const typed = filters.q ?? '';
  if (found.items !== '' || cursor !== undefined || typed === '' || found.nextCursor !== null) {
    return { ...found, asked: filters, instead: undefined };
  }
  if (filters.in === undefined && filters.sort !== 'pay') {
    const asked: JobFilters = { ...filters, in: 'text' };
    const wider = await page(db, asked, now, limit, undefined, hidden);
    if (wider.items !== '') return { ...wider, asked, instead: { why: 'text', typed, q: typed } };
  }
  const q = await corrected(db, typed);
  if (q !== undefined) {
    const asked = { ...filters, q };
    const meant = await page(db, asked, now, limit, undefined, hidden);
    if (meant.items !== '') return { ...meant, asked, instead: { why: 'spelling', typed, q } };
  }
  return { ...found, asked: filters, instead: undefined };
}

type Page = Pick<JobPage, 'items' | 'nextCursor'>;

async function page(
  db: Db,
  filters: JobFilters,
  now: Date,
  limit: number,
  cursor: Position | undefined,
  hidden: Hidden | undefined,
): Promise<Page> {
  const plan = await planSearch(db, filters, now, hidden);
  if (plan.isEmpty) return { items: '', nextCursor: null };
  const sort = filters.sort ?? 'date';
  const from = cursor ?? startOf(sort);
  const values = { ...plan.values, ...valuesAt(from), limit: limit + 1 };
  const walk = await walkOf(db, plan, sort, limit);
  const read = async (by: Statement) =>
    (await ask<WholePage>(db, wholePage(by, sort), { ...values, ...walk.values }))[0];
  const quick = walk.quick === undefined ? undefined : await read(walk.quick);
  const found = quick !== undefined && quick.rows > limit ? quick : await read(walk.page);
  const items = found?.items ?? '';
  if (found !== undefined && found.rows > limit)
    return { items, nextCursor: cursorOf(sort, keysOf(found, sort)[limit - 1]) };
  // A walk that was cut short goes on behind where the first of its lists ended.
  if (walk.end === undefined) return { items, nextCursor: null };
  const [end] = await ask<RowKey>(db, walk.end, { ...values, ...walk.values });
  if (end === undefined) return { items, nextCursor: null };
  const keys = found === undefined ? [] : keysOf(found, sort);
  const before = itemsOf(items).filter((_, i) => !isAfter(sort, keys[i] ?? end, end));
  return { items: joined(before), nextCursor: cursorOf(sort, end) };
}

interface Walk {
  /** What has a full page at once for most searches; when it is not full, `page` decides. */
  readonly quick?: Statement | undefined;
  readonly page: Statement;
  readonly end: Statement | undefined;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Which way is the shortest. */
async function walkOf(db: Db, plan: Plan, sort: Sort, limit: number): Promise<Walk> {
  if (sort === 'pay') {
    // '' is the list of all whose pay can be compared.
    const lists = plan.lists ?? [''];
    const values = { lists, ...wordsOf(plan) };
    const quick = plan.marksDecide ? PAGES.marks.pay : undefined;
    if (plan.text === undefined)
      return { quick, page: PAGES.lists.pay(lists), end: endIf(plan, ENDS.lists.pay), values };
    return { page: PAGES.textLists.pay(lists), end: ENDS.lists.pay, values };
  }
  if (plan.text !== undefined) {
    const values = wordsOf(plan);
    if (plan.lists !== undefined && plan.entries <= WALK_MAX)
      return { page: PAGES.textLists[sort](plan.lists), end: undefined, values: { ...values, lists: plan.lists } };
    if (await isRare(db, plan.text, limit)) return { page: PAGES.textRows[sort], end: undefined, values };
    return { page: PAGES.textWalk[sort], end: ENDS.jobs[sort], values };
  }
  if (plan.lists === undefined) return { page: PAGES.jobs[sort], end: ENDS.jobs[sort], values: {} };
  const quick = plan.marksDecide ? PAGES.marks[sort] : undefined;
  return {
    quick,
    page: PAGES.lists[sort](plan.lists),
    end: endIf(plan, ENDS.lists[sort]),
    values: { lists: plan.lists },
  };
}

/** Lists that are shorter than a walk are never cut short; how long they were a moment ago may be a little too little. */
const endIf = ({ entries }: Plan, end: Statement) => (entries > WALK_MAX / 2 ? end : undefined);

const wordsOf = ({ text }: Plan) => (text === undefined ? {} : { words: printTsquery(text) });

async function ask<T extends object>(
  db: Db,
  statement: Statement,
  values: Readonly<Record<string, unknown>>,
): Promise<T[]> {
  const { rows } = await db.pool.query<T>({
    name: statement.name,
    text: statement.text,
    values: valuesOf(statement, values),
  });
  return rows;
}

function valuesAt({ postedAt, score, pay, id }: Position): Record<string, unknown> {
  return { posted_at: postedAt, score, pay_at: pay, id };
}

function cursorOf(sort: Sort, row: RowKey | undefined): string | null {
  if (row === undefined) return null;
  return encodePosition({
    ...startOf(sort),
    id: row.id,
    postedAt: row.posted_at ?? '',
    score: row.score ?? 0,
    pay: row.pay ?? 0,
  });
}

/** Whether a row comes behind the position in this order. */
function isAfter(sort: Sort, row: RowKey, end: RowKey): boolean {
  const key = (of: RowKey) =>
    sort === 'date' ? [of.posted_at] : sort === 'match' ? [of.score, of.posted_at] : [of.pay];
  const [a, b] = [key(row), key(end)];
  for (const [i, left] of a.entries()) {
    const right = b[i];
    if (left === undefined || right === undefined || left === right) continue;
    return left < right;
  }
  return BigInt(row.id) < BigInt(end.id);
}
