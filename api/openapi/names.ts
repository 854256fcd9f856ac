/** What a route is called in the document, where it does not say so itself. */
import type { Route } from '../route.ts';

/** Chapters of the document, in the order in which they are read. */
export const TAGS: Readonly<Record<string, string>> = {
  jobs: 'Openings, merged from the postings of all sources.',
  postings: 'Single advertisements of a source.',
  'job-events': 'What happened to jobs, and how to take it back.',
  scans: 'Runs over the sources, and how far they are.',
  sources: 'Where postings come from, and how each source is doing.',
  boards: "Employers' boards: which there are and when they are read.",
  'board-checks': 'Trials of an address before it becomes a board.',
  operations: 'What operators hold back, repeat and take back.',
  server: 'The server itself: health, metrics, this document.',
};

export function tagOf(route: Pick<Route, 'path' | 'tag'>): string {
  if (route.tag !== undefined) return route.tag;
  const [, part] = /^\/api\/v1\/([^/]+)/.exec(route.path) ?? [];
  return part ?? 'server';
}

/** `GET /api/v1/jobs/:id` is `getJobsById`. */
export function operationIdOf(route: Pick<Route, 'method' | 'path' | 'operationId'>): string {
  if (route.operationId !== undefined) return route.operationId;
  const parts = route.path.replace(/^\/api\/v1(?=\/)/, '').split(/[/.-]/);
  const words = parts
    .filter((part) => part !== '')
    .map((part) => (part.startsWith(':') ? `By-${part.slice(1)}` : part));
  return route.method.toLowerCase() + words.map(capitalised).join('');
}

function capitalised(word: string): string {
  return word
    .split(/[-_]/)
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');
}

/** `/scans/:id` is `/scans/{id}`. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}
