/** What one person tracks: state, notes, next step, history. Every statement takes the owner; what is another's does not exist. */
import type { Response } from 'express';
import { z } from 'zod';
import { markSeen, undoEvent } from '../../shared/db/tracking/edit.ts';
import { readFrozen, readHistory } from '../../shared/db/tracking/history.ts';
import { findJob } from '../../shared/db/tracking/jobs.ts';
import { changeEntry, moveJob } from '../../shared/db/tracking/move.ts';
import { countStates, type Item, listItems, readItem, readItemOfJob } from '../../shared/db/tracking/read.ts';
import { frozenAdvert } from '../../shared/tracking/advert.ts';
import { STATES, TRACKED } from '../../shared/tracking/states.ts';
import { text } from '../../shared/tracking/text.ts';
import { day } from '../../shared/tracking/time.ts';
import { id as jobIdText } from '../cursor.ts';
import { digits, limit } from '../inputs.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { nextStepsCalendar } from '../tracking/calendar.ts';
import { ownerOf } from '../tracking/owner.ts';
import { refusals } from '../tracking/refusals.ts';
import {
  applicationItem,
  bodyOf,
  etagOf,
  historyEvent,
  isOfOrder,
  position,
  positionText,
  versionOf,
} from '../tracking/shapes.ts';

const NOTES_MAX = 20_000;
const STEP_MAX = 500;
const REASON_MAX = 500;

const READ = 'tracking:read';
const WRITE = 'tracking:write';

const ofJob = z.strictObject({ id: jobIdText });
const ofEntry = z.strictObject({ id: z.uuid() });
const state = z.enum(STATES, { message: `must be one of ${STATES.join(', ')}` });
const reason = text(REASON_MAX)
  .trim()
  .nullable()
  .optional()
  .meta({ description: 'Why it is hidden; kept with the state hidden only.' });
export const nextStep = z
  .strictObject({
    text: text(STEP_MAX).trim().min(1, 'must not be empty'),
    on: day,
  })
  .nullable();
const stateBody = z.strictObject({ state, reason });
const entryBody = z
  .strictObject({
    state: state.optional(),
    reason,
    notes: text(NOTES_MAX).optional(),
    nextStep: nextStep.optional().meta({ description: 'null takes it away.' }),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must say what to change');

const states = z
  .string()
  .optional()
  .transform((given, context) => {
    const names = given === undefined || given === '' ? TRACKED : given.split(',');
    const wrong = names.find((name) => !(TRACKED as readonly string[]).includes(name));
    if (wrong === undefined) return names as typeof TRACKED;
    context.addIssue({
      code: 'custom',
      message: `"${wrong.slice(0, 50)}" is no state; there are: ${TRACKED.join(', ')}`,
    });
    return z.NEVER;
  });

const item = { about: 'The entry; its ETag is for If-Match.', body: applicationItem };
const noEntry = { about: 'You have no such entry.' };
const refusedMove = {
  about: 'The state does not lead there; the member "allowed" says where it leads. Or a limit is reached.',
};

export const APPLICATION_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/applications',
      summary: 'Jobs that you track, a page at a time, with what changed of them',
      auth: 'user',
      scope: READ,
      query: z
        .strictObject({
          state: states.meta({ description: `Of ${TRACKED.join(', ')}, separated by commas; all unless said.` }),
          due_before: day.optional().meta({ description: 'Only with a next step up to this day, included.' }),
          sort: z.enum(['changed', 'due']).default('changed').meta({
            description:
              'changed: what you changed last comes first. due: by the day of the next step, without those that have none.',
          }),
          limit,
          cursor: position.optional(),
        })
        .refine(({ cursor, sort }) => cursor === undefined || isOfOrder(cursor, sort), {
          path: ['cursor'],
          message: 'belongs to a list in another order',
        }),
      responses: {
        200: {
          about: 'One page; the header Link and nextCursor lead to the next one.',
          body: z.object({
            items: z.array(applicationItem),
            counts: z.record(z.string(), z.number()).meta({ description: 'How many there are in each state.' }),
            nextCursor: z.string().nullable(),
          }),
          headers: ['Link'],
        },
      },
    },
    async ({ query, services, person, req, res }) => {
      const { state: wanted, due_before: dueBefore, sort, limit: most, cursor: after } = query;
      const owner = ownerOf(person);
      const [page, counts] = await Promise.all([
        listItems(services.db, owner, { states: wanted, dueBefore, sort, limit: most, after }),
        countStates(services.db, owner),
      ]);
      const nextCursor = page.next === null ? null : positionText(page.next);
      if (nextCursor !== null) {
        const parameters = new URLSearchParams(req.url.split('?')[1] ?? '');
        parameters.set('cursor', nextCursor);
        res.set('Link', `</api/v1/applications?${parameters}>; rel="next"`);
      }
      res.json({ items: page.items.map(bodyOf), counts, nextCursor });
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/applications.ics',
      summary: 'Your next steps as a calendar',
      auth: 'user',
      scope: READ,
      responses: { 200: { about: 'One entry for each next step, on its day.', type: 'text/calendar' } },
    },
    async ({ services, person, res }) => {
      const { items } = await listItems(services.db, ownerOf(person), { states: TRACKED, sort: 'due', limit: 1000 });
      res
        .type('text/calendar; charset=utf-8')
        .attachment('next-steps.ics')
        .send(nextStepsCalendar(items, services.now()));
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/jobs/:id/application',
      summary: 'What you track of a job',
      auth: 'user',
      scope: READ,
      params: ofJob,
      responses: { 200: item, 404: { about: 'There is no such job, or you do not track it.' } },
    },
    async ({ params, services, person, res }) => {
      const job = await findJob(services.db.sql, params.id);
      const found = job === undefined ? undefined : await readItemOfJob(services.db, ownerOf(person), job);
      if (found === undefined) throw new Problem('not-found', { detail: `You do not track job ${params.id}.` });
      sendItem(res, found);
    },
  ),
  route(
    {
      method: 'PUT',
      path: '/api/v1/jobs/:id/application',
      summary: 'Brings a job into a state: saves it, marks it as applied, hides it, takes it back',
      about: 'Twice is once. With the state applied the advert is frozen as it is.',
      auth: 'user',
      scope: WRITE,
      params: ofJob,
      body: stateBody,
      examples: { body: { state: 'saved' } },
      responses: { 200: item, 404: { about: 'There is no such job.' }, 409: refusedMove },
    },
    async ({ params, body, services, person, res }) => {
      const owner = ownerOf(person);
      const done = await refusals(() => moveJob(services.db, owner, params.id, body));
      sendItem(res, await mustRead(services, owner, done.id));
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/applications/:id',
      summary: 'One entry of what you track',
      auth: 'user',
      scope: READ,
      params: ofEntry,
      responses: { 200: item, 404: noEntry },
    },
    async ({ params, services, person, res }) => sendItem(res, await mustRead(services, ownerOf(person), params.id)),
  ),
  route(
    {
      method: 'PATCH',
      path: '/api/v1/applications/:id',
      summary: 'Changes state, notes or next step of an entry',
      about:
        'Notes and the next step take the header If-Match with the ETag of the entry as it was read, so that nothing is overwritten unseen.',
      auth: 'user',
      scope: WRITE,
      params: ofEntry,
      body: entryBody,
      takes: ['If-Match'],
      examples: { body: { notes: 'Spoke to Ms Ferreira.' } },
      responses: { 200: item, 404: noEntry, 409: refusedMove },
    },
    async ({ params, body, services, person, req, res }) => {
      const owner = ownerOf(person);
      const given = versionOf(req.headers['if-match']);
      if (given === undefined && (body.notes !== undefined || body.nextStep !== undefined)) {
        throw new Problem('precondition-required');
      }
      const version = given === 'any' ? undefined : given;
      await refusals(() => changeEntry(services.db, owner, params.id, body, version));
      sendItem(res, await mustRead(services, owner, params.id));
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/applications/:id/advert',
      summary: 'The advert as it was when you applied',
      auth: 'user',
      scope: READ,
      params: ofEntry,
      responses: {
        200: { about: 'The frozen advert.', body: z.object({ takenAt: z.string(), advert: frozenAdvert }) },
        404: { about: 'You have no such entry, or did not apply.' },
      },
    },
    async ({ params, services, person, res }) => {
      const kept = await readFrozen(services.db, ownerOf(person), params.id);
      if (kept === undefined) throw new Problem('not-found', { detail: `Entry ${params.id} has no frozen advert.` });
      res.json(kept);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/applications/:id/history',
      summary: 'What you did with an entry, the newest first',
      auth: 'user',
      scope: READ,
      params: ofEntry,
      query: z.strictObject({ limit, before: digits(1, 1_000_000).optional() }),
      responses: {
        200: {
          about: 'One page; nextBefore leads to the next one.',
          body: z.object({ items: z.array(historyEvent), nextBefore: z.number().nullable() }),
        },
        404: noEntry,
      },
    },
    async ({ params, query, services, person, res }) => {
      const found = await readHistory(services.db, ownerOf(person), params.id, query);
      if (found === undefined) throw new Problem('not-found', { detail: `You have no entry ${params.id}.` });
      res.json({ items: found.items, nextBefore: found.next });
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/applications/:id/undo',
      summary: 'Takes back the last thing that you did with an entry, or a given one',
      about: 'State, notes and next step are taken back each in its own order. An undo is an event, too.',
      auth: 'user',
      scope: WRITE,
      params: ofEntry,
      body: z.strictObject({ event: z.number().int().min(1).max(1_000_000).optional() }).optional(),
      responses: {
        200: item,
        404: noEntry,
        409: { about: 'There is nothing to be undone, or a later event comes first.' },
      },
    },
    async ({ params, body, services, person, res }) => {
      const owner = ownerOf(person);
      await refusals(() => undoEvent(services.db, owner, params.id, body?.event));
      sendItem(res, await mustRead(services, owner, params.id));
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/applications/:id/seen',
      summary: 'You have seen what changed of the job',
      auth: 'user',
      scope: WRITE,
      params: ofEntry,
      responses: { 200: item, 404: noEntry },
    },
    async ({ params, services, person, res }) => {
      const owner = ownerOf(person);
      await refusals(() => markSeen(services.db, owner, params.id));
      sendItem(res, await mustRead(services, owner, params.id));
    },
  ),
];

function sendItem(res: Response, found: Item): void {
  const body = bodyOf(found);
  res.set('ETag', etagOf(body)).json(body);
}

async function mustRead({ db }: Services, owner: string, id: string): Promise<Item> {
  const found = await readItem(db, owner, id);
  if (found === undefined) throw new Problem('not-found', { detail: `You have no entry ${id}.` });
  return found;
}
