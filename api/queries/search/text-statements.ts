/** Pages of jobs whose whole advert has certain words. */
import { jobFlags, rowOf, textFlags, within } from './conditions.ts';
import { behind, jobsOf, lastJobOf, lookedUp, page } from './entries.ts';
import { desc, type JobSort, keyed, keysOf, ORDERS } from './orders.ts';
import type { Shape } from './shape.ts';
import { WALK_MAX } from './usual.ts';
import { pageStatement } from './whole-page.ts';

/**
 * Behind where the last page ended, the text before the row: hardly any job that is looked at has the words, and the marks say
 * most of the rest.
 */
export const textWalk = (sort: JobSort) =>
  pageStatement(
    `read-${sort}`,
    sort,
    (shape) =>
      page(
        shape,
        keysOf(ORDERS[sort].job),
        `from (${jobsOf(sort, shape)} limit ${WALK_MAX}) as e
      cross join lateral (select x.job_id from job_text x where x.job_id = e.id and x.words @@ $words::tsquery limit 1) as x
      cross join lateral (select j.state, j.card from job j where j.id = x.job_id and ${rowOf(shape)} limit 1) as j
      where ${jobFlags(shape)}`,
      ),
    (shape) => lastJobOf(sort, shape),
  );

/**
 * `offset 0`: what is behind it is looked at afterwards, or the planner would read the index by date instead of that of words, or
 * all of it besides.
 */
const textPage = (sort: JobSort, name: string, among = '') => {
  const { entry, from } = ORDERS[sort];
  const keys = keysOf(entry);
  const rows = (shape: Shape) =>
    page(
      shape,
      keys,
      `from (select * from (
          select ${keyed(entry)}, posted_at, flags from job_text where words @@ $words::tsquery ${among} offset 0
        ) as e where ${textFlags(shape)} ${behind(shape, keys, from)} ${sort === 'date' ? within(shape) : ''}
        order by ${desc(keys)}) as e ${lookedUp('j.state, j.card', shape)}`,
    );
  return pageStatement(`${name}-${sort}`, sort, rows, 'whole');
};

/** Where few have them: all of them, sorted. */
export const textRows = (sort: JobSort) => textPage(sort, 'text');

/** Those of them since `after`. With both ends of the time the planner lets both indexes say which rows there are before it reads one. */
export const textNewest = () =>
  textPage('date', 'newest', 'and posted_at >= $after::timestamptz and posted_at <= $before::timestamptz');
