/** One job with everything that is known of it, and where each fact comes from. */
import type { HistoryEvent } from '../../shared/db/tracking/history.ts';
import type { Item } from '../../shared/db/tracking/read.ts';
import type { Person } from '../auth/accounts.ts';
import type { JobDetail, PostingView } from '../queries/job.ts';
import { type Html, html, safeUrl, trusted } from './html.ts';
import { attribution, jobFacts } from './jobs-page.ts';
import { layout } from './layout.ts';
import { type Reader, trackButtons } from './track-forms.ts';
import { trackedParts } from './tracker-page.ts';
import { ago, count } from './words.ts';

const APPLY_LINKS_MAX = 10;

/** What the reader of the page has to do with the job. */
export interface Track {
  readonly person: Person | undefined;
  readonly reader: Reader;
  /** Undefined unless it is tracked. */
  readonly item: Item | undefined;
  readonly history: readonly HistoryEvent[];
}

export function jobPage(job: JobDetail, now: Date, { person, reader, item, history }: Track): Html {
  return layout({
    title: job.company === null ? job.title : `${job.title} at ${job.company}`,
    person,
    body: html`<article class="job">
<h1>${job.title}</h1>
${jobFacts(job, now)}
${job.closedAt !== null && html`<p class="notice">This job is closed since ${ago(job.closedAt, now)}. ${evidence(job)}</p>`}
${applyLinks(job)}
${item === undefined ? trackButtons(reader, job.id, job.title) : trackedParts(item, history, now, `/jobs/${job.id}`)}
${reasons(job)}
<section aria-labelledby="text"><h2 id="text">Description</h2>
${job.textIsCut && html`<p class="notice">The source gives only the beginning of the text; the advertisement has all of it.</p>`}
<div class="advert">${job.html === '' ? html`<p>The source gives no description.</p>` : trusted(job.html)}</div>
</section>
<section aria-labelledby="sources"><h2 id="sources">Where it was found</h2>
<ul>${job.postings.map((posting) => html`<li>${postingEntry(posting, now)}</li>`)}</ul>
<p>${ageText(job, now)}</p>
</section>
</article>`,
  });
}

function evidence(job: JobDetail): string {
  return [...new Set(job.postings.flatMap(({ closedEvidence }) => closedEvidence ?? []))].join(' ');
}

function applyLinks(job: JobDetail): Html {
  const urls = [...new Set([...job.applyUrls, ...job.postings.map(({ url }) => url), job.url])]
    .filter((url) => safeUrl(url) !== '#')
    .slice(0, APPLY_LINKS_MAX);
  return html`<p class="links">${urls.map(
    (url, i) =>
      html`<a class="${i === 0 ? 'apply' : 'more'}" href="${url}" rel="noopener">${i === 0 ? 'Apply at ' : 'also at '}${hostOf(url)}</a> `,
  )}</p>`;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : url;
}

const PLACE = { title: 'in the title', body: 'in the text', rule: 'by rule' } as const;

function reasons(job: JobDetail): Html {
  if (job.parts.length === 0) return html``;
  return html`<section aria-labelledby="why"><h2 id="why">Why it matches</h2>
<table><thead><tr><th scope="col">Term</th><th scope="col">Words of the advertisement</th><th scope="col">Where</th><th scope="col" class="number">Points</th></tr></thead>
<tbody>${job.parts.map((part) => html`<tr><td>${part.label}</td><td>${part.phrase}</td><td>${PLACE[part.place]}</td><td class="number">${part.points}</td></tr>\n`)}</tbody>
<tfoot><tr><th scope="row" colspan="3">Score</th><td class="number">${job.score}</td></tr></tfoot></table>
</section>`;
}

function ageText({ age }: JobDetail, now: Date): string {
  const again = age.reposts === 0 ? '' : `, listed again ${count(age.reposts, 'time', 'times')}`;
  const stated = age.statedAt === null ? 'No source states a date' : `First dated ${ago(age.statedAt, now)}`;
  const seen = age.firstSeenAt === null ? '' : `, first seen by us ${ago(age.firstSeenAt, now)}`;
  return `${stated}${seen}${again}; on offer without a break for ${count(age.longestRunDays, 'day', 'days')} at the longest.`;
}

/** In the words of the page. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  workMode: 'way of working',
  postedAt: 'date',
  url: 'link',
};

function gives({ gives: fields }: PostingView): Html {
  if (fields.length === 0) return html``;
  return html` Gives ${fields.map((field) => FIELD_NAMES[field] ?? field).join(', ')}.`;
}

function postingEntry(posting: PostingView, now: Date): Html {
  return html`<a href="${safeUrl(posting.url)}" rel="noopener">${posting.label}${posting.board !== null && `, ${posting.board}`}</a>:
${posting.statedAt !== null && html`published ${ago(posting.statedAt, now)}, `}
${posting.firstSeenAt !== null && html`first seen ${ago(posting.firstSeenAt, now)}`}${posting.closedAt !== null && html`, closed ${ago(posting.closedAt, now)} (${posting.closedEvidence ?? 'no evidence kept'})`}${posting.unknownWhy !== null && html`; nobody knows whether it is still open: ${posting.unknownWhy}`}.${gives(posting)}
${attribution(posting.source)}`;
}
