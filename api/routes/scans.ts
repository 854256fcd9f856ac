import type { Response } from 'express';
import { z } from 'zod';
import { cancel } from '../../shared/db/operations/cancel.ts';
import { OperationRefused } from '../../shared/db/operations/operation.ts';
import { createScan, TooManyScansError } from '../../shared/db/scans/create.ts';
import { listScans } from '../../shared/db/scans/list.ts';
import {
  AskedBeforeError,
  KeyReusedError,
  type Once,
  type Remembered,
  rememberAnswer,
} from '../../shared/db/scans/once.ts';
import { readScan, type ScanView } from '../../shared/db/scans/read.ts';
import { SOURCE_NAMES, type SourceName } from '../../shared/sources.ts';
import { whoOf } from '../auth/accounts.ts';
import { LIMIT_MAX, limit, sourceList, sourceNames } from '../inputs.ts';
import { onceOf } from '../once.ts';
import { Problem } from '../problems.ts';
import { type Input, type Route, route } from '../route.ts';
import { count, forAnybody, SCAN_STATES, scanView } from '../scan-views.ts';
import type { Services } from '../services.ts';

export const scanParams = z.strictObject({ id: z.uuid() });
export const noScan = { about: 'There is no such scan.' };

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
      auth: 'reader',
      scope: 'jobs:read',
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
      res.json({ items: scans.map(forAnybody), nextCursor: cursor ?? null });
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
      auth: 'reader',
      scope: 'jobs:read',
      params: scanParams,
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
      params: scanParams,
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
      const operator = { who: whoOf(person), dryRun: false };
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
];

export async function findScan(services: Services, id: string): Promise<ScanView | undefined> {
  const scan = await readScan(services.db, id);
  return scan === undefined ? undefined : forAnybody(scan);
}

/** @throws Problem not-found */
export async function requireScan(services: Services, id: string): Promise<ScanView> {
  const scan = await findScan(services, id);
  if (scan === undefined) throw new Problem('not-found', { detail: `There is no scan ${id}.` });
  return scan;
}

async function startScan(
  { services, person, req, res }: Pick<Input<unknown, unknown, unknown>, 'services' | 'person' | 'req' | 'res'>,
  trigger: 'api' | 'admin',
  names: readonly SourceName[] | undefined,
): Promise<void> {
  const sources = names ?? services.config.sources;
  const once = onceOf(req, person?.id ?? 'admin token', { path: req.path, sources });
  const made = await askForScan({ services, person, res }, { trigger, sources, once });
  if ('scanId' in made) return replay(services, res, made);
  const { id, units } = made;
  const { state } = await requireScan(services, id);
  const answer = JSON.stringify(answerOf({ id, state, units }));
  if (once !== undefined) await rememberAnswer(services.db, once, answer);
  res.status(202).location(`/api/v1/scans/${id}`).type('application/json').send(answer);
}

interface AskedScan {
  readonly trigger: 'api' | 'admin';
  readonly sources: readonly SourceName[];
  readonly once: Once | undefined;
}

/** @returns the scan, or what was answered before to the same `once`. @throws Problem queue-unavailable, too-many-scans, idempotency-key-reused */
export async function askForScan(
  {
    services: { db, queue, config, log },
    person,
    res,
  }: Pick<Input<unknown, unknown, unknown>, 'services' | 'person' | 'res'>,
  { trigger, sources, once }: AskedScan,
): Promise<{ readonly id: string; readonly units: number } | Remembered> {
  const requestedBy = whoOf(person);
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
  if ('scanId' in made) return made;
  const { id, units } = made;
  log.info({ audit: 'scan requested', scanId: id, trigger, units, requestId: res.locals.requestId });
  return made;
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
