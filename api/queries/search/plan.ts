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
import { walkEach } from './entries.ts';
import type { Facet } from './facet-names.ts';
import { bestLists, bySizes, type Lists, otherLists, smallest, WORD_LIST } from './lists.ts';
import { type Names, NO_NAMES, readNames, withTerms } from './names.ts';
import { CURRENCY_DEFAULT, currentRates, type PayFilter, payFilter } from './pay.ts';
import type { Values } from './statement.ts';
import { type Node, printTsquery } from './tsquery.ts';
import { STATES_USUAL } from './usual.ts';
import { type ReadWords, readWords } from './words.ts';

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
  /** The words alone, when the text of the advert is to be searched. */
  readonly text: Node | undefined;
  /** Text was given and has no word in it: nothing fits. */
  readonly isEmpty: boolean;
  /** Nearly every entry of the lists whose marks fit is a job that fits. */
  readonly marksDecide: boolean;
  /** What conditions.ts asks for: only what is set, and always in the same order. What else a statement needs is added to it. */
  readonly values: Values;
}

const STATES: readonly string[] = ['open', 'closed', 'unknown'];

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
    query.q === undefined && query.vendor === undefined ? NO_NAMES : readNames(db),
    readWords(db, {
      q: query.q ?? '',
      without: [...(query.without ?? []), ...(hidden?.keywords ?? [])],
      companies: query.company ?? [],
      companiesNot: [...(query.company_not ?? []), ...(hidden?.companies ?? [])],
    }),
    query.pay_min === undefined && query.pay_band === undefined ? null : currentRates(db),
  ]);
  const typed = words.query === undefined ? undefined : withTerms(words.query, names.idsOf);
  const inText = query.in === 'text' && typed !== undefined;
  const vendors = vendorsOf(query, names);
  const unmarked = typed === undefined || inText ? vendors : [typed, ...vendors];
  const must = [...unmarked, ...tagsOf(query)];
  const choices = choicesOfFilters(query, words.companies);
  const [lists, also] = await bySizes(db, (sizeOf) => {
    const best = smallest([...must.map((part) => bestLists(part, sizeOf)), ...choices], sizeOf);
    const isOne = must.length + choices.length === 1 && unmarked.every(isAny);
    return [best, isOne ? undefined : otherLists(unmarked, best, sizeOf)];
  });
  const values: Values = {};
  if (also !== undefined) values.also = also;
  const walk = walkEach(lists?.length ?? 0);
  if (walk !== undefined) values.walk = walk;
  const node = joined([...must, ...words.without.map((part): Node => ({ kind: 'not', part }))]);
  const pay = payFilter(
    {
      min: query.pay_min,
      bands: query.pay_band,
      currency: query.pay_currency ?? CURRENCY_DEFAULT,
      unknownToo: query.pay_unknown ?? false,
    },
    rates,
  );
  Object.assign(values, valuesOf(query, node, words, pay, now, hidden));
  if (areOfAny(lists, values.any_terms)) values.lists_any = true;
  return {
    lists,
    text: inText ? typed : undefined,
    marksDecide:
      (typed === undefined || isAny(typed)) && words.without.length === 0 && pay === undefined && hidden === undefined,
    isEmpty: (query.q ?? '') !== '' && words.query === undefined,
    values,
  };
}

function valuesOf(
  query: JobFilters,
  node: Node | undefined,
  { companies, companiesNot }: ReadWords,
  pay: PayFilter | undefined,
  now: Date,
  hidden: Hidden | undefined,
): Values {
  const values: Values = {};
  const states = statesOf(query);
  const modes = workModesOf(query);
  if (states !== STATES_USUAL) values.states = states;
  if (states !== STATES_USUAL) values.flags_state = String(stateBits(states));
  if (node !== undefined) setWords(values, node);
  if (modes !== undefined) values.modes = modes;
  if (modes !== undefined) values.flags_mode = String(modeBits(modes));
  if (query.seniority !== undefined) values.flags_level = String(levelBits(query.seniority));
  if (query.discipline !== undefined) values.flags_discipline = String(disciplineBits(query.discipline));
  if (query.source !== undefined) values.sources = query.source;
  if (query.source !== undefined) values.flags_source = String(sourceBits(query.source));
  if (query.country !== undefined) values.countries = query.country;
  if (query.country !== undefined) values.flags_country = String(countryBits(query.country));
  if (query.posted_since !== undefined) values.since = query.posted_since.from(now).toISOString();
  if (query.seen_since !== undefined) values.seen = query.seen_since.from(now).toISOString();
  if (companies.length > 0) values.companies = companies;
  if (companiesNot.length > 0) values.companies_not = companiesNot;
  if (hidden !== undefined && hidden.jobIds.length > 0) values.ids_not = hidden.jobIds;
  if (pay === undefined) return values;
  values.pay = JSON.stringify(pay.ranges);
  values.pay_unknown = pay.unknownFits;
  if (pay.least !== undefined && Number.isFinite(pay.least)) values.flags_pay = String(payBitsFrom(pay.least));
  return values;
}

/** Any of words and terms, so that a job of one of their lists fits. */
const isAny = (node: Node): boolean =>
  node.kind === 'or' ? node.parts.every(isAny) : node.kind === 'word' || node.kind === 'term';

/** What the row must have: any of words and terms, or whatever else a tsquery can say. */
function setWords(values: Values, node: Node): void {
  if (!isAny(node)) {
    values.tsquery = printTsquery(node);
    return;
  }
  const words: Node[] = [];
  const terms: string[] = [];
  const sort = (part: Node): void => {
    if (part.kind === 'or') part.parts.forEach(sort);
    else if (part.kind === 'term') terms.push(part.term);
    else words.push(part);
  };
  sort(node);
  values.any_words = words.length === 0 ? '' : printTsquery({ kind: 'or', parts: words });
  values.any_terms = terms;
}

/** Whether each list is of a word, or of a term that is enough for a job to fit; a row names no list of a word, so one is of a term. */
const areOfAny = (lists: Lists | undefined, terms: Values[string]): boolean =>
  lists !== undefined &&
  Array.isArray(terms) &&
  lists.some((list) => !list.startsWith(WORD_LIST)) &&
  lists.every((list) => list.startsWith(WORD_LIST) || terms.includes(list));

export function statesOf({ state }: Pick<JobFilters, 'state'>): readonly string[] {
  if (state === undefined) return STATES_USUAL;
  return state.includes('all') ? STATES : state;
}

/** Filters that are terms of the job, each as alternatives; entries of lists have marks for them. */
function tagsOf(query: JobFilters): Node[] {
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
  return [...tags('discipline:', query.discipline, DISCIPLINES), ...tags('level:', query.seniority, LEVELS)];
}

/** The same, for which there are no marks. */
function vendorsOf({ vendor }: JobFilters, names: Names): Node[] {
  if (vendor === undefined) return [];
  return [or(vendor.flatMap((name) => names.vendorsOf(name)).map((term): Node => ({ kind: 'term', term })))];
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
