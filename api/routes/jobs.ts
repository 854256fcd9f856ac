import { z } from 'zod';
import { id } from '../cursor.ts';
import { jobQuery, parametersOf } from '../inputs.ts';
import { Problem } from '../problems.ts';
import { cardBody, jobItem } from '../queries/card.ts';
import { readJob } from '../queries/job.ts';
import { listJobs } from '../queries/jobs.ts';
import { understoodBody } from '../queries/understood.ts';
import { type Route, route } from '../route.ts';

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

export const JOB_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/jobs',
      summary: 'Jobs, newest first, a page at a time',
      auth: 'public',
      query: jobQuery,
      responses: {
        200: {
          about: 'One page; the header Link and nextCursor lead to the next one.',
          body: z.object({ items: z.array(jobItem), nextCursor: z.string().nullable() }),
        },
      },
    },
    async ({ query, services, res }) => {
      const { items, nextCursor } = await listJobs(services.db, query, services.now());
      if (nextCursor !== null) {
        const parameters = parametersOf(query);
        parameters.set('limit', String(query.limit));
        parameters.set('cursor', nextCursor);
        res.set('Link', `</api/v1/jobs?${parameters}>; rel="next"`);
      }
      res.type('application/json').send(`{"items":[${items.join(',')}],"nextCursor":${JSON.stringify(nextCursor)}}`);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/jobs/:id',
      summary: 'One job: description, score, where it was found, how to apply',
      auth: 'public',
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
