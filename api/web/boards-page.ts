/** Boards of employers: what was read of each, when it is read next, and why then. */
import { BOARD_FILTERS, type BoardFilter, type BoardView } from '../../shared/db/board-list.ts';
import { sourceInfo } from '../../shared/sources.ts';
import type { Person } from '../auth/accounts.ts';
import { type Html, html, safeUrl } from './html.ts';
import { layout } from './layout.ts';
import { ago } from './words.ts';

interface BoardsPage {
  readonly boards: readonly BoardView[];
  readonly state: BoardFilter | undefined;
  /** Address of the next page. */
  readonly next: string | undefined;
  readonly now: Date;
  readonly person: Person | undefined;
}

export function boardsPage({ boards, state, next, now, person }: BoardsPage): Html {
  return layout({
    title: 'Boards',
    current: '/boards',
    person,
    body: html`<h1>Boards</h1>
<p>Employers' own lists of openings. Add one with <code>npm run board -- add URL</code>: any address of its careers page or of one of its postings.</p>
<p>${[undefined, ...BOARD_FILTERS].map((filter) => html`${filter !== undefined && ' · '}${filterLink(filter, state)}`)}</p>
${boards.length === 0 ? html`<p>No board fits.</p>` : boardTable(boards, now)}
${next !== undefined && html`<nav class="pager" aria-label="Pages"><a href="${next}" rel="next">More boards</a></nav>`}`,
  });
}

function filterLink(filter: BoardFilter | undefined, current: BoardFilter | undefined): Html {
  const name = filter ?? 'all';
  if (filter === current) return html`<strong>${name}</strong>`;
  return html`<a href="${filter === undefined ? '/boards' : `/boards?state=${filter}`}">${name}</a>`;
}

function boardTable(boards: readonly BoardView[], now: Date): Html {
  return html`<div class="wide" tabindex="0"><table><thead><tr><th scope="col">Employer</th><th scope="col">Board</th><th scope="col">State</th><th scope="col">Last complete</th><th scope="col">Next check</th><th scope="col">Added</th><th scope="col">Last error</th></tr></thead>
<tbody>${boards.map((board) => boardRow(board, now))}</tbody></table></div>`;
}

function boardRow(board: BoardView, now: Date): Html {
  const { id, source, token, company, page, enabled, lastCompleteAt, nextCheckAt, nextCheckWhy } = board;
  const name = `${sourceInfo(source).label}: ${token}`;
  const when = !enabled
    ? ''
    : nextCheckAt === null || nextCheckAt <= now
      ? html`now, `
      : html`${ago(nextCheckAt, now)}, `;
  return html`<tr><th scope="row">${company ?? token}</th>
<td>${page === null ? name : html`<a href="${safeUrl(page)}" rel="noopener noreferrer nofollow">${name}</a>`} (${id})</td><td>${enabled ? 'on' : 'off'}</td>
<td>${lastCompleteAt === null ? 'never' : ago(lastCompleteAt, now)}</td><td>${when}${nextCheckWhy}</td>
<td>${ago(board.addedAt, now)}${board.addedBy !== null && html`, ${board.addedBy}`}</td><td>${board.lastError}</td></tr>\n`;
}
