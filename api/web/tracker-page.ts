/** What a person tracks: by state, and one entry with its notes, its next step, its history and the advert that was frozen. */
import type { HistoryEvent, KeptAdvert } from '../../shared/db/tracking/history.ts';
import type { Item } from '../../shared/db/tracking/read.ts';
import type { Change } from '../../shared/tracking/changes.ts';
import { payLine } from '../../shared/tracking/changes.ts';
import { type State, TRACKED } from '../../shared/tracking/states.ts';
import type { Person } from '../auth/accounts.ts';
import { type Html, html, safeUrl } from './html.ts';
import { layout } from './layout.ts';
import { moveButtons, STATE_TEXT } from './track-forms.ts';
import { ago } from './words.ts';

interface TrackerPage {
  readonly person: Person | undefined;
  readonly items: readonly Item[];
  readonly counts: Readonly<Record<string, number>>;
  /** The state that is shown alone. */
  readonly only: State | undefined;
  readonly next: string | undefined;
  readonly now: Date;
}

export function trackerPage({ person, items, counts, only, next, now }: TrackerPage): Html {
  const groups = Map.groupBy(items, ({ state }) => state);
  const shown = TRACKED.filter((state) => groups.has(state));
  return layout({
    title: 'Tracker',
    current: '/tracker',
    person,
    body: html`<h1>Tracker</h1>
<p>${stateLink(undefined, only, undefined)}${TRACKED.map((state) => html` · ${stateLink(state, only, counts[state] ?? 0)}`)}</p>
<p><a href="/api/v1/applications.ics">Next steps as a calendar</a> · <a href="/settings/data">What you hide, export, import</a></p>
${items.length === 0 && html`<p>Nothing here yet. Save a job from the <a href="/">list of jobs</a>.</p>`}
${shown.map(
  (state) => html`<section aria-labelledby="state-${state}"><h2 id="state-${state}">${STATE_TEXT[state]}</h2>
<ul class="jobs">${groups.get(state)?.map((item) => html`<li>${entry(item, now)}</li>\n`)}</ul></section>`,
)}
${next !== undefined && html`<nav class="pager" aria-label="Pages"><a href="${next}" rel="next">More</a></nav>`}`,
  });
}

function stateLink(state: State | undefined, only: State | undefined, n: number | undefined): Html {
  const name = state === undefined ? 'All but hidden' : `${STATE_TEXT[state]} (${n ?? 0})`;
  if (state === only) return html`<strong>${name}</strong>`;
  return html`<a href="${state === undefined ? '/tracker' : `/tracker?state=${state}`}">${name}</a>`;
}

function entry(item: Item, now: Date): Html {
  const { id, job, nextStep, stateAt, notes } = item;
  return html`<article>
<h3><a href="/tracker/${id}">${job.title}</a></h3>
${facts(item, now)}
${changeList(item, now)}
${nextStep !== null && html`<p class="next"><span class="label">Next:</span> ${nextStep.text}, ${day(nextStep.on, now)}</p>`}
${notes !== '' && html`<p class="quiet">${notes.length > 200 ? `${notes.slice(0, 200).toWellFormed()}…` : notes}</p>`}
<form class="track" method="post" action="/tracker/${id}/move">
<input type="hidden" name="back" value="/tracker">
${moveButtons(item.state, job.title)}
<span class="quiet">${STATE_TEXT[item.state]} ${ago(stateAt, now)}</span>
</form>
</article>`;
}

function facts({ job, jobId, reason }: Item, now: Date): Html {
  const pay = payLine(job);
  return html`<ul class="facts"><li><strong>${job.company ?? 'Company not stated'}</strong></li>
${job.places.length > 0 && html`<li>${job.places.slice(0, 4).join(' · ')}</li>`}
${pay !== null && html`<li class="pay">${pay}</li>`}
${job.statedAt !== null && html`<li>posted ${ago(job.statedAt, now)}</li>`}
${job.state === 'closed' && html`<li><em>closed</em></li>`}
${jobId === null && html`<li><em>not on this system</em></li>`}
${reason !== null && html`<li>hidden: ${reason}</li>`}</ul>`;
}

/** A day that is over is told as one. */
function day(on: string, now: Date): Html {
  const isOver = on < now.toISOString().slice(0, 10);
  return html`<time datetime="${on}">${on}</time>${isOver && html` <strong>(over)</strong>`}`;
}

function changeList({ id, changes }: Item, now: Date): Html {
  if (changes.length === 0) return html``;
  return html`<div class="notice"><p>New since you looked:</p><ul>${changes.map((change) => html`<li>${changeText(change, now)}</li>`)}</ul>
<form method="post" action="/tracker/${id}/seen"><button class="quietly">I have seen it</button></form></div>`;
}

const FIELDS: Readonly<Record<string, string>> = { workMode: 'way of working', places: 'places' };

function changeText(change: Change, now: Date): Html {
  switch (change.kind) {
    case 'closed':
      return html`It is closed${change.at !== null && html` since ${ago(change.at, now)}`}${change.why !== null && `: ${change.why}`}.`;
    case 'reopened':
      return html`It is open again${change.at !== null && html` since ${ago(change.at, now)}`}.`;
    case 'unknown':
      return html`Nobody knows whether it is still open${change.why !== null && `: ${change.why}`}.`;
    case 'merged':
      return html`It turned out to be the same opening as another one, or another one than it was.`;
    case 'gone':
      return html`It is not on this system any more; what you keep here stays.`;
    default:
      return html`Its ${FIELDS[change.kind] ?? change.kind}: ${change.to ?? 'not stated any more'}; it was ${change.from ?? 'not stated'}.`;
  }
}

interface EntryPage {
  readonly person: Person | undefined;
  readonly item: Item;
  readonly history: readonly HistoryEvent[];
  readonly kept: KeptAdvert | undefined;
  readonly now: Date;
  /** What was typed and is not kept, because the entry was changed elsewhere meanwhile. */
  readonly draft?: Draft | undefined;
}

/** As the form has it. */
export interface Draft {
  readonly notes: string;
  readonly step: string;
  readonly on: string;
}

export function entryPage({ person, item, history, kept, now, draft }: EntryPage): Html {
  const { job } = item;
  return layout({
    title: `${job.title}: tracker`,
    person,
    body: html`<article class="job"><h1>${job.title}</h1>
${facts(item, now)}
<p>${item.jobId === null ? html`<a href="${safeUrl(job.url)}" rel="noopener">The advert, if it is still there</a>` : html`<a href="/jobs/${item.jobId}">The job</a>`} · <a href="/tracker">Tracker</a></p>
${changeList(item, now)}
${trackedParts(item, history, now, `/tracker/${item.id}`, draft)}
${kept !== undefined && frozen(kept, now)}
</article>`,
  });
}

/** State, notes, next step and history of one entry, for its own page and for the page of its job. */
export function trackedParts(
  item: Item,
  history: readonly HistoryEvent[],
  now: Date,
  back: string,
  draft?: Draft,
): Html {
  const { id, state, stateAt, notes, nextStep, version, also } = item;
  const shown = draft ?? { notes, step: nextStep?.text ?? '', on: nextStep?.on ?? '' };
  const undoable = history.find(({ kind, undoneBy }) => kind !== 'undo' && undoneBy === null);
  return html`<section aria-labelledby="track"><h2 id="track">Your track</h2>
<form class="track" method="post" action="/tracker/${id}/move"><input type="hidden" name="back" value="${back}">
<span class="state">${STATE_TEXT[state]}</span> <span class="quiet">${ago(stateAt, now)}</span> ${moveButtons(state, '')}</form>
${also.length > 0 && html`<p>You have other entries that turned out to be the same job: ${also.map((other) => html`<a href="/tracker/${other.id}">${STATE_TEXT[other.state]}</a> `)}</p>`}
${draft !== undefined && overtaken(item)}
<form class="stack" method="post" action="/tracker/${id}/edit"><input type="hidden" name="back" value="${back}"><input type="hidden" name="version" value="${version}">
<label for="notes">Notes</label> <textarea id="notes" name="notes" rows="5" maxlength="20000">${'\n'}${shown.notes}</textarea>
<label for="step">Next step</label> <input id="step" name="step" maxlength="500" value="${shown.step}">
<label for="on">On</label> <input id="on" name="on" type="date" value="${shown.on}">
<p><button>Keep notes and next step</button></p></form>
</section>
<section aria-labelledby="history"><h2 id="history">History</h2>
<ol class="rows" reversed>${history.map((event) => html`<li>${eventText(event)} <span class="quiet">${ago(event.at, now)}${event.undoneBy !== null && ', taken back'}</span></li>`)}</ol>
${
  undoable !== undefined &&
  html`<form method="post" action="/tracker/${id}/undo"><input type="hidden" name="back" value="${back}"><input type="hidden" name="event" value="${undoable.seq}"><button class="quietly">Undo the last step</button></form>`
}
</section>`;
}

function overtaken({ notes, nextStep }: Item): Html {
  return html`<div class="notice" role="alert"><p>This was changed elsewhere since you opened it. What you typed is in the fields and is not kept yet. What is kept now:</p>
<pre class="text">${notes === '' ? 'No notes.' : notes}</pre>
<p>Next step: ${nextStep === null ? 'none' : `${nextStep.text}, ${nextStep.on}`}</p></div>`;
}

function eventText({ kind, after, undoes }: HistoryEvent): string {
  if (kind === 'undo') return `Took back step ${undoes}`;
  if (kind === 'notes') return 'Notes';
  if (kind === 'next-step') {
    const step = after as Item['nextStep'];
    return step === null ? 'Next step done' : `Next step: ${step.text}, ${step.on}`;
  }
  const { state, reason } = after as { readonly state: State; readonly reason: string | null };
  return reason === null ? STATE_TEXT[state] : `${STATE_TEXT[state]}: ${reason}`;
}

function frozen({ takenAt, advert }: KeptAdvert, now: Date): Html {
  const pay = payLine(advert);
  return html`<section aria-labelledby="advert"><h2 id="advert">The advert as you applied</h2>
<p class="quiet">Kept ${ago(takenAt, now)}: ${advert.title}, ${advert.company ?? 'company not stated'}${pay !== null && `, ${pay}`}. <a href="${safeUrl(advert.url)}" rel="noopener">Its address</a></p>
${advert.textIsCut && html`<p class="notice">Only a part of the text was known.</p>`}
<pre class="text">${advert.text === '' ? 'No text was known.' : advert.text}</pre></section>`;
}
