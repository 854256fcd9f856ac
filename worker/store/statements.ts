/** The store's SQL. The texts are constant, so that each connection plans them once. */
import type { ArrayType } from './arrays.ts';

/** A statement whose `$name`s became `$1`, `$2`, ... in the order of `parameters`. */
export interface Statement<Name extends string> {
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly Name[];
}

function statement<Name extends string>(name: string, parameters: readonly Name[], text: string): Statement<Name> {
  const numbered = text.replace(/\$([a-z_]+)/g, (_, parameter) => `$${parameters.indexOf(parameter as Name) + 1}`);
  if (numbered.includes('$0')) throw new Error(`statement ${name} uses a parameter that is not in its list`);
  return { name, text: numbered, parameters };
}

/** Columns of the rows that are written, as arrays; lists inside an element are joined by `SEPARATOR`. */
export const COLUMNS = {
  id: 'bigint',
  job_id: 'bigint',
  stated_at: 'timestamptz',
  native_id: 'text',
  hash: 'bytea',
  url: 'text',
  body: 'bytea',
  posted_at: 'timestamptz',
  pay_min: 'float8',
  pay_max: 'float8',
  score: 'integer',
  flags: 'bigint',
  work_mode: 'text',
  country: 'text',
  pay_currency: 'text',
  pay_period: 'text',
  title: 'text',
  company: 'text',
  places: 'text',
  employment: 'text',
  terms: 'text',
  card: 'text',
  sources: 'text',
  postings: 'integer',
  fields: 'text',
} as const satisfies Record<string, ArrayType>;
export type Column = keyof typeof COLUMNS;

/** ASCII unit separator. */
export const SEPARATOR = '\x1f';

/** What a job shows of its posting, or of the view that several make together: one list for new, changed and merged jobs. */
const JOB_COLUMNS = [
  'posted_at',
  'pay_min',
  'pay_max',
  'score',
  'flags',
  'work_mode',
  'country',
  'pay_currency',
  'pay_period',
  'title',
  'company',
  'places',
  'employment',
  'terms',
  'card',
] as const satisfies Column[];

const unnest = (...names: Column[]) =>
  `unnest(${names.map((name) => `$${name}::${COLUMNS[name]}[]`).join(', ')}) as u (${names.join(', ')})`;
const LISTS: ReadonlySet<Column> = new Set(['places', 'employment', 'terms', 'sources']);
const list = (column: Column) => `string_to_array(u.${column}, e'\\x1f')`;
const WORDS = `to_tsvector('simple', u.title || ' ' || coalesce(u.company, ''))`;

const JOB_FIELDS: readonly (readonly [column: string, expression: string])[] = [
  ...JOB_COLUMNS.map((column) => [column, LISTS.has(column) ? list(column) : `u.${column}`] as const),
  ['words', WORDS],
];
const JOB_NAMES = JOB_FIELDS.map(([column]) => column).join(', ');
const JOB_VALUES = JOB_FIELDS.map(([, expression]) => expression).join(', ');

const POSTING_COLUMNS = ['id', 'job_id', 'stated_at', 'native_id', 'hash', 'url', 'body'] as const satisfies Column[];

/**
 * New postings, each with a job of its own. Every insert unnests what it needs: one shared `unnest` would be copied into a
 * temporary store first.
 */
export const INSERT = statement(
  'store-insert',
  ['at', 'board_id', 'source', ...POSTING_COLUMNS, ...JOB_COLUMNS],
  `with posting_row as (
    insert into posting (id, job_id, first_seen_at, changed_at, stated_at, board_id, native_id, content_hash, url)
    select u.id, u.job_id, $at::timestamptz, $at::timestamptz, u.stated_at, $board_id::integer, u.native_id, u.hash, u.url
    from ${unnest('id', 'job_id', 'stated_at', 'native_id', 'hash', 'url')}
  ), body_row as (
    insert into posting_body (posting_id, body) select u.id, u.body from ${unnest('id', 'body')}
  ), todo_row as (
    insert into merge_todo (posting_id) select u.id from ${unnest('id')}
  )
  insert into job (id, posting_id, first_seen_at, sources, ${JOB_NAMES})
  select u.job_id, u.id, $at::timestamptz, array[$source::text], ${JOB_VALUES}
  from ${unnest('id', 'job_id', ...JOB_COLUMNS)}`,
);

/**
 * Changed and reopened postings. A job that has other postings too is left to the merge, which puts it together anew. Posting
 * lists follow by the list that a trigger on `job` writes (`search/entries.ts`).
 */
export const UPDATE = statement(
  'store-update',
  ['at', 'id', 'stated_at', 'hash', 'url', 'body', ...JOB_COLUMNS],
  `with posting_row as (
    update posting p set changed_at = $at::timestamptz, stated_at = u.stated_at, content_hash = u.hash, url = u.url,
      closed_at = null, closed_evidence = null
    from ${unnest('id', 'stated_at', 'hash', 'url')} where p.id = u.id
  ), body_row as (
    update posting_body b set body = u.body from ${unnest('id', 'body')} where b.posting_id = u.id
  ), todo_row as (
    insert into merge_todo (posting_id) select u.id from ${unnest('id')}
    on conflict (posting_id) do update set changed = true where not merge_todo.changed
  )
  update job j set state = 'open', closed_at = null, ${JOB_FIELDS.map(([column, expression]) => `${column} = ${expression}`).join(', ')}
  from ${unnest('id', ...JOB_COLUMNS)} join posting p on p.id = u.id
  where j.id = p.job_id and j.posting_id = u.id and j.postings = 1
  returning old.state`,
);

/**
 * Jobs as the merge puts them together, after their postings were moved; the rows that were there before are gone by then. What
 * postings add up to (state, first sight, end) is read from their rows, as `shared/db/liveness/settle.ts` reads it.
 */
export const REBUILD = statement(
  'store-rebuild',
  ['id', 'job_id', 'sources', 'postings', 'fields', ...JOB_COLUMNS],
  `with standing as materialized (
    select p.job_id, min(p.first_seen_at) as first_seen_at, max(p.closed_at) as closed_at,
      case when bool_or(p.closed_at is null and l.unknown_at is null) then 'open'
        when bool_or(p.closed_at is null) then 'unknown' else 'closed' end as state
    from posting p left join posting_life l on l.posting_id = p.id
    where p.job_id = any($job_id::bigint[]) group by p.job_id
  )
  insert into job (id, posting_id, sources, first_seen_at, closed_at, state, postings, fields, ${JOB_NAMES})
  select u.job_id, u.id, ${list('sources')}, s.first_seen_at, case when s.state = 'closed' then s.closed_at end, s.state,
    u.postings, u.fields::jsonb, ${JOB_VALUES}
  from ${unnest('id', 'job_id', 'sources', 'postings', 'fields', ...JOB_COLUMNS)} join standing s on s.job_id = u.job_id`,
);

/** When postings were first seen, which their card says and a changed one keeps, and which date their source told last. */
export const FIRST_SEEN = statement(
  'store-first-seen',
  ['ids'],
  `select id::text, (extract(epoch from first_seen_at) * 1000)::float8 as ms,
    (extract(epoch from stated_at) * 1000)::float8 as stated_ms
  from posting where id = any($ids::bigint[])`,
);

/** What happened to postings in a batch; a later date for the same posting is counted on it. */
export const EVENTS = statement(
  'store-events',
  ['at', 'by', 'ids', 'kinds', 'evidence'],
  `with event as (
    insert into job_event (job_id, posting_id, kind, at, by, evidence)
    select p.job_id, u.posting_id, u.kind, $at::timestamptz, $by::text, u.evidence::jsonb
    from unnest($ids::bigint[], $kinds::text[], $evidence::text[]) as u (posting_id, kind, evidence)
      join posting p on p.id = u.posting_id
    returning posting_id, kind
  )
  update posting p set reposts = p.reposts + 1 from event where p.id = event.posting_id and event.kind = 'repost'`,
);

/**
 * Closes postings, and each job whose last open posting was among them. The merge looks at all of them: a job that gets its
 * second posting in this very moment must not go on to show the one that is closed.
 */
export const CLOSE = statement(
  'store-close',
  ['ids', 'at', 'evidence', 'by'],
  `with closed as (
    update posting set closed_at = $at::timestamptz, closed_evidence = $evidence::text
    where id = any($ids::bigint[]) and closed_at is null returning id, job_id
  ), event_row as (
    insert into job_event (job_id, posting_id, kind, at, by, evidence)
    select job_id, id, 'close', $at::timestamptz, $by::text, jsonb_build_object('why', $evidence::text) from closed
  ), life_row as (
    delete from posting_life l using closed where l.posting_id = closed.id
  ), todo_row as (
    insert into merge_todo (posting_id, changed) select id, false from closed on conflict do nothing
  ), job_row as (
    update job j set closed_at = $at::timestamptz, state = 'closed'
    where j.id in (select job_id from closed) and j.state <> 'closed' and not exists (
      select 1 from posting p where p.job_id = j.id and p.closed_at is null and p.id <> all ($ids::bigint[]))
    returning 1
  ), day_row as (
    insert into stats_day (day, jobs_closed)
    select ($at::timestamptz at time zone 'UTC')::date, count(*) from job_row having count(*) > 0
    on conflict (day) do update set jobs_closed = stats_day.jobs_closed + excluded.jobs_closed
  )
  select count(*)::integer as closed from closed`,
);

const COUNT_PARAMETERS = [
  'unit_id',
  'requests',
  'found',
  'kept',
  'rejected',
  'new',
  'changed',
  'unchanged',
  'closed',
  'rejected_reasons',
  'invalid_samples',
] as const;

const UPDATE_COUNTS = `update scan_unit set requests = $requests, found = $found, kept = $kept, rejected = $rejected,
  new = $new, changed = $changed, unchanged = $unchanged, closed = $closed, rejected_reasons = $rejected_reasons::jsonb,
  invalid_samples = $invalid_samples::jsonb
  where id = $unit_id::uuid`;

/** What a unit counted so far. */
export const COUNTS = statement('store-counts', COUNT_PARAMETERS, UPDATE_COUNTS);

/** The end of a batch: what the unit counted so far, and what the batch adds to the day. */
export const FINISH = statement(
  'store-finish',
  [...COUNT_PARAMETERS, 'at', 'jobs_new', 'jobs_reopened'],
  `with day_row as (
    insert into stats_day (day, jobs_new, jobs_reopened)
    select ($at::timestamptz at time zone 'UTC')::date, $jobs_new::bigint, $jobs_reopened::bigint
    where $jobs_new::bigint + $jobs_reopened::bigint > 0
    on conflict (day) do update set jobs_new = stats_day.jobs_new + excluded.jobs_new,
      jobs_reopened = stats_day.jobs_reopened + excluded.jobs_reopened
  ) ${UPDATE_COUNTS}`,
);
