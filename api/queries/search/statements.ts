/**
 * The SQL of the search. Entries are read in their index alone, marks sort out nearly all that does not fit, and only what is
 * left is looked up.
 */
import { IN_TEXT, jobFlags, listFlags, rowOfListed } from './conditions.ts';
import {
  entriesOf,
  entriesOfLists,
  forLists,
  inOthers,
  jobsOf,
  lastJobOf,
  lookedUp,
  page,
  rowsOf,
  walkOf,
} from './entries.ts';
import { desc, type JobSort, keysOf, ORDERS, toOf } from './orders.ts';
import type { Sort } from './position.ts';
import type { Shape } from './shape.ts';
import { textNewest, textRows, textWalk } from './text-statements.ts';
import { WALK_MAX } from './usual.ts';
import { endStatement, type MadeFor, pageStatement } from './whole-page.ts';

/** A page from posting lists that are walked side by side; a job that is in several comes once. */
const listWalk = (sort: Sort, name = 'lists', also = '', tells: 'last' | 'keys' = 'last') =>
  forLists((many) =>
    pageStatement(
      `${name}-${sort}-${many}`,
      sort,
      (shape) =>
        page(
          shape,
          keysOf(ORDERS[sort].entry),
          `from (${entriesOfLists(sort, shape, many)}) as e ${lookup(sort, shape, also)}`,
        ),
      tells,
    ),
  );
const lookup = (sort: Sort, shape: Shape, also: string) =>
  shape.has('also') && !shape.isAny
    ? `${inOthers(sort)} ${lookedUp('j.state, j.card', shape, also, 'o.job_id')}`
    : lookedUp('j.state, j.card', shape, also);
const listKeys = (sort: Sort) => listWalk(sort, 'keys', '', 'keys');
const textKeys = (sort: Sort) => listWalk(sort, 'listed-keys', IN_TEXT, 'keys');

/**
 * The same where marks alone decide: the first entries of all lists, so many as a page has rows, and their jobs. Where a row was
 * turned down and there may be others, it says so, and is not used.
 * @param of the entries of a list that are looked at
 */
const markWalk = (sort: Sort, name: string, of: (shape: Shape) => string, tells: 'last' | 'whole'): MadeFor => {
  const keys = keysOf(ORDERS[sort].entry);
  return pageStatement(
    `${name}-${sort}`,
    sort,
    (shape) =>
      page(
        shape,
        keys,
        `from (
        select distinct on (${keys.join(', ')}) m.*, t.term from unnest($lists::text[]) as t (term) cross join lateral (
          ${of(shape)} limit ${rowsOf(shape)}
        ) as m order by ${desc(keys)} limit ${rowsOf(shape)}
      ) as e left join job j on j.id = e.id and ${rowOfListed(shape)}`,
      ),
    tells,
  );
};
const markedOf = (sort: Sort) =>
  markWalk(
    sort,
    'marks',
    (shape) =>
      `select ${keysOf(ORDERS[sort].entry).join(', ')} from (${entriesOf(sort, shape)} limit ${walkOf(shape)}) as e where ${listFlags(shape)}`,
    'last',
  );
/** All entries, however many: for lists that were shorter than a walk some seconds ago. */
const markedOfShort = (sort: Sort) =>
  markWalk(sort, 'short', (shape) => entriesOf(sort, shape, 't.term', { marks: listFlags(shape) }), 'whole');

const jobWalk = (sort: JobSort) =>
  pageStatement(
    `jobs-${sort}`,
    sort,
    (shape) =>
      page(
        shape,
        keysOf(ORDERS[sort].job),
        `from (${jobsOf(sort, shape)} limit ${WALK_MAX}) as e ${lookedUp('j.state, j.card', shape)} where ${jobFlags(shape)}`,
      ),
    (shape) => lastJobOf(sort, shape),
  );

export const PAGES = {
  marks: { date: markedOf('date'), match: markedOf('match'), pay: markedOf('pay') },
  short: { date: markedOfShort('date'), match: markedOfShort('match'), pay: markedOfShort('pay') },
  lists: { date: listWalk('date'), match: listWalk('match'), pay: listWalk('pay') },
  jobs: { date: jobWalk('date'), match: jobWalk('match') },
  textLists: {
    date: listWalk('date', 'listed', IN_TEXT),
    match: listWalk('match', 'listed', IN_TEXT),
    pay: listWalk('pay', 'listed', IN_TEXT),
  },
  listKeys: { date: listKeys('date'), match: listKeys('match'), pay: listKeys('pay') },
  textKeys: { date: textKeys('date'), match: textKeys('match'), pay: textKeys('pay') },
  textWalk: { date: textWalk('date'), match: textWalk('match') },
  textRows: { date: textRows('date'), match: textRows('match') },
  textNewest: textNewest(),
} as const;

/** Where a walk that was cut short ended: where the first of its lists did. */
const endOfLists = (sort: Sort) =>
  endStatement(
    'lists',
    sort,
    desc(keysOf(ORDERS[sort].entry)),
    (shape) =>
      `select e.* from unnest($lists::text[]) as t (term) cross join lateral (${entriesOf(sort, shape)} offset ${walkOf(shape)} - 1 limit 1) as e`,
  );
/**
 * Where the first of the lists ended, if that is before the last row of a full page: the others went on alone from there. No
 * entry is read behind that row.
 */
const endWithinPage = (sort: Sort) => {
  const { entry } = ORDERS[sort];
  const before = `and (${entry.join(', ')}) > (${toOf(ORDERS[sort]).join(', ')})`;
  return endStatement(
    'within',
    sort,
    desc(keysOf(entry)),
    (shape) =>
      `select e.* from unnest($lists::text[]) as t (term) cross join lateral (${entriesOf(sort, shape, 't.term', { until: before })} offset ${walkOf(shape)} - 1 limit 1) as e`,
  );
};
export const ENDS = {
  lists: { date: endOfLists('date'), match: endOfLists('match'), pay: endOfLists('pay') },
  within: { date: endWithinPage('date'), match: endWithinPage('match'), pay: endWithinPage('pay') },
} as const;
