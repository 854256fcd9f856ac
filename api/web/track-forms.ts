/** The buttons by which a person saves, applies to and hides jobs; plain forms, so that they work without scripts. */
import { movesFrom, type State } from '../../shared/tracking/states.ts';
import { type Html, html } from './html.ts';

/** What a page knows of who looks at it. */
export interface Reader {
  readonly isSignedIn: boolean;
  /** States of the jobs on the page. */
  readonly states: ReadonlyMap<string, State>;
  /** The page's own address, to come back to. */
  readonly back: string;
}

export const STATE_TEXT: Readonly<Record<State, string>> = {
  new: 'Not tracked',
  saved: 'Saved',
  applied: 'Applied',
  interviewing: 'Interviewing',
  offer: 'Offer',
  accepted: 'Accepted',
  rejected: 'Rejected',
  withdrawn: 'Withdrawn',
  hidden: 'Hidden',
};

const VERBS: Readonly<Record<State, string>> = {
  new: 'Take back',
  saved: 'Save',
  applied: 'Mark as applied',
  interviewing: 'Move to interviewing',
  offer: 'Move to offer',
  accepted: 'Mark as accepted',
  rejected: 'Mark as rejected',
  withdrawn: 'Mark as withdrawn',
  hidden: 'Hide',
};

/** @param title for who hears the page and not sees it */
export function trackButtons({ isSignedIn, states, back }: Reader, jobId: string, title: string): Html {
  if (!isSignedIn) {
    return html`<a class="track" href="/sign-in?next=${encodeURIComponent(back)}">Sign in to save or hide<span class="hidden"> ${title}</span></a>`;
  }
  const state = states.get(jobId) ?? 'new';
  return html`<form class="track" method="post" action="/jobs/${jobId}/track">
<input type="hidden" name="back" value="${back}">
${state !== 'new' && html`<a class="state" href="/tracker">${STATE_TEXT[state]}</a>`}
${moveButtons(state, title)}
</form>`;
}

/** Buttons of a form that sends `state`. */
export function moveButtons(state: State, title: string): Html {
  return html`${movesFrom(state).map((to) => html`<button class="quietly" name="state" value="${to}">${VERBS[to]}<span class="hidden"> ${title}</span></button> `)}`;
}
