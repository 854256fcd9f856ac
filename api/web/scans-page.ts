/** The latest scans, and how each source is doing. */
import { randomUUID } from 'node:crypto';
import type { ScanView } from '../../shared/db/scans/read.ts';
import type { WaitView } from '../../shared/db/scans/wait-views.ts';
import type { Person } from '../auth/accounts.ts';
import type { SourceView } from '../queries/sources.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';
import { ago, count } from './words.ts';

interface ScansPage {
  readonly scans: readonly ScanView[];
  readonly sources: readonly SourceView[];
  readonly nextCursor: string | undefined;
  readonly now: Date;
  readonly person: Person | undefined;
}

const STATE_TEXT: Readonly<Record<string, string>> = {
  queued: 'waiting',
  running: 'running',
  success: 'success',
  partial: 'partial',
  failed: 'failed',
  cancelled: 'cancelled',
  waiting_for_key: 'waiting for a key',
  out_of_quota: 'out of quota',
};

export function scansPage({ scans, sources, nextCursor, now, person }: ScansPage): Html {
  return layout({
    title: 'Scans',
    current: '/scans',
    person,
    body: html`<h1>Scans</h1>
${person?.role === 'admin' && html`<form method="post" action="/scans"><input type="hidden" name="key" value="${randomUUID()}"><button>Start a scan</button></form>`}
${scans.length === 0 && html`<p>No scan has run yet: start one with <code>npm run scan</code>, or wait for the timetable.</p>`}
${scans.map((scan) => scanEntry(scan, now))}
${nextCursor !== undefined && html`<nav class="pager" aria-label="Pages"><a href="/scans?cursor=${nextCursor}" rel="next">Older scans</a></nav>`}
<h2>Sources</h2>
${sourceTable(sources, now)}`,
  });
}

function scanEntry(scan: ScanView, now: Date): Html {
  const { units } = scan;
  const open = scan.finishedAt === null;
  return html`<section class="scan" aria-label="Scan ${scan.id}">
<h2><span class="state ${scan.state}">${STATE_TEXT[scan.state]}</span> ${ago(scan.requestedAt, now)}</h2>
${open && html`<p><progress value="${units.done}" max="${Math.max(1, units.total)}">${units.done} of ${units.total}</progress> ${units.done} of ${count(units.total, 'unit', 'units')} done</p>`}
${scan.sourceResults.flatMap(({ source, waits }) => waits.map((wait) => waitLine(source, wait, now)))}
${scan.reason !== null && html`<p>${scan.reason}</p>`}
<p>${count(scan.found, 'posting', 'postings')} found: ${scan.kept} kept (${scan.new} new, ${scan.changed} changed, ${scan.unchanged} unchanged), ${scan.rejected} left out; ${scan.closed} closed; ${count(scan.requests, 'request', 'requests')}.</p>
${scan.sourceResults.length > 0 && html`<details><summary>By source</summary><div class="wide" tabindex="0">${resultTable(scan)}</div></details>`}
</section>`;
}

function waitLine(source: string, { says, units, since, until }: WaitView, now: Date): Html {
  return html`<p class="wait">${source}: ${count(units, 'unit waits', 'units wait')}${since !== null && html`, since ${ago(since, now)}`}${until !== null && html`, comes again ${ago(until, now)}`}: ${says}</p>`;
}

const COLUMNS = ['requests', 'found', 'kept', 'new', 'changed', 'unchanged', 'rejected', 'closed', 'errors'] as const;

function resultTable(scan: ScanView): Html {
  return html`<table><thead><tr><th scope="col">Source</th><th scope="col">State</th><th scope="col" class="number">Units</th>
${COLUMNS.map((column) => html`<th scope="col" class="number">${column}</th>`)}<th scope="col" class="number">Seconds</th><th scope="col">Last error</th></tr></thead>
<tbody>${scan.sourceResults.map(
    (
      result,
    ) => html`<tr><th scope="row">${result.source}</th><td>${STATE_TEXT[result.state]}</td><td class="number">${result.done}/${result.units}</td>
${COLUMNS.map((column) => html`<td class="number">${result[column]}</td>`)}<td class="number">${result.seconds.toFixed(1)}</td><td>${result.error}</td></tr>\n`,
  )}</tbody></table>`;
}

function sourceTable(sources: readonly SourceView[], now: Date): Html {
  return html`<div class="wide" tabindex="0"><table><thead><tr><th scope="col">Source</th><th scope="col">State</th><th scope="col" class="number">Boards</th><th scope="col">Fresh as of</th><th scope="col">Last success</th><th scope="col" class="number">Found then</th><th scope="col">Last error</th></tr></thead>
<tbody>${sources.map(
    (
      source,
    ) => html`<tr><th scope="row"><a href="${source.homepage}">${source.label}</a></th><td>${sourceState(source, now)}</td>
<td class="number">${source.kind === 'board' ? `${source.boards.enabled} of ${source.boards.total}` : '–'}</td>
<td>${freshness(source, now)}</td>
<td>${source.lastSuccessAt === null ? 'never' : ago(source.lastSuccessAt, now)}</td><td class="number">${source.lastFound ?? '–'}</td>
<td>${source.lastError !== null && html`${source.lastError}${source.lastErrorAt !== null && html` (${ago(source.lastErrorAt, now)})`}`}</td></tr>\n`,
  )}</tbody></table></div>`;
}

function sourceState({ state, sentence, since }: SourceView, now: Date): Html {
  return html`<span class="state ${state.replaceAll(' ', '-')}">${state}</span> ${sentence}${since !== null && html` (since ${ago(since, now)})`}`;
}

function freshness({ freshness: { asOf, isLate, lateByHours, withinHours } }: SourceView, now: Date): Html {
  const late = lateByHours === null ? 'late' : `late by ${count(lateByHours, 'hour', 'hours')}`;
  return html`${asOf === null ? 'never' : ago(asOf, now)}${isLate && html`, <strong>${late}</strong> (promised: ${withinHours} hours)`}`;
}
