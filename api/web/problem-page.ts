/** What a person sees of a problem: the answer to a request, or the page that explains the kind. */
import { type Problem, type ProblemSlug, problemKind } from '../problems.ts';
import { type Html, html } from './html.ts';
import { layout } from './layout.ts';

export function problemPage(problem: Problem, requestId: string): Html {
  const { status, title, about } = problemKind(problem.slug);
  const { detail, errors } = problem.more;
  return layout({
    title,
    body: html`<h1>${title}</h1>
${status < 500 && detail !== undefined && html`<p>${detail}</p>`}
${errors !== undefined && html`<ul>${errors.map((error) => html`<li><code>${error.pointer.slice(1)}</code> ${error.detail}</li>`)}</ul>`}
<p>${about}</p>
<p><a href="/">To the list of jobs</a></p>
<p class="small">Status ${status}, request ${requestId}</p>`,
  });
}

export function problemKindPage(slug: ProblemSlug): Html {
  const { status, title, about } = problemKind(slug);
  return layout({
    title,
    body: html`<h1>${title}</h1>
<p>${about}</p>
<p class="small">Kind <code>${slug}</code>, status ${status}</p>`,
  });
}
