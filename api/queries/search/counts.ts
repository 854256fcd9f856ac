/** How many jobs fit, and how many of them have which value: exact while they are few, and said honestly when not. */
import type { Database } from '../../../shared/db/database.ts';
import type { JobFilters } from '../../job-query.ts';
import { IN_TEXT, jobFlags } from './conditions.ts';
import { entriesOf, entriesOfLists, forLists, jobsOf, lookedUp } from './entries.ts';
import { FACETS, type Facet } from './facet-names.ts';
import { sizeAbout } from './lists.ts';
import { readNames } from './names.ts';
import { bandOf, CURRENCY_DEFAULT, currentRates, PAY_BANDS } from './pay.ts';
import { type Hidden, type Plan, planSearch } from './plan.ts';
import { ANY_FROM_START as ANY } from './shape.ts';
import { statement, type Values, valuesOf } from './statement.ts';
import { printTsquery } from './tsquery.ts';
import { WALK_MAX } from './usual.ts';
import { readWords } from './words.ts';

export interface Count {
  readonly value: number;
  /**
   * `atLeast`: there are more, and how many is not guessed: old jobs are closed more often than the newest, which are what was
   * looked at, so what follows from these would be far too many.
   */
  readonly relation: 'exact' | 'atLeast';
}

export interface FacetCounts {
  readonly values: readonly { readonly value: string; readonly label: string; readonly count: number }[];
  /** The counts are those of the newest that fit, and there are more. */
  readonly capped: boolean;
}
export type FacetsCounted = Partial<Record<Facet, FacetCounts>>;

/** People read "1,000+" beyond it. */
export const COUNT_MAX = 1000;
/** Newest jobs that may fit and may be hidden: most are not, and each costs its row. */
export const HIDDEN_AMONG = 5000;
/** Newest jobs that fit of which facets are counted. */
const SAMPLE_MAX = 2000;
/** Entries of a list that an exact count looks at; more would hold a connection for seconds. */
const EXACT_MAX = 1_000_000;
/** Values that one facet lists. */
const VALUES_MAX = 60;

type Db = Pick<Database, 'pool'>;

/** Jobs that fit, newest first, from the front of so many lists or, with none, of all jobs. @param rows of jobs that are read at most */
const fitting = (many: number, columns: string, walk: number, matches: number, also: string, rows = '') => {
  const entries =
    many > 0
      ? entriesOfLists('date', ANY, many, walk)
      : `select * from (${jobsOf('date', ANY)} limit ${walk}) as e where ${jobFlags(ANY)}`;
  return `select e.k1, e.id, j.* from (${entries} ${rows}) as e ${lookedUp(columns, ANY, also)}
    order by e.k1 desc, e.id desc limit ${matches}`;
};

/** Pay that can be compared, which is what a list by pay is of: the job is in the list of those, at the same place. */
const WITH_PAY = `and exists (select from job_term p where p.term = '' and p.posted_at = e.k1 and p.job_id = e.id)`;

/** One statement for each number of lists, for all jobs, and for both with words of adverts and among those with pay. */
const kinds = (name: string, make: (many: number, also: string) => string) => {
  const listed = (kind: string, also: string) =>
    forLists((many) => statement(`search-${name}-${kind}-${many}`, make(many, also)));
  return {
    lists: listed('lists', ''),
    listsText: listed('listed', IN_TEXT),
    listsPay: listed('pay', WITH_PAY),
    listsTextPay: listed('listed-pay', `${IN_TEXT} ${WITH_PAY}`),
    jobs: statement(`search-${name}-jobs`, make(0, '')),
    jobsText: statement(`search-${name}-read`, make(0, IN_TEXT)),
  };
};
type Kinds = ReturnType<typeof kinds>;

const COUNT = kinds(
  'count',
  (many, also) => `select count(*)::integer as n, ${cutShort(many)} as cut
    from (${fitting(many, '1 as one', WALK_MAX, COUNT_MAX + 1, also)}) as m`,
);

/** Who hides nothing has no word: nothing is `null`. */
const LEFT_OUT = `and (coalesce(lower(left(j.company, 100)) = any ($left_companies::text[]), false)
      or j.id = any ($left_ids::bigint[])
      or coalesce(j.words @@ $left_words::tsquery, false))`;
const HIDDEN = kinds(
  'hidden',
  (many, also) => `select count(*)::integer as n
    from (${fitting(many, '1 as one', WALK_MAX, COUNT_MAX + 1, `${also} ${LEFT_OUT}`, `limit ${HIDDEN_AMONG}`)}) as m`,
);

const EXACT = kinds(
  'exact',
  (many, also) => `select count(*)::integer as n, false as cut
    from (${fitting(many, '1 as one', EXACT_MAX, EXACT_MAX, also)}) as m`,
);

/** Whether a walk of the usual length ends before its lists do; lists that are known to be short are not looked at. */
function cutShort(many: number): string {
  const more =
    many > 0
      ? `select from unnest($lists::text[]) as t (term) cross join lateral (${entriesOf('date', ANY)} offset ${WALK_MAX} limit 1) as e`
      : `${jobsOf('date', ANY)} offset ${WALK_MAX} limit 1`;
  return `(case when $may_be_cut::boolean then exists (${more}) else false end)`;
}

const SAMPLED = `j.sources, j.terms, j.work_mode, j.country, j.posted_at,
  coalesce(j.pay_max, j.pay_min) as top, j.pay_currency, j.pay_period`;
const counted = (facet: Facet, value: string) =>
  `'${facet}', (select jsonb_object_agg(value, n) from (select ${value} as value, count(*) as n from m group by 1) as g)`;
/** A job has a term once, so that counting terms counts jobs; those without any are counted apart. */
const termed = (facet: Facet, prefix: string) => `'${facet}', (select jsonb_object_agg(value, n) from (
    select substr(term, ${prefix.length + 1}) as value, n from tagged where starts_with(term, '${prefix}')
    union all select 'unknown', count(*) from m
      where not exists (select from unnest(m.terms) as x where starts_with(x, '${prefix}'))) as g)`;

/** Terms of one product are one: what its first term is called. A job may have several of them and counts once. */
const VENDORS = `'vendor', (select jsonb_object_agg(substr(coalesce(g.first, g.term), 8), g.n) from (
    select own.first, tagged.term,
      case when own.ids is null then tagged.n else (select count(*) from m where m.terms && own.ids) end as n
    from tagged left join own on tagged.term = any (own.ids) where starts_with(tagged.term, 'vendor.')
  ) as g)`;

const SAMPLE = kinds(
  'sample',
  (many, also) => `with own as materialized (
      select min(id) as first, array_agg(id) as ids from iam_term where kind = 'vendor' group by label having count(*) > 1
    ), m as materialized (
      ${fitting(many, SAMPLED, WALK_MAX, SAMPLE_MAX, also)}
    ), tagged as materialized (
      select term, count(*) as n from m cross join lateral unnest(m.terms) as term group by term
    )
    select (select count(*) from m)::integer as n, ${cutShort(many)} as cut, jsonb_build_object(
      ${[
        `'source', (select jsonb_object_agg(value, n) from (select s as value, count(*) as n from m cross join lateral unnest(m.sources) as s group by 1) as g)`,
        termed('discipline', 'discipline:'),
        VENDORS,
        termed('seniority', 'level:'),
        counted('work_mode', 'work_mode'),
        counted('country', "coalesce(country, 'unknown')"),
        `'age', (select jsonb_build_object('24h', count(*) filter (where posted_at >= $now::timestamptz - interval '24 hours'),
          '7d', count(*) filter (where posted_at >= $now::timestamptz - interval '7 days'),
          '30d', count(*) filter (where posted_at >= $now::timestamptz - interval '30 days')) from m)`,
        `'pay', (select jsonb_agg(jsonb_build_array(pay_currency, pay_period, top, n)) from (
          select pay_currency, pay_period, top, count(*) as n from m group by 1, 2, 3) as g)`,
      ].join(',\n      ')}) as counts`,
);

async function ask<T extends object>(
  db: Db,
  which: Kinds,
  plan: Plan,
  { sort }: JobFilters,
  more: Values = {},
): Promise<T | undefined> {
  const text = plan.text === undefined ? undefined : printTsquery(plan.text);
  const byPay = sort === 'pay';
  const lists = plan.lists ?? (byPay ? [''] : undefined);
  const chosen =
    lists === undefined
      ? which[text === undefined ? 'jobs' : 'jobsText']
      : which[text === undefined ? (byPay ? 'listsPay' : 'lists') : byPay ? 'listsTextPay' : 'listsText'](lists);
  const values = {
    ...plan.values,
    lists,
    words: text,
    may_be_cut: lists === undefined || (await sizeAbout(db, lists)) > WALK_MAX / 2,
    ...more,
  };
  const { rows } = await db.pool.query<T>({ name: chosen.name, text: chosen.text, values: valuesOf(chosen, values) });
  return rows[0];
}

/** Up to `COUNT_MAX`, then that there are more. */
export async function countJobs(db: Db, query: JobFilters, now: Date, hidden?: Hidden): Promise<Count> {
  const plan = await planSearch(db, query, now, hidden);
  if (plan.isEmpty) return { value: 0, relation: 'exact' };
  const row = await ask<{ n: number; cut: boolean }>(db, COUNT, plan, query);
  const n = row?.n ?? 0;
  if (n > COUNT_MAX) return { value: COUNT_MAX, relation: 'atLeast' };
  return { value: n, relation: row?.cut ? 'atLeast' : 'exact' };
}

/** Looks at everything that may fit, up to a million. */
export async function countExactly(db: Db, query: JobFilters, now: Date, hidden?: Hidden): Promise<Count> {
  const plan = await planSearch(db, query, now, hidden);
  if (plan.isEmpty) return { value: 0, relation: 'exact' };
  const n = (await ask<{ n: number }>(db, EXACT, plan, query))?.n ?? 0;
  return { value: n, relation: n < EXACT_MAX ? 'exact' : 'atLeast' };
}

/** How many more would fit if nothing were hidden, up to `COUNT_MAX` and one, among the newest `HIDDEN_AMONG` that may. */
export async function countHidden(db: Db, query: JobFilters, now: Date, hidden: Hidden): Promise<number> {
  const plan = await planSearch(db, query, now);
  if (plan.isEmpty) return 0;
  const { without, companiesNot } = await readWords(db, {
    q: '',
    without: hidden.keywords,
    companies: [],
    companiesNot: hidden.companies,
  });
  const row = await ask<{ n: number }>(db, HIDDEN, plan, query, {
    left_companies: companiesNot,
    left_ids: hidden.jobIds,
    left_words: without.length === 0 ? null : printTsquery({ kind: 'or', parts: without }),
  });
  return row?.n ?? 0;
}

interface Sample {
  readonly n: number;
  readonly cut: boolean;
  readonly counts: Readonly<Record<Exclude<Facet, 'pay_band'>, Readonly<Record<string, number>> | null>> & {
    readonly pay: readonly (readonly [string | null, string | null, number | null, number])[] | null;
  };
}

/** Each facet is counted as if nothing were chosen in it, so that its counts say what choosing would give. */
export async function countFacets(
  db: Db,
  query: JobFilters,
  wanted: readonly (Facet | 'all')[],
  now: Date,
  hidden?: Hidden,
): Promise<FacetsCounted> {
  const facets = FACETS.filter((facet) => wanted.includes(facet) || wanted.includes('all'));
  const chosen = facets.filter((facet) => isChosen(query, facet));
  const groups: (readonly [Facet | undefined, readonly Facet[]])[] = [
    ...chosen.map((facet) => [facet, [facet]] as const),
    ...(chosen.length < facets.length ? [[undefined, facets.filter((facet) => !chosen.includes(facet))] as const] : []),
  ];
  const currency = query.pay_currency ?? CURRENCY_DEFAULT;
  const [names, rates] = await Promise.all([readNames(db), currentRates(db)]);
  const result: FacetsCounted = {};
  for (const [but, list] of groups) {
    const plan = await planSearch(db, query, now, hidden, but);
    const sample = plan.isEmpty ? undefined : await ask<Sample>(db, SAMPLE, plan, query, { now: now.toISOString() });
    const capped = sample !== undefined && (sample.n >= SAMPLE_MAX || sample.cut);
    for (const facet of list) {
      const counts = countsOf(facet, sample);
      result[facet] = { values: valuesOfFacet(facet, counts, names), capped };
    }
  }
  return result;

  function countsOf(facet: Facet, sample: Sample | undefined): Map<string, number> {
    if (facet !== 'pay_band') return new Map(Object.entries(sample?.counts[facet] ?? {}));
    const bands = new Map<string, number>();
    for (const [ofCurrency, period, top, n] of sample?.counts.pay ?? []) {
      const band = bandOf({ currency: ofCurrency, period, top }, currency, rates);
      bands.set(band, (bands.get(band) ?? 0) + n);
    }
    return bands;
  }
}

/** In the order of the thing where it has one, else by count.  */
function valuesOfFacet(
  facet: Facet,
  counts: Map<string, number>,
  names: Awaited<ReturnType<typeof readNames>>,
): FacetCounts['values'] {
  const label = (value: string) => (facet === 'vendor' ? (names.labelOf.get(`vendor.${value}`) ?? value) : value);
  const order: readonly string[] = facet === 'pay_band' ? PAY_BANDS : facet === 'age' ? ['24h', '7d', '30d'] : [];
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([value, count]) => ({ value, label: label(value), count }))
    .toSorted(
      (a, b) => order.indexOf(a.value) - order.indexOf(b.value) || b.count - a.count || (a.value < b.value ? -1 : 1),
    )
    .slice(0, VALUES_MAX);
}

function isChosen(query: JobFilters, facet: Facet): boolean {
  if (facet === 'age') return query.posted_since !== undefined;
  if (facet === 'work_mode') return query.work_mode !== undefined || query.remote !== undefined;
  return query[facet] !== undefined;
}
