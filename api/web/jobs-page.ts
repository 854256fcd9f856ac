/** The list of jobs with its search form; works without JavaScript. */

import type { ScanView } from '../../shared/db/scans/read.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import type { Person } from '../auth/accounts.ts';
import { LIMIT_DEFAULT } from '../inputs.ts';
import { type JobFilters, type JobQuery, parametersOf } from '../job-query.ts';
import type { JobItem } from '../queries/card.ts';
import type { Count, FacetsCounted } from '../queries/search/counts.ts';
import type { Instead } from '../queries/search/search.ts';
import { type Html, html, safeUrl } from './html.ts';
import { layout } from './layout.ts';
import { chips, insteadText, searchForm } from './search-form.ts';
import { type Reader, trackButtons } from './track-forms.ts';
import { ago, count, payText, WORK_MODE_TEXT } from './words.ts';

export interface JobsPage {
  readonly query: JobQuery;
  /** What was really looked for; `instead` says why it is not what was typed. */
  readonly asked: JobFilters;
  readonly instead: Instead | undefined;
  readonly facets: FacetsCounted;
  readonly items: readonly JobItem[];
  readonly count: Count;
  readonly nextCursor: string | null;
  readonly lastScan: ScanView | undefined;
  readonly now: Date;
  readonly person?: Person | undefined;
  readonly reader: Reader;
  /** How many jobs that fit are left out, because the reader hides them; at most as many as are counted. */
  readonly hidden: number;
}

export function jobsPage(page: JobsPage): Html {
  const { query, asked, facets, instead, items, nextCursor, now, person, reader } = page;
  return layout({
    title: query.q ? `${query.q}: jobs` : 'Jobs',
    current: '/',
    person,
    body: html`<h1>Identity and access management jobs</h1>
${searchForm(asked, facets)}
${insteadText(instead)}
${chips(asked, facets)}
<p role="status" class="count">${countText(page)}</p>
${items.length > 0 && html`<p class="quiet"><a href="${exportUrl(asked)}">These as a table (CSV)</a></p>`}
${page.hidden > 0 && html`<p class="count">${count(page.hidden, 'more is', 'more are')} hidden: <a href="/settings/data">what you hide</a></p>`}
${
  items.length === 0
    ? emptyText(page)
    : html`<ol class="jobs">
${items.map((job) => html`<li>${jobEntry(job, now, reader)}</li>\n`)}
</ol>`
}
${pager({ ...query, ...asked }, nextCursor)}`,
  });
}

/** An advert for every office of a large employer would fill the screen with their names. */
const PLACES_SHOWN = 4;

function jobEntry(job: JobItem, now: Date, reader: Reader): Html {
  return html`<article>
<h2><a href="/jobs/${job.id}">${job.title}</a></h2>
${jobFacts(job, now, PLACES_SHOWN)}
${job.reasons.length > 0 && html`<p class="why"><span class="label">Matches:</span> ${[...new Set(job.reasons.map(({ label }) => label))].map((label) => html`<span class="tag">${label}</span> `)}</p>`}
<p class="from">${sourcesOf(job).map((source) => html`${attribution(source)} `)}<a class="apply" href="${safeUrl(job.url)}" rel="noopener">Apply<span class="hidden"> for ${job.title}</span></a></p>
${trackButtons(reader, job.id, job.title)}
</article>`;
}

/** Cards that were written before jobs had several sources name one. */
function sourcesOf({ source, sources }: JobItem): readonly string[] {
  return sources ?? [source];
}

/**
 * Company, places, work mode, pay, age: what is stated, and nothing else.
 * @param placesMax places that are named; of more the rest is counted
 */
export function jobFacts(job: JobItem, now: Date, placesMax = Number.POSITIVE_INFINITY): Html {
  const more = Math.max(0, job.places.length - placesMax);
  const facts = [
    html`<strong>${job.company ?? 'Company not stated'}</strong>`,
    job.places.length > 0
      ? html`${job.places.slice(0, placesMax).join(' · ')}${more > 0 && ` and ${more} more`}`
      : html`Place not stated`,
    html`${WORK_MODE_TEXT[job.workMode]}`,
    job.pay !== null &&
      html`<span class="pay">${payText(job.pay)}</span>${job.pay.estimated && ' (estimated by the source)'}`,
    job.statedAt === null ? html`first seen ${ago(job.firstSeenAt, now)}` : html`posted ${ago(job.statedAt, now)}`,
    job.state !== 'open' && html`<em>${job.state === 'closed' ? 'closed' : 'may be closed'}</em>`,
  ];
  return html`<ul class="facts">${facts.map((fact) => fact !== false && html`<li>${fact}</li>`)}</ul>`;
}

/** Sources allow showing their postings for a link that search engines follow: never add rel=nofollow. */
export function attribution(source: string): Html {
  const info = Object.hasOwn(NAMED, source) ? sourceInfo(source as SourceName) : undefined;
  return info === undefined ? html`${source}` : html`<a href="${info.attribution.url}">${info.attribution.text}</a>`;
}
const NAMED = Object.fromEntries(SOURCE_NAMES.map((name) => [name, true]));

function isNarrowed(query: JobQuery): boolean {
  return parametersOf(query).size > 0;
}

function countText({ count: { value: n, relation }, query }: JobsPage): string {
  const state = query.state === undefined ? 'open ' : query.state.includes('all') ? '' : `${query.state.join(' or ')} `;
  if (n === 0 && relation === 'atLeast') return 'None among the newest';
  const found = count(n, `${state}job`, `${state}jobs`);
  const jobs = relation === 'atLeast' ? `At least ${found}` : found;
  return isNarrowed(query) ? `${jobs} match${n === 1 ? 'es' : ''}` : jobs;
}

/** An empty list says why it is empty and what to do. */
function emptyText({ query, lastScan, count: { value: n }, nextCursor }: JobsPage): Html {
  if (nextCursor !== null)
    return html`<p>Nothing fits among the newest that may; the next page looks further back.</p>`;
  if (n > 0)
    return html`<p>This page of the list is empty. <a href="${pageUrl(query, undefined)}">Back to the first page</a></p>`;
  if (query.q && !/[\p{L}\p{N}]/u.test(query.q))
    return html`<p>There is no word in “${query.q}”: search for letters or numbers.</p>`;
  if (isNarrowed(query)) {
    return html`<p>Nothing fits all of this. Use fewer words or filters, or <a href="/">show all open jobs</a>.</p>`;
  }
  if (lastScan === undefined) {
    return html`<p>No scan has run yet: start one with <code>npm run scan</code>, or wait for the timetable. The <a href="/scans">scans</a> page shows it working.</p>`;
  }
  if (lastScan.state === 'queued' || lastScan.state === 'running') {
    return html`<p>The first jobs appear here while the scan runs: <a href="/scans">see how far it is</a>.</p>`;
  }
  return html`<p>The last scan read ${count(lastScan.found, 'posting', 'postings')} and kept no open job. The <a href="/scans">scans</a> page says what each source answered.</p>`;
}

function pager(query: JobQuery, nextCursor: string | null): Html {
  if (nextCursor === null && query.cursor === undefined) return html``;
  return html`<nav class="pager" aria-label="Pages">
${query.cursor !== undefined && html`<a href="${pageUrl(query, undefined)}">First page</a>`}
${nextCursor !== null && html`<a href="${pageUrl(query, nextCursor)}" rel="next">Next page</a>`}
</nav>`;
}

/** All that the search finds, not only this page. */
function exportUrl(asked: JobFilters): string {
  const parameters = parametersOf(asked);
  return parameters.size === 0 ? '/api/v1/jobs/export' : `/api/v1/jobs/export?${parameters}`;
}

/** The address of the same search, elsewhere in its list. */
export function pageUrl(query: JobQuery, cursor: string | undefined): string {
  const parameters = parametersOf(query);
  if (query.limit !== LIMIT_DEFAULT) parameters.set('limit', String(query.limit));
  if (cursor !== undefined) parameters.set('cursor', cursor);
  return parameters.size === 0 ? '/' : `/?${parameters}`;
}
