/** The pages for people. */
import type { Request } from 'express';
import { z } from 'zod';
import { listScans } from '../../shared/db/scans/list.ts';
import { readHidden } from '../../shared/db/tracking/hides.ts';
import { readHistory } from '../../shared/db/tracking/history.ts';
import { readItemOfJob, readStates } from '../../shared/db/tracking/read.ts';
import type { Person } from '../auth/accounts.ts';
import { id } from '../cursor.ts';
import { jobQuery } from '../job-query.ts';
import { onceOf } from '../once.ts';
import { PROBLEM_SLUGS, Problem } from '../problems.ts';
import type { JobItem } from '../queries/card.ts';
import { readJob } from '../queries/job.ts';
import { countFacets, countHidden, countJobs } from '../queries/search/counts.ts';
import { searchJobs } from '../queries/search/search.ts';
import { listSources } from '../queries/sources.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { jobPage } from '../web/job-page.ts';
import { jobsPage } from '../web/jobs-page.ts';
import { problemKindPage } from '../web/problem-page.ts';
import { scansPage } from '../web/scans-page.ts';
import type { Reader } from '../web/track-forms.ts';
import { askForScan } from './scans.ts';

const SCANS_SHOWN = 10;
const HISTORY_SHOWN = 50;
const HTML = { 200: { about: 'The page.', type: 'text/html' } };

export const PAGE_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/',
      summary: 'Page: the list of jobs with search',
      auth: 'reader',
      kind: 'page',
      query: jobQuery,
      responses: HTML,
    },
    async ({ query, services, person, req, res }) => {
      const now = services.now();
      const hide = person === undefined ? undefined : await readHidden(services.db, person.id);
      const { items, nextCursor, asked, instead } = await searchJobs(services.db, query, now, hide);
      const [count, facets, hidden, { scans }] = await Promise.all([
        countJobs(services.db, asked, now, hide),
        countFacets(services.db, asked, ['all'], now, hide),
        hide === undefined ? 0 : countHidden(services.db, asked, now, hide),
        listScans(services.db, { limit: 1 }),
      ]);
      const jobs = JSON.parse(`[${items}]`) as JobItem[];
      const reader = await readerOf(services, trackerOf(person), req, jobs);
      const found = { query, asked, instead, facets, items: jobs, count, nextCursor };
      res.type('html').send(jobsPage({ ...found, lastScan: scans[0], now, person, reader, hidden }).text);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/jobs/:id',
      summary: 'Page: one job',
      auth: 'reader',
      kind: 'page',
      params: z.strictObject({ id }),
      responses: {
        ...HTML,
        302: { about: 'It was merged into another job, which is there.' },
        404: { about: 'There is no such job.' },
      },
    },
    async ({ params, services, person, req, res }) => {
      const job = await readJob(services.db, params.id, services.now());
      if (job === undefined) throw new Problem('not-found', { detail: `There is no job ${params.id}.` });
      // Not for ever: what was merged may come apart again.
      if (job.id !== params.id) return void res.redirect(302, `/jobs/${job.id}`);
      const tracker = trackerOf(person);
      const reader = await readerOf(services, tracker, req, [job]);
      const item = tracker && (await readItemOfJob(services.db, tracker.id, job.id));
      const history =
        item && tracker && (await readHistory(services.db, tracker.id, item.id, { limit: HISTORY_SHOWN }));
      const track = { person, reader, item, history: history?.items ?? [] };
      res.type('html').send(jobPage(job, services.now(), track).text);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/scans',
      summary: 'Page: the latest scans and the state of each source',
      auth: 'reader',
      kind: 'page',
      query: z.strictObject({ cursor: z.uuid().optional() }),
      responses: HTML,
    },
    async ({ query, services, person, res }) => {
      const [{ scans, cursor }, sources] = await Promise.all([
        listScans(services.db, { limit: SCANS_SHOWN, cursor: query.cursor }),
        listSources(services.db, services.config, services.now()),
      ]);
      res.type('html').send(scansPage({ scans, sources, nextCursor: cursor, now: services.now(), person }).text);
    },
  ),
  route(
    {
      method: 'POST',
      path: '/scans',
      summary: 'Form: starts a scan of all sources',
      auth: 'admin',
      scope: 'scan:run',
      allowance: 'scan',
      kind: 'page',
      bodyKind: 'form',
      body: z.strictObject({ key: z.uuid() }),
      responses: {
        303: { about: 'It will run; the header Location leads to the page of scans.' },
        429: { about: 'Too many scans are open.' },
      },
    },
    async ({ body, services, person, req, res }) => {
      const { sources } = services.config;
      // A form that is sent twice, by a double click or by going back, is one scan.
      const asked = { headers: { 'idempotency-key': body.key } };
      const once = onceOf(asked, person?.id ?? 'admin token', { path: req.path, sources });
      await askForScan({ services, person, res }, { trigger: 'admin', sources, once });
      res.redirect(303, '/scans');
    },
  ),
  route(
    {
      method: 'GET',
      path: '/problems/:slug',
      summary: 'Page: what a kind of problem means',
      auth: 'public',
      kind: 'page',
      params: z.strictObject({ slug: z.enum(PROBLEM_SLUGS) }),
      responses: { ...HTML, 404: { about: 'There is no such kind.' } },
    },
    ({ params, res }) => void res.type('html').send(problemKindPage(params.slug).text),
  ),
];

/** Whose tracking a page may show: a key that may only read jobs sees what anybody sees. */
function trackerOf(person: Person | undefined): Person | undefined {
  return person?.scopes === 'all' || person?.scopes.has('tracking:read') ? person : undefined;
}

async function readerOf(
  { db }: Services,
  person: Person | undefined,
  req: Request,
  jobs: readonly { readonly id: string }[],
): Promise<Reader> {
  const ids = jobs.map(({ id }) => id);
  const states = person === undefined ? new Map() : await readStates(db, person.id, ids);
  return { isSignedIn: person !== undefined, states, back: req.originalUrl };
}
