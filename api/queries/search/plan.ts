/** A search as what the statements need: lists to walk, marks that must be set, and what the row must be. */
import type { Database } from '../../../shared/db/database.ts';
import {
  countryBits,
  DISCIPLINES,
  disciplineBits,
  LEVELS,
  levelBits,
  modeBits,
  payBitsFrom,
  sourceBits,
  stateBits,
} from '../../../shared/search/flags.ts';
import { type JobFilters, workModesOf } from '../../job-query.ts';
import type { Facet } from './facet-names.ts';
import { bestLists, type Lists, listsOf, readSizes, sizeOfAll, smallest } from './lists.ts';
import { type Names, readNames, withTerms } from './names.ts';
import { CURRENCY_DEFAULT, currentRates, payFilter } from './pay.ts';
import { type Node, printTsquery } from './tsquery.ts';
import { readWords } from './words.ts';

/** What one person does not want to see; tracking fills it in. */
export interface Hidden {
  readonly jobIds: readonly string[];
  /** As they are shown, in any case. */
  readonly companies: readonly string[];
  /** Words or phrases of title or company. */
  readonly keywords: readonly string[];
}

export interface Plan {
  /** Lists of which every job that fits is in one; undefined: look at all jobs. */
  readonly lists: Lists | undefined;
  /** Entries of these lists together. */
  readonly entries: number;
  /** What words, terms and their absence must be; null: anything. */
  readonly tsquery: string | null;
  /** The words alone, when the text of the advert is to be searched. */
  readonly text: Node | undefined;
  /** Text was given and has no word in it: nothing fits. */
  readonly isEmpty: boolean;
  /** Nearly every entry of the lists whose marks fit is a job that fits. */
  readonly marksDecide: boolean;
  /** Values of `ROW` and `FLAGS` in statements.ts. */
  readonly values: Readonly<Record<string, unknown>>;
}

const STATES = ['open', 'closed', 'unknown'] as const;
const ANY = '-1';

/** @param but a facet that is counted as if nothing were chosen in it */
export async function planSearch(
  db: Pick<Database, 'pool'>,
  whole: JobFilters,
  now: Date,
  hidden?: Hidden,
  but?: Facet,
): Promise<Plan> {
  const query = but === undefined ? whole : withoutFacet(whole, but);
  const [names, words, rates] = await Promise.all([
    readNames(db),
    readWords(db, {
      q: query.q ?? '',
      without: [...(query.without ?? []), ...(hidden?.keywords ?? [])],
      companies: query.company ?? [],
      companiesNot: [...(query.company_not ?? []), ...(hidden?.companies ?? [])],
    }),
    currentRates(db),
  ]);
  const typed = words.query === undefined ? undefined : withTerms(words.query, names.idsOf);
  const tags = tagsOf(query, names);
  const inText = query.in === 'text' && typed !== undefined;
  const must = [...(typed === undefined || inText ? [] : [typed]), ...tags];
  const node = joined([...must, ...words.without.map((part): Node => ({ kind: 'not', part }))]);
  const choices = choicesOfFilters(query, words.companies);
  const sizeOf = await readSizes(db, [...must.flatMap(listsOf), ...choices.flat()]);
  const lists = smallest([...must.map((part) => bestLists(part, sizeOf)), ...choices], sizeOf);
  const pay = payFilter(
    {
      min: query.pay_min,
      bands: query.pay_band,
      currency: query.pay_currency ?? CURRENCY_DEFAULT,
      unknownToo: query.pay_unknown ?? false,
    },
    rates,
  );
  const states = statesOf(query);
  const modes = workModesOf(query);
  return {
    lists,
    entries: lists === undefined ? Number.POSITIVE_INFINITY : sizeOfAll(lists, sizeOf),
    tsquery: node === undefined ? null : printTsquery(node),
    text: inText ? typed : undefined,
    marksDecide:
      (typed === undefined || isAny(typed)) && words.without.length === 0 && pay === undefined && hidden === undefined,
    isEmpty: (query.q ?? '') !== '' && words.query === undefined,
    values: {
      states,
      tsquery: node === undefined ? null : printTsquery(node),
      modes: modes ?? null,
      sources: query.source ?? null,
      countries: query.country ?? null,
      since: query.posted_since?.from(now).toISOString() ?? '-infinity',
      seen: query.seen_since?.from(now).toISOString() ?? '-infinity',
      companies: words.companies.length > 0 ? words.companies : null,
      companies_not: words.companiesNot.length > 0 ? words.companiesNot : null,
      ids_not: hidden !== undefined && hidden.jobIds.length > 0 ? hidden.jobIds : null,
      pay: pay === undefined ? null : JSON.stringify(pay.ranges),
      pay_unknown: pay?.unknownFits ?? false,
      flags_state: String(stateBits(states)),
      flags_mode: mask(modes, modeBits),
      flags_level: mask(query.seniority, levelBits),
      flags_discipline: mask(query.discipline, disciplineBits),
      flags_source: mask(query.source, sourceBits),
      flags_country: mask(query.country, countryBits),
      flags_pay: pay?.least === undefined ? ANY : String(Number.isFinite(pay.least) ? payBitsFrom(pay.least) : ANY),
    },
  };
}

/** Any of words and terms, so that a job of one of their lists fits. */
const isAny = (node: Node): boolean =>
  node.kind === 'or' ? node.parts.every(isAny) : node.kind === 'word' || node.kind === 'term';

const mask = (values: readonly string[] | undefined, bits: (names: readonly string[]) => bigint) =>
  values === undefined ? ANY : String(bits(values));

export function statesOf({ state }: Pick<JobFilters, 'state'>): readonly string[] {
  if (state === undefined) return ['open'];
  return state.includes('all') ? STATES : state;
}

/** Filters that are terms of the job, each as alternatives. */
function tagsOf(query: JobFilters, names: Names): Node[] {
  const tags = (prefix: string, values: readonly string[] | undefined, all: readonly string[]): Node[] =>
    values === undefined
      ? []
      : [
          or(
            values.map(
              (value): Node =>
                value === 'unknown'
                  ? { kind: 'not', part: or(all.map((term): Node => ({ kind: 'term', term: prefix + term }))) }
                  : { kind: 'term', term: prefix + value },
            ),
          ),
        ];
  const vendors = query.vendor?.flatMap((name) => names.vendorsOf(name));
  return [
    ...tags('discipline:', query.discipline, DISCIPLINES),
    ...tags('level:', query.seniority, LEVELS),
    ...tags('', vendors, []),
  ];
}

/** Lists that other filters are of. */
function choicesOfFilters(query: JobFilters, companies: readonly string[]): Lists[] {
  return [
    ...(query.source === undefined ? [] : [query.source.map((source) => `source:${source}`)]),
    ...(query.country === undefined || query.country.includes('unknown')
      ? []
      : [query.country.map((country) => `country:${country}`)]),
    ...(companies.length === 0 ? [] : [companies.map((company) => `company:${company}`)]),
  ];
}

function withoutFacet(query: JobFilters, facet: Facet): JobFilters {
  switch (facet) {
    case 'work_mode':
      return { ...query, work_mode: undefined, remote: undefined };
    case 'age':
      return { ...query, posted_since: undefined };
    default:
      return { ...query, [facet]: undefined };
  }
}

const or = (parts: readonly Node[]): Node => (parts.length === 1 ? (parts[0] as Node) : { kind: 'or', parts });

function joined(parts: readonly Node[]): Node | undefined {
  return parts.length < 2 ? parts[0] : { kind: 'and', parts };
}
