/** The pages for people. */
import { z } from 'zod';
import { listScans } from '../../shared/db/scans/list.ts';
import { id } from '../cursor.ts';
import { jobQuery } from '../job-query.ts';
import { PROBLEM_SLUGS, Problem } from '../problems.ts';
import type { JobItem } from '../queries/card.ts';
import { readJob } from '../queries/job.ts';
import { countJobs } from '../queries/search/counts.ts';
import { searchJobs } from '../queries/search/search.ts';
import { listSources } from '../queries/sources.ts';
import { type Route, route } from '../route.ts';
import { jobPage } from '../web/job-page.ts';
import { jobsPage } from '../web/jobs-page.ts';
import { problemKindPage } from '../web/problem-page.ts';
import { scansPage } from '../web/scans-page.ts';

const SCANS_SHOWN = 10;
const HTML = { 200: { about: 'The page.', type: 'text/html' } };

export const PAGE_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/',
      summary: 'Page: the list of jobs with search',
      auth: 'public',
      kind: 'page',
      query: jobQuery,
      responses: HTML,
    },
    async ({ query, services, res }) => {
      const now = services.now();
      const [{ items, nextCursor }, count, { scans }] = await Promise.all([
        searchJobs(services.db, query, now),
        countJobs(services.db, query, now).then(({ value, relation }) => value + (relation === 'atLeast' ? 1 : 0)),
        listScans(services.db, { limit: 1 }),
      ]);
      const jobs = items.map((item) => JSON.parse(item) as JobItem);
      res.type('html').send(jobsPage({ query, items: jobs, count, nextCursor, lastScan: scans[0], now }).text);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/jobs/:id',
      summary: 'Page: one job',
      auth: 'public',
      kind: 'page',
      params: z.strictObject({ id }),
      responses: {
        ...HTML,
        302: { about: 'It was merged into another job, which is there.' },
        404: { about: 'There is no such job.' },
      },
    },
    async ({ params, services, res }) => {
      const job = await readJob(services.db, params.id, services.now());
      if (job === undefined) throw new Problem('not-found', { detail: `There is no job ${params.id}.` });
      // Not for ever: what was merged may come apart again.
      if (job.id !== params.id) return void res.redirect(302, `/jobs/${job.id}`);
      res.type('html').send(jobPage(job, services.now()).text);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/scans',
      summary: 'Page: the latest scans and the state of each source',
      auth: 'public',
      kind: 'page',
      query: z.strictObject({ cursor: z.uuid().optional() }),
      responses: HTML,
    },
    async ({ query, services, res }) => {
      const [{ scans, cursor }, sources] = await Promise.all([
        listScans(services.db, { limit: SCANS_SHOWN, cursor: query.cursor }),
        listSources(services.db, services.config, services.now()),
      ]);
      res.type('html').send(scansPage({ scans, sources, nextCursor: cursor, now: services.now() }).text);
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
