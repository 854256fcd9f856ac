import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Response } from 'express';
import { z } from 'zod';
import { cancel } from '../../shared/db/operations/cancel.ts';
import { OperationRefused } from '../../shared/db/operations/operation.ts';
import { createScan, TooManyScansError } from '../../shared/db/scans/create.ts';
import { listScans } from '../../shared/db/scans/list.ts';
import { AskedBeforeError, KeyReusedError, type Remembered, rememberAnswer } from '../../shared/db/scans/once.ts';
import { readScan, type ScanView } from '../../shared/db/scans/read.ts';
import { WAIT_WORDS } from '../../shared/db/scans/waits.ts';
import { SOURCE_NAMES, type SourceName } from '../../shared/sources.ts';
import type { EventStream } from '../event-streams.ts';
import { LIMIT_MAX, limit, sourceList, sourceNames } from '../inputs.ts';
import { onceOf } from '../once.ts';
import { Problem } from '../problems.ts';
import { type Input, type Route, route } from '../route.ts';
import type { Services } from '../services.ts';

const count = z.number().int().nonnegative();
const counts = {
  requests: count,
  found: count.meta({ description: 'Always kept + rejected.' }),
  kept: count.meta({ description: 'Always new + changed + unchanged.' }),
  rejected: count,
  new: count,
  changed: count,
  unchanged: count,
  closed: count,
};
const SCAN_STATES = ['queued', 'running', 'success', 'partial', 'failed', 'cancelled'] as const;
const time = z.string();

export const scanView = z.object({
  id: z.string(),
  trigger: z.enum(['admin', 'api', 'timetable', 'cli']),
  requestedBy: z.string().nullable(),
  state: z.enum(SCAN_STATES),
  requestedAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  cancelRequestedAt: time.nullable(),
  sources: z.array(z.string()),
  reason: z.string().nullable().meta({ description: 'Why it is not a success.' }),
  units: z.object({
    total: count,
    done: count,
    success: count,
    partial: count,
    failed: count,
    cancelled: count,
    waitingForKey: count,
    outOfQuota: count.meta({ description: 'Not asked, because no request is left for them for now. Nothing failed.' }),
  }),
  ...counts,
  sourceResults: z.array(
    z.object({
      source: z.string(),
      state: z.enum([...SCAN_STATES, 'waiting_for_key', 'out_of_quota']),
      units: count,
      done: count,
      ...counts,
      errors: count,
      errorType: z.string().nullable(),
      error: z.string().nullable(),
      seconds: z.number(),
      waits: z
        .array(
          z.object({
            why: z.enum(WAIT_WORDS),
            says: z.string(),
            units: count,
            since: time.nullable(),
            until: time
              .nullable()
              .meta({ description: 'When the first of them comes again; null while an operator holds them.' }),
          }),
        )
        .meta({ description: 'What its open units wait for.' }),
    }),
  ),
});

const params = z.strictObject({ id: z.uuid() });
const noScan = { about: 'There is no such scan.' };

const started = z.object({ id: z.string(), state: z.enum(SCAN_STATES), units: count, url: z.string() });
const startResponses = {
  202: {
    about: 'The scan is written and will run; the header Location leads to it.',
    body: started,
    headers: ['Location', 'Idempotency-Replayed'],
  },
  429: { about: 'Too many scans are open, or too many wrong tokens came.' },
  503: { about: 'The database or the queue does not answer; no scan was started.' },
} as const satisfies Route['responses'];
const startBody = z
  .strictObject({
    sources: sourceNames
      .optional()
      .meta({ description: `Of ${SOURCE_NAMES.join(', ')}; the sources of the settings unless given.` }),
  })
  .optional();

export const SCAN_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/scans',
      summary: 'Scans, newest first, a page at a time',
      auth: 'public',
      query: z.strictObject({ limit, cursor: z.uuid().optional() }),
      responses: {
        200: {
          about: 'One page.',
          headers: ['Link'],
          body: z.object({ items: z.array(scanView).max(LIMIT_MAX), nextCursor: z.uuid().nullable() }),
        },
      },
    },
    async ({ query, services, res }) => {
      const { scans, cursor } = await listScans(services.db, query);
      if (cursor !== undefined) res.set('Link', `</api/v1/scans?limit=${query.limit}&cursor=${cursor}>; rel="next"`);
      res.json({ items: scans, nextCursor: cursor ?? null });
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/scans',
      summary: 'Starts a scan',
      auth: 'admin',
      scope: 'scan:run',
      allowance: 'scan',
      takes: ['Idempotency-Key'],
      examples: { body: { sources: ['greenhouse'] } },
      body: startBody,
      responses: startResponses,
    },
    ({ body, ...input }) => startScan(input, 'api', body?.sources),
  ),
  route(
    {
      method: 'POST',
      path: '/admin/run-scan',
      summary: 'Starts a scan; the same as POST /api/v1/scans, for a line in a crontab',
      auth: 'admin',
      scope: 'scan:run',
      allowance: 'scan',
      takes: ['Idempotency-Key'],
      query: z.strictObject({
        sources: sourceList
          .refine((names) => names.length > 0, 'must name at least one source')
          .optional()
          .meta({ description: 'Sources, separated by commas.' }),
      }),
      body: startBody,
      responses: startResponses,
    },
    ({ query, body, ...input }) => startScan(input, 'admin', body?.sources ?? query.sources),
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/scans/:id',
      summary: 'One scan: how far it is, and what each source answered',
      auth: 'public',
      params,
      responses: { 200: { about: 'The scan.', body: scanView }, 404: noScan },
    },
    async ({ params, services, res }) => {
      res.json(await requireScan(services, params.id));
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/scans/:id/cancel',
      summary: 'Asks a scan to end; units under way stop before their next page',
      auth: 'admin',
      params,
      responses: {
        202: { about: 'The scan as it is now.', body: scanView },
        404: noScan,
        409: { about: 'The scan is over already.' },
      },
    },
    async ({ params, services, person, res }) => {
      const before = await requireScan(services, params.id);
      const over = (state: string) => new Problem('scan-over', { detail: `The scan ended as ${state} already.` });
      if (before.finishedAt !== null) throw over(before.state);
      const operator = { who: person?.email ?? 'admin token', dryRun: false };
      const { id } = await cancel(services.db, operator, params.id).catch(async (error: unknown) => {
        // It ended in between.
        if (error instanceof OperationRefused) throw over((await requireScan(services, params.id)).state);
        throw error;
      });
      const { requestId } = res.locals;
      services.log.info({ audit: 'scan cancelled', scanId: params.id, operationId: id, requestId });
      res.status(202).json(await requireScan(services, params.id));
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/scans/:id/events',
      summary: 'The scan as server-sent events: a snapshot whenever something changed, then the event "end"',
      auth: 'public',
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

async function requireScan(services: Services, id: string): Promise<ScanView> {
  const scan = await readScan(services.db, id);
  if (scan === undefined) throw new Problem('not-found', { detail: `There is no scan ${id}.` });
  return scan;
}

async function startScan(
  { services, person, req, res }: Pick<Input<unknown, unknown, unknown>, 'services' | 'person' | 'req' | 'res'>,
  trigger: 'api' | 'admin',
  names: readonly SourceName[] | undefined,
): Promise<void> {
  const { db, queue, config, log } = services;
  const sources = names ?? config.sources;
  const requestedBy = person?.email ?? 'admin token';
  const once = onceOf(req, person?.id ?? 'admin token', { path: req.path, sources });
  // Asked first, so that nothing is written for a queue that is away.
  await queue.ping().catch((cause: unknown) => {
    throw new Problem('queue-unavailable', { cause, headers: { 'Retry-After': '5' } });
  });
  const request = { trigger, requestedBy, sources, keys: config.sourceKeys, once };
  const made = await createScan(db, request, queue).catch((error: unknown) => {
    if (error instanceof AskedBeforeError) return error.before;
    if (error instanceof KeyReusedError) throw new Problem('idempotency-key-reused');
    if (!(error instanceof TooManyScansError)) throw error;
    throw new Problem('too-many-scans', { detail: error.message, headers: { 'Retry-After': '60' } });
  });
  if ('scanId' in made) return replay(services, res, made);
  const { id, units } = made;
  log.info({ audit: 'scan requested', scanId: id, trigger, units, requestId: res.locals.requestId });
  const { state } = await requireScan(services, id);
  const answer = JSON.stringify(answerOf({ id, state, units }));
  if (once !== undefined) await rememberAnswer(db, once, answer);
  res.status(202).location(`/api/v1/scans/${id}`).type('application/json').send(answer);
}

function answerOf({ id, state, units }: Omit<z.output<typeof started>, 'url'>): z.output<typeof started> {
  return { id, state, units, url: `/api/v1/scans/${id}` };
}

async function replay(services: Services, res: Response, { scanId, answer }: Remembered): Promise<void> {
  res.set('Idempotency-Replayed', 'true').status(202).location(`/api/v1/scans/${scanId}`).type('application/json');
  if (answer !== null) return void res.send(answer);
  const { id, state, units } = await requireScan(services, scanId);
  res.json(answerOf({ id, state, units: units.total }));
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
  return readScan(services.db, id).catch((error: unknown) => {
    services.log.warn({ err: error, scanId: id }, 'an event stream could not read its scan');
    return undefined;
  });
}

/** Equal for equal snapshots; seconds run on while nothing happens. */
function eventId(scan: ScanView): string {
  const text = JSON.stringify(scan, (key, value) => (key === 'seconds' ? undefined : value));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
