/** What people know better than the rules about which postings are one opening. Workers bring the jobs in line. */
import { z } from 'zod';
import { type Decided, DecisionError, mergeJobs, splitPosting, undoEvent } from '../../shared/db/merge/decide.ts';
import { whoOf } from '../auth/accounts.ts';
import { id } from '../cursor.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';

const decided = z.object({
  event: z.string().meta({ description: 'Takes it back: POST /api/v1/job-events/{event}/undo.' }),
  job: z.string(),
});
const responses = {
  202: { about: 'It is decided; the jobs follow with the next merge, within seconds.', body: decided },
  409: { about: 'There is nothing to be decided: no such posting, job or event, or it is so already.' },
};

export const DECISION_ROUTES: readonly Route[] = [
  route(
    {
      method: 'POST',
      path: '/api/v1/postings/:id/split',
      summary: 'This posting is another opening than the rest of its job',
      auth: 'admin',
      params: z.strictObject({ id }),
      responses,
    },
    async ({ params, services, person, res }) => {
      res.status(202).json(await answer(splitPosting(services.db, params.id, whoOf(person))));
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/jobs/:id/merge',
      summary: 'Another job is the same opening as this one',
      auth: 'admin',
      params: z.strictObject({ id }),
      body: z.strictObject({ job: id.meta({ description: 'Keeps leading to the first one.' }) }),
      responses,
    },
    async ({ params, body, services, person, res }) => {
      res.status(202).json(await answer(mergeJobs(services.db, params.id, body.job, whoOf(person))));
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/job-events/:id/undo',
      summary: 'Takes back a decision, a merge or a split',
      auth: 'admin',
      params: z.strictObject({ id }),
      responses,
    },
    async ({ params, services, person, res }) => {
      res.status(202).json(await answer(undoEvent(services.db, params.id, whoOf(person))));
    },
  ),
];

async function answer(deciding: Promise<Decided>): Promise<z.output<typeof decided>> {
  try {
    const { eventId, jobId } = await deciding;
    return { event: eventId, job: jobId };
  } catch (error) {
    if (error instanceof DecisionError) throw new Problem('operation-refused', { detail: error.message });
    throw error;
  }
}
