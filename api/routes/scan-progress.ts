/** How far a scan is: its units a page at a time, and the scan as a stream of events. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { ScanView } from '../../shared/db/scans/read.ts';
import { listUnits } from '../../shared/db/scans/unit-list.ts';
import { SCAN_ERROR_TYPES } from '../../shared/errors.ts';
import { integerId } from '../cursor.ts';
import type { EventStream } from '../event-streams.ts';
import { LIMIT_MAX, limit, list, sourceList } from '../inputs.ts';
import { type Route, route } from '../route.ts';
import { UNIT_STATES, unitView } from '../scan-views.ts';
import type { Services } from '../services.ts';
import { findScan, noScan, scanParams as params, requireScan } from './scans.ts';

const unitQuery = z.strictObject({
  state: list(UNIT_STATES, 'states').optional().meta({ description: 'States, separated by commas.' }),
  cause: list(SCAN_ERROR_TYPES, 'causes').optional().meta({ description: 'Values of errorType, separated by commas.' }),
  source: sourceList.optional().meta({ description: 'Sources, separated by commas.' }),
  limit,
  cursor: integerId.optional().meta({ description: 'nextCursor of the page before.' }),
});

export const SCAN_PROGRESS_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/scans/:id/units',
      summary: 'The units of a scan, a page at a time: how each stands, why, and when it is tried next',
      auth: 'reader',
      scope: 'jobs:read',
      params,
      query: unitQuery,
      responses: {
        200: {
          about: 'One page, in the order of the boards.',
          headers: ['Link'],
          body: z.object({ items: z.array(unitView).max(LIMIT_MAX), nextCursor: z.string().nullable() }),
        },
        404: noScan,
      },
    },
    async ({ params: { id }, query: { cursor, ...query }, services, res }) => {
      await requireScan(services, id);
      const { units, next } = await listUnits(services.db, { ...query, scanId: id, after: cursor });
      if (next !== undefined) res.set('Link', `</api/v1/scans/${id}/units?${parametersOf(query, next)}>; rel="next"`);
      res.json({ items: units, nextCursor: next === undefined ? null : String(next) });
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/scans/:id/events',
      summary: 'The scan as server-sent events: a snapshot whenever something changed, then the event "end"',
      auth: 'reader',
      scope: 'jobs:read',
      params,
      takes: ['Last-Event-ID'],
      responses: {
        200: {
          about: 'Snapshots; the data of each is the scan as GET /api/v1/scans/:id gives it.',
          type: 'text/event-stream',
        },
        204: { about: 'The client has seen the end (Last-Event-ID) and need not come again.' },
        404: noScan,
        503: { about: 'Too many streams are open.' },
      },
    },
    async ({ params, services, req, res }) => {
      const scan = await requireScan(services, params.id);
      const seen = req.get('Last-Event-ID');
      if (scan.finishedAt !== null && seen === eventId(scan)) return void res.status(204).end();
      if (req.method === 'HEAD') return void res.type('text/event-stream').end();
      await follow(services, scan, seen, services.streams.open(res));
    },
  ),
];

/** The address of the next page keeps the filters of this one. */
function parametersOf(
  { state, cause, source, limit }: Omit<z.output<typeof unitQuery>, 'cursor'>,
  next: number,
): string {
  const lists = Object.entries({ state, cause, source }).filter(([, names]) => names !== undefined);
  const filters = lists.map(([name, names]) => [name, String(names)]);
  return new URLSearchParams([...filters, ['limit', String(limit)], ['cursor', String(next)]]).toString();
}

/** How often an open stream looks at its scan. */
const LOOK_MS = 500;

async function follow(
  services: Services,
  first: ScanView,
  seen: string | undefined,
  stream: EventStream,
): Promise<void> {
  let last = seen;
  for (
    let scan: ScanView | undefined = first;
    !stream.signal.aborted;
    scan = await lookAgain(services, first.id, stream)
  ) {
    if (scan === undefined) continue;
    const id = eventId(scan);
    const over = scan.finishedAt !== null;
    if (id !== last || over) stream.send(over ? 'end' : undefined, id, scan);
    last = id;
    if (over) return stream.end();
  }
}

/** @returns undefined when the stream ended, or the database did not answer: the next look may be luckier */
async function lookAgain(services: Services, id: string, stream: EventStream): Promise<ScanView | undefined> {
  await sleep(LOOK_MS, undefined, { signal: stream.signal }).catch(() => undefined);
  if (stream.signal.aborted) return undefined;
  return findScan(services, id).catch((error: unknown) => {
    services.log.warn({ err: error, scanId: id }, 'an event stream could not read its scan');
    return undefined;
  });
}

/** Equal for equal snapshots; seconds run on while nothing happens. */
function eventId(scan: ScanView): string {
  const text = JSON.stringify(scan, (key, value) => (key === 'seconds' ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
