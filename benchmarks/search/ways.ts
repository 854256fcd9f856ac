/** The product's search, and the same of the usual design: a wide table, GIN over a tsvector, an index by date. */
import type pg from 'pg';
import { type JobPage, searchJobs } from '../../api/queries/search/search.ts';
import type { Database } from '../../shared/db/database.ts';
import type { Asked } from './queries.ts';

const PAGE = 20;

export const ours =
  (db: Database) =>
  ({ query }: Pick<Asked, 'query'>): Promise<JobPage> =>
    searchJobs(db, query, new Date());

const COLUMNS = 'select id, title, company, source, work_mode, posted_at, pay from wide_job where is_open';
const MATCHES = "words @@ to_tsquery('simple', $1)";
const BY_DATE = `order by posted_at desc, id desc limit ${PAGE}`;
const REMOTE = "and work_mode = 'remote'";

export const wideByDate = (client: pg.Client, { words, remoteOnly }: Asked) =>
  client.query<{ id: string }>({
    name: `wide-date-${remoteOnly}`,
    text: `${COLUMNS} and ${MATCHES} ${remoteOnly ? REMOTE : ''} ${BY_DATE}`,
    values: [words],
  });

/** What costs little is said first: the planner takes all conditions for equally dear, and looks in the order in which they stand. */
export const wideByDateCheapFirst = (client: pg.Client, { words, remoteOnly }: Asked) =>
  client.query<{ id: string }>({
    name: `wide-cheap-${remoteOnly}`,
    text: `${COLUMNS} ${remoteOnly ? REMOTE : ''} and ${MATCHES} ${BY_DATE}`,
    values: [words],
  });

/** The product's own tables, as one would ask them who leaves the way to the planner. */
export const plainByDate = (client: pg.Client, { words, remoteOnly }: Asked) =>
  client.query({
    name: `plain-date-${remoteOnly}`,
    text: `select j.id, j.state, j.card from job j join job_text x on x.job_id = j.id
      where j.state = 'open' ${remoteOnly ? "and j.work_mode = 'remote'" : ''} and x.words @@ to_tsquery('simple', $1)
      order by j.posted_at desc, j.id desc limit ${PAGE}`,
    values: [words],
  });

export const wideByRank = (client: pg.Client, { words }: Asked) =>
  client.query({
    name: 'wide-rank',
    text: `${COLUMNS} and ${MATCHES} order by ts_rank(words, to_tsquery('simple', $1)) desc, posted_at desc, id desc limit ${PAGE}`,
    values: [words],
  });
