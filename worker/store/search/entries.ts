/** Keeps the posting lists up with the jobs: a bounded batch at a time, one process at a time, in one statement. */
import type { Database } from '../../../shared/db/database.ts';
import { BY_KEY, inTransaction } from '../../../shared/db/transaction.ts';
import { stateBits } from '../../../shared/search/flags.ts';
import { saveNames } from './names.ts';

/** Jobs of one statement. */
const BATCH = 500;
/** Batches of one call: what is left is another call's. */
const BATCHES_MAX = 2000;

const STATE_BITS = ['open', 'unknown', 'closed']
  .map((state) => `when '${state}' then ${stateBits([state])}::bigint`)
  .join(' ');

/** Euros a year at the upper end, to the cent, as `shared/pay/yearly.ts` has it; null where that cannot be said. */
const PAY = `round((round(coalesce(j.pay_max, j.pay_min)
    * case j.pay_period when 'year' then 1 when 'month' then 12 when 'week' then 52 when 'day' then 260 when 'hour' then 2080 end, 2)
    / case when j.pay_currency = 'EUR' then 1 else rate.per_euro end)::numeric, 2)::double precision`;

/**
 * The entries of jobs `j`: IAM terms as they are, `w:` words of title and company, `source:`, `country:`, `company:`, and '' for
 * those whose pay can be compared. Words are cut: an index bears no longer ones, and the row decides.
 */
export const ENTRIES = `select j.id, j.posted_at, j.score,
    case when j.flags = -1 then -1 else j.flags | case j.state ${STATE_BITS} end end, pay.sum, t.term
  from job j left join exchange_rate rate on rate.currency = j.pay_currency
  cross join lateral (select ${PAY} as sum) pay
  cross join lateral unnest(j.terms
    || coalesce((select array_agg(distinct 'w:' || left(word, 60)) from unnest(tsvector_to_array(j.words)) as word), '{}')
    || coalesce((select array_agg('source:' || source) from unnest(j.sources) as source), '{}')
    || array_remove(array['country:' || j.country, 'company:' || lower(left(j.company, 100)),
      case when pay.sum is not null then '' end], null)) as t (term)`;

const INDEX = `with taken as (
    delete from search_todo where id in (select id from search_todo order by id limit ${BATCH}) returning job_id
  ), ids as materialized (
    select distinct job_id from taken
  ), gone as (
    delete from job_term t where t.job_id = any (array(select job_id from ids)) returning t.term
  ), fresh as (
    insert into job_term (job_id, posted_at, score, flags, pay, term)
    ${ENTRIES} where j.id = any (array(select job_id from ids)) returning term
  ), counted as (
    insert into search_word (word, jobs)
    select term, sum(n) from (select term, -1 as n from gone union all select term, 1 from fresh) as moved
    group by term having sum(n) <> 0 order by term
    on conflict (word) do update set jobs = search_word.jobs + excluded.jobs
  ), later as (
    insert into text_todo (job_id) select job_id from ids
  )
  select count(*)::integer as taken from taken`;

/** Brings the posting lists up to what is stored now; what another process is doing already is left to it. */
export async function indexPending(db: Pick<Database, 'pool'>): Promise<void> {
  await saveNames(db);
  for (let batch = 0; batch < BATCHES_MAX; batch++) {
    if (!(await isPending(db)) || (await indexBatch(db)) === 0) return;
  }
}

async function isPending({ pool }: Pick<Database, 'pool'>): Promise<boolean> {
  const { rows } = await pool.query<{ pending: boolean }>({
    name: 'search-pending',
    text: 'select exists (select from search_todo) as pending',
  });
  return rows[0]?.pending === true;
}

/** Waits for its turn, so that what was stored before the call is found after it. @returns how many were on the list */
function indexBatch(db: Pick<Database, 'pool'>): Promise<number> {
  return inTransaction(
    db,
    async (client) => {
      // The statement must begin after the lock: it sees what was committed when it begins.
      await client.query("select pg_advisory_xact_lock(hashtextextended('jobscout:search', 0))");
      const { rows } = await client.query<{ taken: number }>({ name: 'search-index', text: INDEX });
      return rows[0]?.taken ?? 0;
    },
    BY_KEY,
  );
}
