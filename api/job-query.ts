/** What a list of jobs can be asked: the API and the page understand the same parameters, and the address says all of it. */
import { z } from 'zod';
import { DISCIPLINES, LEVELS } from '../shared/search/flags.ts';
import { SOURCE_NAMES } from '../shared/sources.ts';
import { digits, limit, list, names, optional, since, WORK_MODES, type WorkModeName, words } from './inputs.ts';
import { FACETS } from './queries/search/facet-names.ts';
import { PAY_BANDS } from './queries/search/pay.ts';
import { position, SORTS } from './queries/search/position.ts';

const STATES = ['open', 'closed', 'unknown', 'all'] as const;
const REMOTE: Readonly<Record<'true' | 'false' | 'hybrid', WorkModeName>> = {
  true: 'remote',
  false: 'onsite',
  hybrid: 'hybrid',
};
const PAY_MAX = 1_000_000_000;

const country = names(/^([A-Za-z]{2}|unknown)$/, 'two letters as in ISO 3166 (DE), or unknown', 50).transform((codes) =>
  codes.map((code) => (code === 'unknown' ? code : code.toUpperCase())),
);
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be three letters as in ISO 4217 (EUR)');
const isTrue = z.enum(['true', 'false']).transform((text) => text === 'true');

export const jobFilters = z.strictObject({
  q: optional(words).meta({
    description:
      'Words of the title or the company, or IAM terms that the advert names in whatever words; "quoted" for a phrase, -word to leave out, or.',
  }),
  in: optional(z.enum(['title', 'text'])).meta({
    description:
      'Where words are looked for: title (with company and IAM terms) unless said, or the text of the advert too.',
  }),
  source: optional(list(SOURCE_NAMES, 'sources')).meta({ description: 'Sources, separated by commas.' }),
  discipline: optional(list([...DISCIPLINES, 'unknown'], 'disciplines')).meta({
    description: 'Kinds of IAM work; unknown where the advert names none.',
  }),
  vendor: optional(names(/^[a-z0-9_]{1,40}$/, 'names of products such as okta', 30)).meta({
    description: 'Products, as the facet of that name lists them.',
  }),
  work_mode: optional(list(WORK_MODES, 'work modes')).meta({
    description: 'remote, hybrid, onsite or unknown, separated by commas.',
  }),
  remote: optional(z.enum(['true', 'false', 'hybrid'])).meta({
    description:
      'Short for work_mode: true is remote, hybrid is hybrid, false is onsite. What no source states is unknown and in none.',
  }),
  country: optional(country).meta({ description: 'Countries in two letters, separated by commas; or unknown.' }),
  seniority: optional(list([...LEVELS, 'unknown'], 'levels')).meta({
    description: 'Levels that the title names; or unknown.',
  }),
  pay_min: optional(digits(1, PAY_MAX)).meta({
    description:
      'Pays at least so much a year at its upper end, in pay_currency, whatever currency and period it states.',
  }),
  pay_currency: optional(currency).meta({ description: 'EUR unless said.' }),
  pay_band: optional(list(PAY_BANDS, 'bands of pay')).meta({
    description: 'Thousands a year in pay_currency at the upper end; unknown where nothing comparable is stated.',
  }),
  pay_unknown: optional(isTrue).meta({ description: 'With pay_min: also jobs whose pay is unknown.' }),
  posted_since: optional(since).meta({ description: 'A day, a moment, or 7d, 24h, 2w.' }),
  seen_since: optional(since).meta({
    description: 'First seen by us since then: what a source dates anew stays as old as it is.',
  }),
  state: optional(list(STATES, 'states')).meta({ description: 'open, closed, unknown or all; open unless said.' }),
  company: optional(names(/^[^\0]{1,200}$/, 'names of companies', 20, false)).meta({
    description: 'Only of these companies; the parameter several times for several.',
  }),
  company_not: optional(names(/^[^\0]{1,200}$/, 'names of companies', 50, false)).meta({
    description: 'Of none of these companies; the parameter several times for several.',
  }),
  without: optional(names(/^[^\0]{1,100}$/, 'words', 50, false)).meta({
    description: 'Words or phrases that neither title nor company may have; the parameter several times for several.',
  }),
  sort: optional(z.enum(SORTS)).meta({
    description:
      'date (newest first) unless said; match: most IAM first; pay: highest first, of jobs whose pay can be compared.',
  }),
  limit,
  cursor: optional(position).meta({ description: 'nextCursor of the page before.' }),
});

/** Checks that hold between parameters. */
function consistent(value: z.output<typeof jobFilters>, context: z.RefinementCtx): void {
  // One way to say it: both would be a contradiction or a repetition.
  if (value.remote !== undefined && value.work_mode !== undefined)
    context.addIssue({ code: 'custom', path: ['remote'], message: 'says the same as work_mode; give one of them' });
  if (value.cursor !== undefined && value.cursor.sort !== (value.sort ?? 'date'))
    context.addIssue({ code: 'custom', path: ['cursor'], message: 'belongs to a list in another order' });
}

export const jobQuery = jobFilters.superRefine(consistent);
export type JobQuery = z.output<typeof jobQuery>;

/** The list's own parameters beside the filters. */
export const jobListQuery = jobFilters
  .extend({
    count: optional(z.enum(['estimate', 'exact'])).meta({
      description: 'Also says how many fit: estimate costs little; exact looks at everything that may fit.',
    }),
    facets: optional(list([...FACETS, 'all'], 'facets')).meta({
      description: 'Also says how many of what fits have which value; each facet as if nothing were chosen in it.',
    }),
  })
  .superRefine(consistent);

export const facetQuery = jobFilters
  .omit({ limit: true, cursor: true, sort: true })
  .extend({ facets: optional(list([...FACETS, 'all'], 'facets')).meta({ description: 'all unless said.' }) });

export function workModesOf(query: Pick<JobQuery, 'remote' | 'work_mode'>): readonly WorkModeName[] | undefined {
  if (query.remote !== undefined) return [REMOTE[query.remote]];
  return query.work_mode;
}

/** Parameters that may be said several times. */
const LISTS = [...FACETS.filter((facet) => facet !== 'age'), 'state', 'company', 'company_not', 'without'] as const;

/** What narrows the list, as the parameters that say it. */
export function parametersOf(query: JobFilters): URLSearchParams {
  const parameters = new URLSearchParams();
  if (query.q) parameters.set('q', query.q);
  if (query.in !== undefined) parameters.set('in', query.in);
  for (const name of LISTS) {
    const values = name === 'work_mode' ? workModesOf(query) : query[name];
    for (const value of values ?? []) parameters.append(name, value);
  }
  for (const name of ['pay_min', 'pay_currency', 'pay_unknown', 'sort'] as const) {
    if (query[name] !== undefined) parameters.set(name, String(query[name]));
  }
  for (const name of ['posted_since', 'seen_since'] as const) {
    const value = query[name];
    if (value !== undefined) parameters.set(name, value.text);
  }
  return parameters;
}

/** Everything but where in the list. */
export type JobFilters = Omit<JobQuery, 'limit' | 'cursor'>;
