import { z } from 'zod';
import { readHidden } from '../../shared/db/tracking/hides.ts';
import { answerOnce, type Made } from '../answer-cache.ts';
import type { Person } from '../auth/accounts.ts';
import { id } from '../cursor.ts';
import { facetQuery, type JobFilters, type JobQuery, jobListQuery, parametersOf } from '../job-query.ts';
import { Problem } from '../problems.ts';
import { cardBody, jobItem } from '../queries/card.ts';
import { readJob } from '../queries/job.ts';
import {
  COUNT_MAX,
  countExactly,
  countFacets,
  countHidden,
  countJobs,
  HIDDEN_AMONG,
} from '../queries/search/counts.ts';
import { FACETS } from '../queries/search/facet-names.ts';
import { searchJobs } from '../queries/search/search.ts';
import { understoodBody } from '../queries/understood.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';

const link = z.object({ text: z.string(), url: z.string() });

const jobDetail = z.object({
  ...jobItem.shape,
  ...cardBody.shape,
  closedAt: z.string().nullable(),
  html: z.string().meta({ description: 'Description as sanitised HTML.' }),
  textIsCut: z.boolean().meta({ description: 'True when the source gives only the beginning of the description.' }),
  parts: z
    .array(
      z.object({
        term: z.string(),
        label: z.string(),
        phrase: z.string(),
        place: z.enum(['title', 'body', 'rule']),
        points: z.number(),
      }),
    )
    .meta({ description: 'Why it is IAM work; the score is the sum of the points.' }),
  applyUrls: z.array(z.string()),
  understood: understoodBody
    .nullable()
    .meta({ description: 'What was read from the advert, with its words; null in what an earlier release stored.' }),
  postings: z.array(
    z.object({
      id: z.string(),
      gives: z
        .array(z.string())
        .meta({ description: 'Fields of the job that come from it, where it has several postings.' }),
      source: z.string(),
      label: z.string(),
      board: z.string().nullable(),
      url: z.string(),
      attribution: link,
      firstSeenAt: z.string().nullable(),
      changedAt: z.string().nullable(),
      statedAt: z.string().nullable(),
      closedAt: z.string().nullable(),
      closedEvidence: z.string().nullable(),
      state: z.enum(['open', 'closed', 'unknown']),
      unknownWhy: z.string().nullable().meta({ description: 'Why nobody knows whether it is open.' }),
      lastSeenAt: z.string().nullable().meta({ description: 'When it was surely open for the last time.' }),
    }),
  ),
  age: z.object({
    firstSeenAt: z.string().nullable().meta({ description: 'When we first saw any of its postings.' }),
    statedAt: z.string().nullable().meta({ description: 'The earliest date that a source states.' }),
    reposts: z
      .number()
      .meta({ description: 'How often it was listed again: new number, later date, or after closing.' }),
    longestRunDays: z.number().meta({ description: 'Longest time on offer without a break, in whole days.' }),
  }),
});

const count = z.object({
  value: z.number().meta({ description: 'Jobs that fit.' }),
  relation: z.enum(['exact', 'atLeast']).meta({ description: 'atLeast: there are more.' }),
});
const facetCounts = z.object({
  values: z.array(z.object({ value: z.string(), label: z.string(), count: z.number() })),
  capped: z
    .boolean()
    .meta({ description: 'True when the counts are those of the newest that fit, and there are more.' }),
});
const facets = z.partialRecord(z.enum(FACETS), facetCounts);
const instead = z
  .object({
    why: z.enum(['text', 'spelling']),
    typed: z.string(),
    q: z.string().meta({ description: 'What was looked for.' }),
  })
  .meta({
    description:
      'There when nothing fits what was typed: text when the words were then found in adverts, spelling when like words were.',
  });

export const JOB_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/jobs',
      summary: 'Jobs that fit a search, a page at a time',
      auth: 'reader',
      scope: 'jobs:read',
      query: jobListQuery,
      responses: {
        200: {
          about: 'One page; the header Link and nextCursor lead to the next one.',
          headers: ['Link'],
          body: z.object({
            items: z.array(jobItem),
            nextCursor: z.string().nullable(),
            instead: instead.optional(),
            count: count.optional(),
            facets: facets.optional(),
            hidden: z
              .number()
              .optional()
              .meta({
                description: `There when you hide something: jobs that fit and are left out, at most ${COUNT_MAX + 1}, of the newest ${HIDDEN_AMONG} that may fit.`,
              }),
          }),
        },
      },
    },
    async ({ query, services, person, req, res }) => {
      const make = () => listAnswer(services, query, person);
      if (person === undefined && services.answers !== undefined) await services.answers.answer(req, res, make);
      else await answerOnce(res, make);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/jobs/facets',
      summary: 'How many jobs of a search have which value',
      auth: 'reader',
      scope: 'jobs:read',
      query: facetQuery,
      responses: { 200: { about: 'Each facet as if nothing were chosen in it.', body: facets } },
    },
    async ({ query: { facets: wanted, ...query }, services, person, res }) => {
      const hide = person === undefined ? undefined : await readHidden(services.db, person.id);
      res.json(await countFacets(services.db, query, wanted ?? ['all'], services.now(), hide));
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/jobs/:id',
      summary: 'One job: description, score, where it was found, how to apply',
      auth: 'reader',
      scope: 'jobs:read',
      params: z.strictObject({ id }),
      responses: {
        200: { about: 'The job; an id of a job that was merged into another one leads to that one.', body: jobDetail },
        404: { about: 'There is no such job.' },
      },
    },
    async ({ params, services, res }) => {
      const job = await readJob(services.db, params.id, services.now());
      if (job === undefined) throw new Problem('not-found', { detail: `There is no job ${params.id}.` });
      res.json(job);
    },
  ),
];

async function listAnswer(
  services: Services,
  query: z.output<typeof jobListQuery>,
  person: Person | undefined,
): Promise<Made> {
  const { db } = services;
  const now = services.now();
  const hide = person === undefined ? undefined : await readHidden(db, person.id);
  const { items, nextCursor, asked, instead: other } = await searchJobs(db, query, now, hide);
  const parts = [`"items":[${items}]`, `"nextCursor":${JSON.stringify(nextCursor)}`];
  if (other !== undefined) parts.push(`"instead":${JSON.stringify(other)}`);
  if (query.count !== undefined) {
    const counted = await (query.count === 'exact' ? countExactly : countJobs)(db, asked, now, hide);
    parts.push(`"count":${JSON.stringify(counted)}`);
  }
  if (query.facets !== undefined)
    parts.push(`"facets":${JSON.stringify(await countFacets(db, asked, query.facets, now, hide))}`);
  if (hide !== undefined) parts.push(`"hidden":${await countHidden(db, asked, now, hide)}`);
  return {
    type: 'application/json; charset=utf-8',
    body: `{${parts.join(',')}}`,
    link: linkOf(query, asked, nextCursor),
  };
}

function linkOf({ limit }: JobQuery, asked: JobFilters, nextCursor: string | null): string | undefined {
  if (nextCursor === null) return undefined;
  const parameters = parametersOf(asked);
  parameters.set('limit', String(limit));
  parameters.set('cursor', nextCursor);
  return `</api/v1/jobs?${parameters}>; rel="next"`;
}
