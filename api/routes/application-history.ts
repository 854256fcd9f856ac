/** What a person did with an entry, and taking it back; the advert as it was then. */
import { z } from 'zod';
import { markSeen, undoEvent } from '../../shared/db/tracking/edit.ts';
import { readFrozen, readHistory } from '../../shared/db/tracking/history.ts';
import { frozenAdvert } from '../../shared/tracking/advert.ts';
import { digits, limit } from '../inputs.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import { ENTRY, mustRead, NO_ENTRY, sendItem } from '../tracking/items.ts';
import { ownerOf } from '../tracking/owner.ts';
import { refusals } from '../tracking/refusals.ts';
import { historyEvent } from '../tracking/shapes.ts';
import { ofEntry, READ, WRITE } from './applications.ts';

export const APPLICATION_HISTORY_ROUTES: readonly Route[] = [
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
        404: NO_ENTRY,
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
        200: ENTRY,
        404: NO_ENTRY,
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
      responses: { 200: ENTRY, 404: NO_ENTRY },
    },
    async ({ params, services, person, res }) => {
      const owner = ownerOf(person);
      await refusals(() => markSeen(services.db, owner, params.id));
      sendItem(res, await mustRead(services, owner, params.id));
    },
  ),
];
