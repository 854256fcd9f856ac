/**
 * The SQL of the search: one fixed text for each kind of walk, so that every connection plans it once. Entries are read in their
 * index alone, marks sort out nearly all that does not fit, and only what is left is looked up.
 */
import type { Sort } from './position.ts';

/** Lists that are walked side by side; more are slower than looking at everything. */
export const LISTS_MAX = 30;
/** Entries of one list, or jobs, that one page looks at; what is behind them is the next page's. */
export const WALK_MAX = 20_000;

export interface Statement {
  readonly name: string;
  readonly text: string;
  /** The text with the names of its parameters, to be a part of another statement. */
  readonly named: string;
  readonly parameters: readonly string[];
}

/**
 * `$name::type`s become numbers, each in a subquery: the planner sees no value, so that no value looks worth a plan of its own,
 * which would take longer than the query. The second cast keeps `any` from taking the subquery for a list of rows. Marks have no
 * statistics that a value could change, and stand as they are.
 */
export function statement(name: string, text: string): Statement {
  const parameters: string[] = [];
  const numbered = text.replace(PARAMETER, (_, parameter: string, type: string) => {
    if (!parameters.includes(parameter)) parameters.push(parameter);
    const number = `$${parameters.indexOf(parameter) + 1}::${type}`;
    return parameter.startsWith('flags_') ? number : `(select ${number})::${type}`;
  });
  return { name, text: numbered, named: text, parameters };
}
const PARAMETER = /\$([a-z_]+)::([a-z]+(?: precision)?(?:\[\])?)/g;

export function valuesOf({ parameters }: Statement, values: Readonly<Record<string, unknown>>): unknown[] {
  return parameters.map((name) => {
    if (!Object.hasOwn(values, name)) throw new Error(`the search has no value for ${name}`);
    return values[name];
  });
}

const flagged = (flags: string, groups: readonly string[]) =>
  groups.map((group) => `(${flags} & $flags_${group}::bigint) <> 0`).join(' and ');
const GROUPS = ['mode', 'level', 'discipline', 'source', 'country', 'pay'];

/** What the row `j` must be. */
export const ROW = `j.state = any ($states::text[])
    and ($tsquery::tsquery is null or (j.words || array_to_tsvector(j.terms)) @@ $tsquery::tsquery)
    and ($modes::text[] is null or j.work_mode = any ($modes::text[]))
    and ($sources::text[] is null or j.sources && $sources::text[])
    and ($countries::text[] is null or coalesce(j.country, 'unknown') = any ($countries::text[]))
    and j.posted_at >= $since::timestamptz and j.first_seen_at >= $seen::timestamptz
    and ($companies::text[] is null or lower(left(j.company, 100)) = any ($companies::text[]))
    and ($companies_not::text[] is null or j.company is null or lower(left(j.company, 100)) <> all ($companies_not::text[]))
    and ($ids_not::bigint[] is null or j.id <> all ($ids_not::bigint[]))
    and ($pay::jsonb is null
      or case when coalesce(j.pay_max, j.pay_min) is null or not coalesce($pay::jsonb ? (j.pay_currency || j.pay_period), false)
        then $pay_unknown::boolean
        else exists (select from jsonb_array_elements($pay::jsonb -> (j.pay_currency || j.pay_period)) as range
          where coalesce(j.pay_max, j.pay_min) >= (range ->> 0)::numeric
            and (range ->> 1 is null or coalesce(j.pay_max, j.pay_min) < (range ->> 1)::numeric)) end)`;

interface Order {
  /** Columns of the key, as an entry of a list has them, and as a job has them; descending. */
  readonly entry: readonly string[];
  readonly job: readonly string[];
  readonly from: readonly string[];
  /** The key as a row of the answer tells it, from `k1`, `k2` and `id`. */
  readonly told: string;
}
type JobSort = Exclude<Sort, 'pay'>;

const UTC = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const ORDERS: Readonly<Record<Sort, Order>> = {
  date: {
    entry: ['posted_at', 'job_id'],
    job: ['posted_at', 'id'],
    from: ['$posted_at::timestamptz', '$id::bigint'],
    told: `${UTC('k1')} as posted_at, id::text`,
  },
  match: {
    entry: ['score', 'posted_at', 'job_id'],
    job: ['score', 'posted_at', 'id'],
    from: ['$score::integer', '$posted_at::timestamptz', '$id::bigint'],
    told: `k1 as score, ${UTC('k2')} as posted_at, id::text`,
  },
  pay: {
    entry: ['pay', 'job_id'],
    job: [],
    from: ['$pay_at::double precision', '$id::bigint'],
    told: 'k1 as pay, id::text',
  },
};

const desc = (columns: readonly string[]) => columns.map((column) => `${column} desc`).join(', ');
/** `k1`, `k2`, `id`: names that mean the same in every order. */
const keysOf = (columns: readonly string[]) => columns.map((_, i) => (i === columns.length - 1 ? 'id' : `k${i + 1}`));
const keyed = (columns: readonly string[]) =>
  keysOf(columns)
    .map((key, i) => `${columns[i]} as ${key}`)
    .join(', ');

/** Only by date the time that is asked for is a part of the index that is walked. */
const within = (sort: Sort) => (sort === 'date' ? 'and posted_at >= $since::timestamptz' : '');

/** Entries of one list behind where the last page ended. */
export const entriesOf = (sort: Sort, list = 't.term') => {
  const { entry, from } = ORDERS[sort];
  return `select ${keyed(entry)}, flags from job_term
      where term = ${list} and (${entry.join(', ')}) < (${from.join(', ')}) ${within(sort)}
        ${sort === 'pay' ? 'and pay is not null' : ''} order by ${desc(entry)}`;
};
/**
 * Entries of so many lists as one, in order, each job once: they are merged while they are read, so that nothing is read that is
 * not shown.
 * @param walk entries of each list at most
 */
export const entriesOfLists = (sort: Sort, many: number, walk = WALK_MAX) => {
  const keys = keysOf(ORDERS[sort].entry);
  const lists = Array.from(
    { length: many },
    (_, i) =>
      `(select ${keys.join(', ')} from (${entriesOf(sort, `($lists::text[])[${i + 1}]`)} limit ${walk}) as e where ${LIST_FLAGS} order by ${desc(keys)})`,
  );
  return `select distinct on (${keys.join(', ')}) ${keys.join(', ')} from (${lists.join('\n      union all ')}) as entry
      order by ${desc(keys)}`;
};
export const jobsOf = (sort: JobSort) => {
  const { job, from } = ORDERS[sort];
  return `select ${keyed(job)}, flags, state from job
      where (${job.join(', ')}) < (${from.join(', ')}) ${within(sort)} order by ${desc(job)}`;
};

/** What entries of lists and of all jobs must have set. */
export const LIST_FLAGS = `(e.flags & $flags_state::bigint) <> 0 and ${flagged('e.flags', GROUPS)}`;
export const JOB_FLAGS = `e.state = any ($states::text[]) and ${flagged('e.flags', GROUPS)}`;

/** `limit 1` keeps the lookups one by one and in order: the walk ends as soon as the page is full. */
export const lookedUp = (columns: string, also = '') =>
  `cross join lateral (select ${columns} from job j where j.id = e.id and ${ROW} ${also} limit 1) as j`;

/** Each number of lists is a statement of its own; lists that are not there (null) cost nothing. */
const LIST_NUMBERS = [1, 2, 3, 4, 6, 8, 12, 16, LISTS_MAX] as const;

/** Statements for every number of lists, made when they are first needed. */
export function forLists(make: (many: number) => Statement): (lists: readonly unknown[]) => Statement {
  const made = new Map<number, Statement>();
  return ({ length }) => {
    const many = LIST_NUMBERS.find((number) => number >= length);
    if (many === undefined) throw new Error(`a search walks ${LISTS_MAX} lists at most, not ${length}`);
    const known = made.get(many) ?? make(many);
    made.set(many, known);
    return known;
  };
}

/** A page from posting lists that are walked side by side; a job that is in several comes once. */
const listWalk = (sort: Sort, name = 'lists', also = '') => {
  const { entry, told } = ORDERS[sort];
  const keys = keysOf(entry);
  return forLists((many) =>
    statement(
      `search-${name}-${sort}-${many}`,
      `select ${told}, state, card from (
      select ${keys.map((key) => `e.${key}`).join(', ')}, j.state, j.card
      from (${entriesOfLists(sort, many)}) as e ${lookedUp('j.state, j.card', also)}
      order by ${desc(keys.map((key) => `e.${key}`))} limit $limit::integer
    ) as page`,
    ),
  );
};

/**
 * The same where marks alone decide: the first entries of all lists, so many as a page has rows, and their jobs. A page that is
 * full is right, for no row was turned down. One that is not says nothing: a row was, or there are no more.
 */
const markWalk = (sort: Sort) => {
  const { entry, told } = ORDERS[sort];
  const keys = keysOf(entry);
  return statement(
    `search-marks-${sort}`,
    `select ${told}, state, card from (
      select ${keys.map((key) => `e.${key}`).join(', ')}, j.state, j.card from (
        select distinct on (${keys.join(', ')}) m.* from unnest($lists::text[]) as t (term) cross join lateral (
          select ${keys.join(', ')} from (${entriesOf(sort)} limit ${WALK_MAX}) as e where ${LIST_FLAGS} limit $limit::integer
        ) as m order by ${desc(keys)} limit $limit::integer
      ) as e ${lookedUp('j.state, j.card')}
      order by ${desc(keys.map((key) => `e.${key}`))} limit $limit::integer
    ) as page`,
  );
};

const jobWalk = (sort: JobSort, name: string, also = '') => {
  const { job, told } = ORDERS[sort];
  const keys = keysOf(job);
  return statement(
    `search-${name}-${sort}`,
    `select ${told}, state, card from (
      select ${keys.map((key) => `e.${key}`).join(', ')}, j.state, j.card
      from (${jobsOf(sort)} limit ${WALK_MAX}) as e ${lookedUp('j.state, j.card', also)}
      where ${JOB_FLAGS} order by ${desc(keys.map((key) => `e.${key}`))} limit $limit::integer
    ) as page`,
  );
};

/** Words of the whole advert, where many have them: look at one after the other. */
export const IN_TEXT = 'and exists (select from job_text x where x.job_id = j.id and x.words @@ $words::tsquery)';

/** Where few have them: all of them, sorted. */
const textRows = (sort: JobSort) => {
  const { entry, job, from, told } = ORDERS[sort];
  const keys = keysOf(job);
  return statement(
    `search-text-${sort}`,
    `with hit as materialized (
      select ${keyed(entry)} from job_text
      where words @@ $words::tsquery and (${entry.join(', ')}) < (${from.join(', ')}) ${within(sort)}
    )
    select ${told}, state, card from (
      select ${keys.map((key) => `e.${key}`).join(', ')}, j.state, j.card
      from (select * from hit order by ${desc(keys)}) as e ${lookedUp('j.state, j.card')}
      order by ${desc(keys.map((key) => `e.${key}`))} limit $limit::integer
    ) as page`,
  );
};

export const PAGES = {
  marks: { date: markWalk('date'), match: markWalk('match'), pay: markWalk('pay') },
  lists: { date: listWalk('date'), match: listWalk('match'), pay: listWalk('pay') },
  jobs: { date: jobWalk('date', 'jobs'), match: jobWalk('match', 'jobs') },
  textLists: {
    date: listWalk('date', 'listed', IN_TEXT),
    match: listWalk('match', 'listed', IN_TEXT),
    pay: listWalk('pay', 'listed', IN_TEXT),
  },
  textWalk: { date: jobWalk('date', 'read', IN_TEXT), match: jobWalk('match', 'read', IN_TEXT) },
  textRows: { date: textRows('date'), match: textRows('match') },
} as const;

/** Where a walk that was cut short ended: where the first of its lists did. */
const endOf = (sort: Sort, name: string, from: string) =>
  statement(
    `search-end-${name}-${sort}`,
    `select ${ORDERS[sort].told} from (${from}) as ends order by ${desc(keysOf(ORDERS[sort].entry).map((key) => `ends.${key}`))} limit 1`,
  );
const endOfLists = (sort: Sort) =>
  endOf(
    sort,
    'lists',
    `select e.* from unnest($lists::text[]) as t (term) cross join lateral (${entriesOf(sort)} offset ${WALK_MAX - 1} limit 1) as e`,
  );
const endOfJobs = (sort: JobSort) => endOf(sort, 'jobs', `${jobsOf(sort)} offset ${WALK_MAX - 1} limit 1`);

export const ENDS = {
  lists: { date: endOfLists('date'), match: endOfLists('match'), pay: endOfLists('pay') },
  jobs: { date: endOfJobs('date'), match: endOfJobs('match') },
} as const;
