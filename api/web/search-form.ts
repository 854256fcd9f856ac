/** The search form with how many jobs each choice has, what is chosen as links that take it back, and what was looked for instead. */
import { isSourceName, sourceInfo } from '../../shared/sources.ts';
import { type JobFilters, parametersOf, workModesOf } from '../job-query.ts';
import type { FacetCounts, FacetsCounted } from '../queries/search/counts.ts';
import type { Facet } from '../queries/search/facet-names.ts';
import { CURRENCY_DEFAULT } from '../queries/search/pay.ts';
import type { Instead } from '../queries/search/search.ts';
import { type Html, html } from './html.ts';
import { WORK_MODE_TEXT } from './words.ts';

/** Choices of one facet that are shown; chosen ones always are. */
const VALUES_SHOWN = 12;
const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'CAD', 'AUD', 'INR', 'SEK', 'PLN'];

const LEGENDS: Readonly<Record<Exclude<Facet, 'age'>, string>> = {
  work_mode: 'Work mode',
  discipline: 'Kind of IAM work',
  vendor: 'Product',
  seniority: 'Level',
  country: 'Country',
  pay_band: 'Pay a year, thousands',
  source: 'Source',
};
const DISCIPLINE_TEXT: Readonly<Record<string, string>> = {
  workforce: 'Workforce identity',
  iga: 'Governance (IGA)',
  pam: 'Privileged access (PAM)',
  ciam: 'Customer identity (CIAM)',
  directory: 'Directories',
  cloud: 'Cloud entitlements',
  machine: 'Machine identity, PKI',
  federal: 'Federal (ICAM)',
};
const AGES = [
  ['', 'Any time'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
] as const;
const SORTS = [
  ['', 'Newest'],
  ['match', 'Best match'],
  ['pay', 'Highest pay'],
] as const;

const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

function textOf(facet: Facet, value: string, label: string): string {
  if (value === 'unknown') return facet === 'work_mode' ? WORK_MODE_TEXT.unknown : 'Not stated';
  if (facet === 'work_mode' && Object.hasOwn(WORK_MODE_TEXT, value))
    return WORK_MODE_TEXT[value as keyof typeof WORK_MODE_TEXT];
  if (facet === 'source') return sourceLabel(value);
  if (facet === 'country') return /^[A-Z]{2}$/.test(value) ? (countryNames.of(value) ?? value) : value;
  if (facet === 'discipline') return DISCIPLINE_TEXT[value] ?? value;
  if (facet === 'seniority') return value.charAt(0).toUpperCase() + value.slice(1);
  return label;
}

const sourceLabel = (value: string) => (isSourceName(value) ? sourceInfo(value).label : value);

export function searchForm(query: JobFilters, facets: FacetsCounted): Html {
  const narrowed = [...parametersOf(query).keys()].some((name) => !['q', 'sort'].includes(name));
  return html`<form action="/" method="get" role="search" class="search">
<div class="row"><label for="q">Title, company or IAM term</label>
<input id="q" name="q" type="search" value="${query.q ?? ''}" maxlength="200" placeholder="okta engineer">
<label for="sort"><span class="hidden">Order</span></label>
<select id="sort" name="sort">${options(SORTS, query.sort ?? '')}</select>
<button type="submit">Search</button></div>
<details${narrowed && html` open`}><summary>Filters</summary>
<label class="box"><input type="checkbox" name="in" value="text"${query.in === 'text' && html` checked`}> Look at the text of adverts, too</label>
${(Object.keys(LEGENDS) as (keyof typeof LEGENDS)[]).map((facet) => boxes(facet, chosenOf(query, facet), facets[facet]))}
${payFields(query)}
<div class="field"><label for="posted_since">Posted</label> <select id="posted_since" name="posted_since">
${ages(query.posted_since?.text ?? '', facets.age)}
</select></div>
<div class="field"><label for="seen_since">First seen by us</label> <select id="seen_since" name="seen_since">
${ages(query.seen_since?.text ?? '', undefined)}
</select></div>
<div class="field"><label for="state">State</label> <select id="state" name="state">
${options(
  [
    ['', 'Open'],
    ['open,unknown', 'Open, or may be closed'],
    ['closed', 'Closed'],
    ['all', 'All'],
  ],
  stateOf(query),
)}
</select></div>
${texts('company', 'Only this company', query.company)}
${texts('company_not', 'Not this company', query.company_not)}
${texts('without', 'Without this word in title or company', query.without)}
</details>
</form>`;
}

const stateOf = ({ state }: JobFilters) => (state === undefined || state.join() === 'open' ? '' : state.join());

function chosenOf(query: JobFilters, facet: Exclude<Facet, 'age'>): readonly string[] {
  return (facet === 'work_mode' ? workModesOf(query) : query[facet]) ?? [];
}

/** A choice that nothing fits is left out, unless it is the one that was made. */
function boxes(facet: Exclude<Facet, 'age'>, chosen: readonly string[], counts: FacetCounts | undefined): Html {
  const values = counts?.values ?? [];
  const shown = [
    ...values.filter(({ value }, i) => i < VALUES_SHOWN || chosen.includes(value)),
    ...chosen
      .filter((value) => !values.some((one) => one.value === value))
      .map((value) => ({ value, label: value, count: 0 })),
  ];
  if (shown.length === 0) return html``;
  return html`<fieldset><legend>${LEGENDS[facet]}</legend>
${shown.map(
  ({ value, label, count }) =>
    html`<label class="box"><input type="checkbox" name="${facet}" value="${value}"${chosen.includes(value) && html` checked`}> ${textOf(facet, value, label)} <span class="n">${countOf(count, counts)}</span></label>`,
)}
</fieldset>`;
}

/** Of a part only it is said that there are more. */
function countOf(count: number, counts: FacetCounts | undefined): string {
  return `${new Intl.NumberFormat('en').format(count)}${counts?.capped === true && count > 0 ? '+' : ''}`;
}

function payFields(query: JobFilters): Html {
  const currency = query.pay_currency ?? CURRENCY_DEFAULT;
  const codes = CURRENCIES.includes(currency) ? CURRENCIES : [...CURRENCIES, currency];
  return html`<div class="field"><label for="pay_min">Pays a year at least</label>
<input id="pay_min" name="pay_min" type="number" min="1" max="1000000000" step="any" value="${query.pay_min ?? ''}">
<label for="pay_currency"><span class="hidden">Currency</span></label>
<select id="pay_currency" name="pay_currency">${options(
    codes.map((code) => [code === CURRENCY_DEFAULT ? '' : code, code] as const),
    currency === CURRENCY_DEFAULT ? '' : currency,
  )}</select>
<label class="box"><input type="checkbox" name="pay_unknown" value="true"${query.pay_unknown === true && html` checked`}> or does not say</label></div>`;
}

function ages(since: string, counts: FacetCounts | undefined): Html {
  const known = AGES.some(([value]) => value === since) ? AGES : [...AGES, [since, `Since ${since}`] as const];
  return options(
    known.map(([value, label]) => {
      const count = counts?.values.find((one) => one.value === value)?.count;
      return [value, count === undefined ? label : `${label} (${countOf(count, counts)})`] as const;
    }),
    since,
  );
}

/** One empty field more than there are values, so that the form can say as much as the address. */
function texts(name: string, label: string, values: readonly string[] | undefined): Html {
  return html`<div class="field">${[...(values ?? []), ''].map(
    (value, i) =>
      html`<label for="${name}-${i}">${i === 0 ? label : 'or'}</label> <input id="${name}-${i}" name="${name}" value="${value}" maxlength="100"> `,
  )}</div>`;
}

function options(choices: readonly (readonly [string, string])[], chosen: string): Html {
  return html`${choices.map(([value, label]) => html`<option value="${value}"${value === chosen && html` selected`}>${label}</option>`)}`;
}

const CHIPS: Readonly<Record<string, string>> = {
  in: 'In',
  pay_min: 'Pays at least',
  pay_currency: 'Currency',
  pay_unknown: 'Pay not stated, too',
  posted_since: 'Posted since',
  seen_since: 'First seen since',
  state: 'State',
  company: 'Only',
  company_not: 'Not',
  without: 'Without',
};

/** What is chosen, each with a link to the same search without it. */
export function chips(query: JobFilters, facets: FacetsCounted): Html {
  const parameters = [...parametersOf(query)].filter(([name]) => name !== 'sort' && name !== 'q');
  if (parameters.length === 0) return html``;
  return html`<ul class="chips" aria-label="Chosen filters">${parameters.map(([name, value]) => {
    const rest = parametersOf(query);
    rest.delete(name, value);
    const facet = name as Exclude<Facet, 'age'>;
    const label = facets[facet]?.values.find((one) => one.value === value)?.label ?? value;
    const text = Object.hasOwn(LEGENDS, name) ? textOf(facet, value, label) : `${CHIPS[name] ?? name}: ${value}`;
    return html`<li><a href="${rest.size === 0 ? '/' : `/?${rest}`}">${text} <span aria-hidden="true">×</span><span class="hidden">: take this filter away</span></a></li>`;
  })}</ul>`;
}

/** What was looked for when nothing fitted what was typed. */
export function insteadText(instead: Instead | undefined): Html {
  if (instead === undefined) return html``;
  return instead.why === 'text'
    ? html`<p class="instead">No title has “${instead.typed}”: these adverts have it in their text.</p>`
    : html`<p class="instead">Nothing has “${instead.typed}”: showing <strong>${instead.q}</strong> instead.</p>`;
}
