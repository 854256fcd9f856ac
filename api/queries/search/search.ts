/** A page of jobs: plans, walks, and says what it looked for instead when nothing fits what was typed. */
import type { Database } from '../../../shared/db/database.ts';
import { queryTexts } from '../../../shared/db/text-query.ts';
import type { JobFilters, JobQuery } from '../../job-query.ts';
import { cutAt, cutWithin, mayBeCut } from './cut.ts';
import { isAfter, positionAt, type RowKey, setFrom } from './orders.ts';
import { type Hidden, planSearch } from './plan.ts';
import { encodePosition, type Position, type Sort } from './position.ts';
import { ANY_FROM_START, ANY_FROM_THERE, shapeOf } from './shape.ts';
import { corrected } from './spelling.ts';
import { type Statement, type Values, valuesOf } from './statement.ts';
import { ROWS_USUAL } from './usual.ts';
import { walkOf } from './walk.ts';
import { itemsOf, joined, type MadeFor, readPage, type WholePage } from './whole-page.ts';

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
    return { items: found.items, nextCursor: found.nextCursor, asked: filters, instead: undefined };
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
  const { values } = plan;
  const isFrom = cursor !== undefined;
  if (cursor !== undefined) setFrom(values, cursor);
  if (limit + 1 !== ROWS_USUAL) values.limit = limit + 1;
  const shape = shapeOf(values);
  const walk = await walkOf(db, plan, sort, limit);
  const read = async (by: MadeFor) => readPage(sort, (await ask(db, by(shape), values))[0] ?? '?');
  const quick = walk.quick === undefined ? undefined : await read(walk.quick);
  const isRight = quick?.last !== undefined || walk.isQuickAll === true;
  const { items, last, moved, keys } = (isRight ? quick : undefined) ?? (await read(walk.page)) ?? NOTHING;
  if (moved === undefined) return { items, nextCursor: last === undefined ? null : cursorAt(sort, last) };
  if (last !== undefined) {
    const shown = { last, moved, isFrom };
    const end = walk.keys === undefined ? undefined : await cutWithin(db, plan, sort, shown);
    if (walk.keys === undefined || end === undefined) return { items, nextCursor: cursorAt(sort, last) };
    // Seldom asked: made for every search, so that those that are asked often have statements of their own.
    const statement = walk.keys()(isFrom ? ANY_FROM_THERE : ANY_FROM_START);
    const whole = readPage(sort, (await ask(db, statement, values))[0] ?? '?') ?? NOTHING;
    // An entry that came in meanwhile has ended the list sooner, one that went later.
    const again = (await cutWithin(db, plan, sort, shown)) ?? end;
    return pageUntil(sort, whole, isAfter(sort, again, end) ? end : again, limit);
  }
  if (walk.end === undefined || !(await mayBeCut(db, plan, moved))) return { items, nextCursor: null };
  // A walk that was cut short goes on behind where the first of its lists ended.
  const end = await cutAt(db, plan, sort, walk.end, { moved, isFrom, shape });
  if (end === undefined) return { items, nextCursor: null };
  return pageUntil(sort, { items, keys }, end, limit);
}

/** What of a page is before the end of a list; entries that came in meanwhile may fill it before that. */
function pageUntil(sort: Sort, { items, keys }: Pick<WholePage, 'items' | 'keys'>, end: RowKey, limit: number): Page {
  const shown = itemsOf(items).filter((_, i) => i < limit && !isAfter(sort, keys[i] ?? end, end));
  const at = shown.length === limit && keys.length > limit ? keys[limit - 1] : undefined;
  return { items: joined(shown), nextCursor: cursorAt(sort, at ?? end) };
}

const NOTHING: WholePage = { items: '', last: undefined, moved: 0, keys: [] };

const cursorAt = (sort: Sort, key: RowKey) => encodePosition(positionAt(sort, key));

const ask = ({ pool }: Db, statement: Statement, values: Values) =>
  queryTexts(pool, statement, valuesOf(statement, values));
