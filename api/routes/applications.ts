/** What one person tracks: state, notes, next step, history. Every statement takes the owner; what is another's does not exist. */
import { z } from 'zod';
import type { Database } from '../../shared/db/database.ts';
import { findJob } from '../../shared/db/tracking/jobs.ts';
import { APPLICATIONS_MAX, changeEntry, moveJob } from '../../shared/db/tracking/move.ts';
import { countStates, type Item, listItems, type Position, readItemOfJob } from '../../shared/db/tracking/read.ts';
import { STATES, TRACKED } from '../../shared/tracking/states.ts';
import { text } from '../../shared/tracking/text.ts';
import { day } from '../../shared/tracking/time.ts';
import { id as jobIdText } from '../cursor.ts';
import { limit } from '../inputs.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { nextStepsCalendar } from '../tracking/calendar.ts';
import { ENTRY, mustRead, NO_ENTRY, sendItem, withTag } from '../tracking/items.ts';
import { ownerOf } from '../tracking/owner.ts';
import { refusals } from '../tracking/refusals.ts';
import { applicationItem, bodyOf, isOfOrder, position, positionText, versionsOf } from '../tracking/shapes.ts';

const NOTES_MAX = 20_000;
const STEP_MAX = 500;
const REASON_MAX = 500;
/** Entries in memory at a time with all that they hold. Not fewer: each page is found among all entries of its owner anew. */
const BATCH = 2500;

export const READ = 'tracking:read';
export const WRITE = 'tracking:write';

const ofJob = z.strictObject({ id: jobIdText });
export const ofEntry = z.strictObject({ id: z.uuid() });
const state = z.enum(STATES, { message: `must be one of ${STATES.join(', ')}` });
const reason = text(REASON_MAX)
  .trim()
  .nullable()
  .optional()
  .meta({ description: 'Why it is hidden; comes with the state, and is kept with the state hidden only.' });
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
  .refine((body) => Object.values(body).some((value) => value !== undefined), 'must say what to change')
  .refine(({ state: wanted, reason: why }) => why === undefined || wanted !== undefined, {
    path: ['reason'],
    message: 'says why a job is hidden: send it together with "state": "hidden"',
  });

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
      const items = await readNextSteps(services.db, ownerOf(person));
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
      responses: { 200: ENTRY, 404: { about: 'There is no such job, or you do not track it.' } },
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
      responses: { 200: ENTRY, 404: { about: 'There is no such job.' }, 409: refusedMove },
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
      responses: { 200: ENTRY, 404: NO_ENTRY },
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
      responses: { 200: ENTRY, 404: NO_ENTRY, 409: refusedMove },
    },
    async ({ params, body, services, person, req, res }) => {
      const owner = ownerOf(person);
      const given = versionsOf(req.headers['if-match']);
      if (given === undefined && (body.notes !== undefined || body.nextStep !== undefined)) {
        throw await withTag(services, owner, params.id, new Problem('precondition-required'));
      }
      const versions = given === 'any' ? undefined : given;
      await refusals(() => changeEntry(services.db, owner, params.id, body, versions)).catch(async (error: unknown) => {
        const isStale = error instanceof Problem && error.slug === 'precondition-failed';
        throw isStale ? await withTag(services, owner, params.id, error) : error;
      });
      sendItem(res, await mustRead(services, owner, params.id));
    },
  ),
];

/** All entries with a next step, by its day, as they are at one moment. */
function readNextSteps({ sql }: Pick<Database, 'sql'>, owner: string): Promise<Item[]> {
  const view = sql.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return view.execute(async (tx) => {
    const found: Item[] = [];
    let after: Position | undefined;
    do {
      const page = await listItems({ sql: tx }, owner, { states: TRACKED, sort: 'due', limit: BATCH, after });
      // The notes of ten thousand entries may have hundreds of megabytes, and no calendar shows them.
      found.push(...page.items.map((item) => ({ ...item, notes: '' })));
      after = page.next ?? undefined;
    } while (after !== undefined && found.length < APPLICATIONS_MAX);
    return found;
  });
}
