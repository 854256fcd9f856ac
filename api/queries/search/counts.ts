/** How many jobs fit, and how many of them have which value: exact while they are few, and said honestly when not. */
import type { Database } from '../../../shared/db/database.ts';
import type { JobFilters } from '../../job-query.ts';
import { FACETS, type Facet } from './facet-names.ts';
import { readNames } from './names.ts';
import { bandOf, CURRENCY_DEFAULT, currentRates, PAY_BANDS } from './pay.ts';
import { type Hidden, type Plan, planSearch } from './plan.ts';
import { startOf } from './position.ts';
import {
  entriesOf,
  IN_TEXT,
  JOB_FLAGS,
  jobsOf,
  LIST_FLAGS,
  lookedUp,
  type Statement,
  statement,
  valuesOf,
  WALK_MAX,
} from './statements.ts';
import { printTsquery } from './tsquery.ts';

export interface Count {
  readonly value: number;
  /** `atLeast`: there are more. `about`: reckoned from the newest that were looked at. */
  readonly relation: 'exact' | 'atLeast' | 'about';
}

export interface FacetCounts {
  readonly values: readonly { readonly value: string; readonly label: string; readonly count: number }[];
  /** The counts are those of the newest that fit, and there are more. */
  readonly capped: boolean;
}
export type FacetsCounted = Partial<Record<Facet, FacetCounts>>;

/** People read "1,000+" beyond it. */
export const COUNT_MAX = 1000;
/** Newest jobs that fit of which facets are counted. */
const SAMPLE_MAX = 2000;
/** Entries of a list that an exact count looks at; more would hold a connection for seconds. */
const EXACT_MAX = 1_000_000;
/** Values that one facet lists. */
const VALUES_MAX = 60;

type Db = Pick<Database, 'pool'>;

/** Jobs that fit, newest first, from the front of lists or of all jobs. */
const fitting = (kind: 'lists' | 'jobs', columns: string, walk: string, matches: string, also = '') =>
  kind === 'lists'
    ? `select distinct on (k1, id) found.* from unnest((select $lists::text[])) as t (term) cross join lateral (
        select e.k1, e.id, j.* from (${entriesOf('date')} limit ${walk}) as e ${lookedUp(columns, also)}
        where ${LIST_FLAGS} limit ${matches}
      ) as found order by k1 desc, id desc`
    : `select e.k1, e.id, j.* from (${jobsOf('date')} limit ${walk}) as e ${lookedUp(columns, also)}
       where ${JOB_FLAGS} order by e.k1 desc, e.id desc limit ${matches}`;

const kinds = (make: (kind: 'lists' | 'jobs', name: string, also: string) => Statement) => ({
  lists: make('lists', 'lists', ''),
  jobs: make('jobs', 'jobs', ''),
  listsText: make('lists', 'listed', IN_TEXT),
  jobsText: make('jobs', 'read', IN_TEXT),
});
type Kinds = ReturnType<typeof kinds>;

const COUNT = kinds((kind, name, also) =>
  statement(
    `search-count-${name}`,
    `select count(*)::integer as n, (${cutShort(kind)}) as cut
    from (
      select 1 from (${fitting(kind, '1 as one', String(WALK_MAX), String(COUNT_MAX + 1), also)}) as f limit ${COUNT_MAX + 1}
    ) as m`,
  ),
);

const EXACT = kinds((kind, name, also) =>
  statement(
    `search-exact-${name}`,
    `select count(*)::integer as n, false as cut from (${fitting(kind, '1 as one', String(EXACT_MAX), String(EXACT_MAX), also)}) as m`,
  ),
);

/** Whether a walk of the usual length ends before its lists do. */
function cutShort(kind: 'lists' | 'jobs'): string {
  return kind === 'lists'
    ? `select exists (select from unnest((select $lists::text[])) as t (term) cross join lateral (${entriesOf('date')} offset ${WALK_MAX} limit 1) as e)`
    : `select exists (${jobsOf('date')} offset ${WALK_MAX} limit 1)`;
}

const SAMPLED = `j.sources, j.terms, j.work_mode, j.country, j.posted_at,
  coalesce(j.pay_max, j.pay_min) as top, j.pay_currency, j.pay_period`;
const counted = (facet: Facet, value: string) =>
  `'${facet}', (select jsonb_object_agg(value, n) from (select ${value} as value, count(*) as n from m group by 1) as g)`;
const termed = (facet: Facet, prefix: string) => `'${facet}', (select jsonb_object_agg(value, n) from (
    select value, count(*) as n from (
      select distinct m.id, coalesce(x.term, 'unknown') as value from m
      left join lateral (select substr(term, ${prefix.length + 1}) as term from unnest(m.terms) as term where starts_with(term, '${prefix}')) as x on true
    ) as v group by 1) as g)`;

/** Terms of one product are one: what its first term is called. */
const VENDORS = `'vendor', (select jsonb_object_agg(value, n) from (
    select value, count(*) as n from (
      select distinct m.id, substr(coalesce(own.first, x), 8) as value
      from m cross join lateral unnest(m.terms) as x left join own on own.id = x where starts_with(x, 'vendor.')
    ) as v group by 1) as g)`;

const SAMPLE = kinds((kind, name, also) =>
  statement(
    `search-sample-${name}`,
    `with own as (
      select id, min(id) over (partition by label) as first from iam_term where kind = 'vendor'
    ), m as materialized (
      select * from (${fitting(kind, SAMPLED, String(WALK_MAX), String(SAMPLE_MAX + 1), also)}) as newest limit ${SAMPLE_MAX}
    )
    select (select count(*) from m)::integer as n, (${cutShort(kind)}) as cut, jsonb_build_object(
      ${[
        `'source', (select jsonb_object_agg(value, n) from (select s as value, count(*) as n from m cross join lateral unnest(m.sources) as s group by 1) as g)`,
        termed('discipline', 'discipline:'),
        VENDORS,
        termed('seniority', 'level:'),
        counted('work_mode', 'work_mode'),
        counted('country', "coalesce(country, 'unknown')"),
        `'age', jsonb_build_object('24h', (select count(*) from m where posted_at >= $now::timestamptz - interval '24 hours'),
          '7d', (select count(*) from m where posted_at >= $now::timestamptz - interval '7 days'),
          '30d', (select count(*) from m where posted_at >= $now::timestamptz - interval '30 days'))`,
        `'pay', (select jsonb_agg(jsonb_build_array(pay_currency, pay_period, top, n)) from (
          select pay_currency, pay_period, top, count(*) as n from m group by 1, 2, 3) as g)`,
      ].join(',\n      ')}) as counts`,
  ),
);

async function ask<T extends object>(
  db: Db,
  which: Kinds,
  plan: Plan,
  more: Readonly<Record<string, unknown>> = {},
): Promise<T | undefined> {
  const text = plan.text === undefined ? undefined : printTsquery(plan.text);
  const chosen =
    plan.lists === undefined
      ? text === undefined
        ? which.jobs
        : which.jobsText
      : text === undefined
        ? which.lists
        : which.listsText;
  const { postedAt, id } = startOf('date');
  const values = { ...plan.values, posted_at: postedAt, id, lists: plan.lists, words: text, ...more };
  const { rows } = await db.pool.query<T>({ name: chosen.name, text: chosen.text, values: valuesOf(chosen, values) });
  return rows[0];
}

/** Up to `COUNT_MAX`, then that there are more. */
export async function countJobs(db: Db, query: JobFilters, now: Date, hidden?: Hidden): Promise<Count> {
  const plan = await planSearch(db, query, now, hidden);
  if (plan.isEmpty) return { value: 0, relation: 'exact' };
  const row = await ask<{ n: number; cut: boolean }>(db, COUNT, plan);
  const n = row?.n ?? 0;
  if (n > COUNT_MAX) return { value: COUNT_MAX, relation: 'atLeast' };
  return { value: n, relation: row?.cut ? 'atLeast' : 'exact' };
}

/** Looks at everything that may fit, up to a million. */
export async function countExactly(db: Db, query: JobFilters, now: Date, hidden?: Hidden): Promise<Count> {
  const plan = await planSearch(db, query, now, hidden);
  if (plan.isEmpty) return { value: 0, relation: 'exact' };
  const n = (await ask<{ n: number }>(db, EXACT, plan))?.n ?? 0;
  return { value: n, relation: n < EXACT_MAX ? 'exact' : 'atLeast' };
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
    const sample = plan.isEmpty ? undefined : await ask<Sample>(db, SAMPLE, plan, { now: now.toISOString() });
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
