/** What a person hides, and their account as a file: out, in, away. */
import type { HideEffect, HideRule } from '../../shared/db/tracking/hides.ts';
import { HIDDEN_COUNT_MAX } from '../../shared/db/tracking/hides.ts';
import type { Person } from '../auth/accounts.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { count } from './words.ts';

interface DataPage {
  readonly person: Person | undefined;
  readonly rules: readonly (HideRule & HideEffect)[];
  /** Jobs that are hidden one by one. */
  readonly hiddenJobs: number;
  /** What was done just now. */
  readonly said: string | undefined;
}

const KINDS = { company: 'Company', agency: 'Agency', keyword: 'Words' } as const;

export function dataPage({ person, rules, hiddenJobs, said }: DataPage): Html {
  return layout({
    title: 'What you hide, and your data',
    person,
    body: html`<h1>What you hide, and your data</h1>
${said !== undefined && html`<p role="status" class="notice">${said}</p>`}
<section aria-labelledby="hides"><h2 id="hides">Hidden in your lists</h2>
<p>${hiddenJobs === 0 ? 'No job is hidden by itself.' : html`<a href="/tracker?state=hidden">${count(hiddenJobs, 'job', 'jobs')}</a> hidden one by one.`}</p>
<ul class="rows">${rules.map(ruleEntry)}</ul>
<form class="stack" method="post" action="/settings/data/hides">
<label for="kind">Hide</label> <select id="kind" name="kind"><option value="company">a company, exactly</option><option value="agency">an agency: companies that begin with</option><option value="keyword">words in title or company</option></select>
<label for="value">Name or words</label> <input id="value" name="value" required maxlength="200">
<p><button>Hide</button></p></form></section>
<section aria-labelledby="export"><h2 id="export">Export</h2>
<p><a href="/api/v1/account/export" download>Your whole account as a file</a>: what you track with every step, note and kept advert, and what you hide. No secrets are in it.</p>
<p><a href="/api/v1/jobs/export?format=csv&amp;bom=true" download>All open jobs as a table (CSV)</a></p></section>
<section aria-labelledby="import"><h2 id="import">Import</h2>
<form class="stack" method="post" action="/settings/data/import" enctype="multipart/form-data">
<label for="file">File of an account, up to 32 MB</label> <input id="file" name="file" type="file" accept="application/json,.json" required>
<label class="box"><input type="checkbox" name="merge" value="true"> Add to what is there; jobs that you track already stay as they are</label>
<p><button>Import</button></p></form></section>
<section aria-labelledby="delete"><h2 id="delete">Delete the account</h2>
<p>Everything that is kept of you is removed. It cannot be undone: export it first. It takes a sign-in of the last hour: <a href="/sign-in?next=${encodeURIComponent('/settings/data')}">sign in again</a> if yours is older.</p>
<form class="stack" method="post" action="/settings/data/delete">
<label for="confirm">Your address once more</label> <input id="confirm" name="confirm" type="email" required autocomplete="off">
<p><button>Delete my account</button></p></form></section>`,
  });
}

function ruleEntry({ id, kind, value, hides, samples }: HideRule & HideEffect): Html {
  const n =
    hides > HIDDEN_COUNT_MAX ? `more than ${HIDDEN_COUNT_MAX} open jobs` : count(hides, 'open job', 'open jobs');
  return html`<li><span>${KINDS[kind]}: <strong>${value}</strong></span> <span class="quiet">hides ${n}</span>
${samples.length > 0 && html`<details><summary>Some of them</summary><ul>${samples.map((job) => html`<li><a href="/jobs/${job.id}">${job.title}</a>, ${job.company ?? 'company not stated'}</li>`)}</ul></details>`}
<form method="post" action="/settings/data/hides/${id}/remove"><button class="quietly">Show again<span class="hidden"> ${value}</span></button></form></li>`;
}

/** After the account is gone there is nobody signed in. */
export function deletedPage(removed: Readonly<Record<string, number>>): Html {
  const words = (name: string) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return layout({
    title: 'Account deleted',
    body: html`<h1>The account is deleted</h1>
<p>Removed were:</p><ul>${Object.entries(removed).map(([name, n]) => html`<li>${words(name)}: ${n}</li>`)}</ul>
<p>Only the trail keeps that an account was deleted and when, without its address. <a href="/">To the list of jobs</a></p>`,
  });
}
