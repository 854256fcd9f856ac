/** The pages of what a person tracks, and the forms on them. Each form leads back to where it was sent from. */
import { isDeepStrictEqual } from 'node:util';
import type { Response } from 'express';
import { z } from 'zod';
import { markSeen, undoEvent } from '../../shared/db/tracking/edit.ts';
import { UndoError } from '../../shared/db/tracking/errors.ts';
import { readFrozen, readHistory } from '../../shared/db/tracking/history.ts';
import { changeEntry, moveJob } from '../../shared/db/tracking/move.ts';
import { countStates, type Item, listItems, readItem } from '../../shared/db/tracking/read.ts';
import { STATES, TRACKED } from '../../shared/tracking/states.ts';
import { text } from '../../shared/tracking/text.ts';
import { day } from '../../shared/tracking/time.ts';
import type { Person } from '../auth/accounts.ts';
import { id as jobIdText } from '../cursor.ts';
import { digits } from '../inputs.ts';
import { nextPath } from '../next-path.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { ownerOf } from '../tracking/owner.ts';
import { refusals } from '../tracking/refusals.ts';
import { isOfOrder, position, positionText } from '../tracking/shapes.ts';
import { type Draft, entryPage, trackerPage } from '../web/tracker-page.ts';

const SHOWN = 100;
const HISTORY_SHOWN = 50;
const HTML = { 200: { about: 'The page.', type: 'text/html' } };
const BACK = { 303: { about: 'Done; the header Location leads back to the page.' } };
const noEntry = { 404: { about: 'You have no such entry.' } };
const conflict = { 409: { about: 'The state does not lead there, or there is nothing to be undone.' } };

const back = z.string().max(2000).optional();
const ofEntry = z.strictObject({ id: z.uuid() });
const state = z.enum(STATES);

const page = { auth: 'user', kind: 'page' } as const;
const form = { ...page, method: 'POST', bodyKind: 'form', scope: 'tracking:write' } as const;

/** A form sends texts only, and its lines end as in mail. */
const edited = z
  .strictObject({
    back,
    version: digits(1, 1_000_000_000),
    notes: text(40_000).transform((notes) => notes.replaceAll('\r\n', '\n')),
    step: text(500).trim(),
    on: z.union([z.literal(''), day]),
  })
  .refine(({ notes }) => notes.length <= 20_000, { path: ['notes'], message: 'must have at most 20000 characters' })
  .refine(({ step, on }) => (step === '') === (on === ''), {
    path: ['on'],
    message: 'a next step has a text and a day',
  });

export const TRACKER_ROUTES: readonly Route[] = [
  route(
    {
      ...page,
      method: 'GET',
      path: '/tracker',
      summary: 'Page: the jobs that you track',
      scope: 'tracking:read',
      query: z.strictObject({
        state: z.enum(TRACKED as [string, ...string[]]).optional(),
        cursor: position.refine((at) => isOfOrder(at, 'changed'), 'belongs to a list in another order').optional(),
      }),
      responses: HTML,
    },
    async ({ query, services, person, res }) => {
      const owner = ownerOf(person);
      const only = STATES.find((name) => name === query.state);
      const states = only === undefined ? TRACKED.filter((name) => name !== 'hidden') : [only];
      const [{ items, next }, counts] = await Promise.all([
        listItems(services.db, owner, { states, sort: 'changed', limit: SHOWN, after: query.cursor }),
        countStates(services.db, owner),
      ]);
      const more = next === null ? undefined : new URLSearchParams({ cursor: positionText(next) });
      if (only !== undefined) more?.set('state', only);
      const nextPage = more === undefined ? undefined : `/tracker?${more}`;
      res.type('html').send(trackerPage({ person, items, counts, only, next: nextPage, now: services.now() }).text);
    },
  ),
  route(
    {
      ...page,
      method: 'GET',
      path: '/tracker/:id',
      summary: 'Page: one entry with its notes, its history and the advert that was kept',
      scope: 'tracking:read',
      params: ofEntry,
      responses: { ...HTML, ...noEntry },
    },
    async ({ params, services, person, res }) => {
      const owner = ownerOf(person);
      const item = await readItem(services.db, owner, params.id);
      if (item === undefined) throw new Problem('not-found', { detail: `You have no entry ${params.id}.` });
      await sendEntry(services, person, item, res);
    },
  ),
  route(
    {
      ...form,
      path: '/jobs/:id/track',
      summary: 'Form: brings a job into a state',
      params: z.strictObject({ id: jobIdText }),
      body: z.strictObject({ state, back }),
      responses: { ...BACK, 404: { about: 'There is no such job.' }, ...conflict },
    },
    async ({ params, body, services, person, res }) => {
      await refusals(() => moveJob(services.db, ownerOf(person), params.id, { state: body.state }));
      res.redirect(303, nextPath(body.back ?? `/jobs/${params.id}`));
    },
  ),
  route(
    {
      ...form,
      path: '/tracker/:id/move',
      summary: 'Form: brings an entry into a state',
      params: ofEntry,
      body: z.strictObject({ state, back }),
      responses: { ...BACK, ...noEntry, ...conflict },
    },
    async ({ params, body, services, person, res }) => {
      await refusals(() => changeEntry(services.db, ownerOf(person), params.id, { state: body.state }));
      res.redirect(303, nextPath(body.back ?? '/tracker'));
    },
  ),
  route(
    {
      ...form,
      path: '/tracker/:id/edit',
      summary: 'Form: keeps notes and the next step of an entry',
      params: ofEntry,
      body: edited,
      bodyLimit: 256 * 1024,
      responses: {
        ...BACK,
        ...noEntry,
        ...conflict,
        412: { about: 'It was changed elsewhere since the page was opened.' },
      },
    },
    async ({ params, body, services, person, req, res }) => {
      const { notes, step, on, version } = body;
      const owner = ownerOf(person);
      const nextStep = on === '' ? null : { text: step, on };
      const stale = await refusals(() => changeEntry(services.db, owner, params.id, { notes, nextStep }, version))
        .then(() => undefined)
        .catch((error: unknown) => {
          if (error instanceof Problem && error.slug === 'precondition-failed') return error;
          throw error;
        });
      const now = stale && (await readItem(services.db, owner, params.id));
      // Sent twice is kept once.
      if (now === undefined || (now.notes === notes && isDeepStrictEqual(now.nextStep, nextStep)))
        return void res.redirect(303, nextPath(body.back ?? `/tracker/${params.id}`));
      if (req.accepts(['application/problem+json', 'text/html']) !== 'text/html') throw stale;
      // A person must not lose what was typed because another window was faster.
      res.status(412);
      await sendEntry(services, person, now, res, { notes, step, on });
    },
  ),
  route(
    {
      ...form,
      path: '/tracker/:id/undo',
      summary: 'Form: takes back the last step of an entry',
      params: ofEntry,
      body: z.strictObject({ back, event: digits(1, 1_000_000).optional() }).optional(),
      responses: { ...BACK, ...noEntry, ...conflict },
    },
    async ({ params, body, services, person, res }) => {
      await refusals(() =>
        undoEvent(services.db, ownerOf(person), params.id, body?.event).catch((error: unknown) => {
          if (!(error instanceof UndoError && error.isDone)) throw error;
        }),
      );
      res.redirect(303, nextPath(body?.back ?? `/tracker/${params.id}`));
    },
  ),
  route(
    {
      ...form,
      path: '/tracker/:id/seen',
      summary: 'Form: what changed of the job is seen',
      params: ofEntry,
      body: z.strictObject({ back }).optional(),
      responses: { ...BACK, ...noEntry },
    },
    async ({ params, body, services, person, res }) => {
      await refusals(() => markSeen(services.db, ownerOf(person), params.id));
      res.redirect(303, nextPath(body?.back ?? '/tracker'));
    },
  ),
];

async function sendEntry(
  { db, now }: Services,
  person: Person | undefined,
  item: Item,
  res: Response,
  draft?: Draft,
): Promise<void> {
  const owner = ownerOf(person);
  const [history, kept] = await Promise.all([
    readHistory(db, owner, item.id, { limit: HISTORY_SHOWN }),
    readFrozen(db, owner, item.id),
  ]);
  res.type('html').send(entryPage({ person, item, history: history?.items ?? [], kept, now: now(), draft }).text);
}
