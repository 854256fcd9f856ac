import type { Response } from 'express';
import { z } from 'zod';
import { cancel } from '../../shared/db/operations/cancel.ts';
import { EVERYTHING, pause, readHolds, resume } from '../../shared/db/operations/holds.ts';
import { OperationRefused, type Operator, type Outcome, VERBS } from '../../shared/db/operations/operation.ts';
import { release } from '../../shared/db/operations/release.ts';
import { rerunUnit, retryFailed } from '../../shared/db/operations/retry.ts';
import { listOperations, undo } from '../../shared/db/operations/trail.ts';
import { undoClose } from '../../shared/db/operations/undo-close.ts';
import { TooManyScansError } from '../../shared/db/scans/create.ts';
import { SCAN_ERROR_TYPES } from '../../shared/errors.ts';
import { SOURCE_NAMES } from '../../shared/sources.ts';
import { type Person, whoOf } from '../auth/accounts.ts';
import { limit } from '../inputs.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';

const source = z.enum(SOURCE_NAMES);
const reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL character')
  .optional()
  .meta({ description: 'Shown wherever the source is.' });
const dryRun = z
  .strictObject({ dry_run: z.enum(['true', 'false']).default('false') })
  .meta({ description: 'dry_run=true says what would happen, with the same numbers, and changes nothing.' });

const detail = z.record(z.string(), z.unknown());
const outcomeBody = z.object({
  id: z.string().nullable().meta({ description: 'Of its row in the trail; null when there was nothing to do.' }),
  verb: z.enum(VERBS),
  target: z.string(),
  dryRun: z.boolean(),
  changed: z.boolean().meta({ description: 'False when everything was as asked for already.' }),
  says: z.string(),
  detail,
});
const holdBody = z.object({ target: z.string(), since: z.string(), who: z.string(), reason: z.string().nullable() });
const operationBody = z.object({
  id: z.string(),
  at: z.string(),
  who: z.string(),
  verb: z.string(),
  target: z.string(),
  dryRun: z.boolean(),
  says: z.string(),
  detail,
  undoneBy: z.string().nullable(),
});

const done = { 200: { about: 'What was done, or with dry_run=true would be.', body: outcomeBody } };
const refused = {
  404: { about: 'What the verb names does not exist.' },
  409: { about: 'The verb means nothing in the state in which its target is.' },
};
const tooMany = { 429: { about: 'Too many scans are open, or too many wrong tokens came.' } };

interface Call<B> {
  readonly query: z.output<typeof dryRun>;
  readonly body: B;
  readonly services: Services;
  readonly person: Person | undefined;
  readonly res: Response;
}

/** A verb is declared by its name, what it needs, and what it does. */
function verb<B extends z.ZodType>(
  name: string,
  summary: string,
  body: B,
  run: (services: Services, operator: Operator, body: z.output<B>) => Promise<Outcome>,
  responses: Route['responses'] = {},
): Route {
  return route(
    {
      method: 'POST',
      path: `/api/v1/operations/${name}`,
      summary,
      auth: 'admin',
      query: dryRun,
      body,
      responses: { ...done, ...responses },
    },
    ({ query, body, services, person, res }) =>
      answer({ query, body, services, person, res }, (operator) => run(services, operator, body)),
  );
}

async function answer<B>(
  { query, services, person, res }: Call<B>,
  run: (operator: Operator) => Promise<Outcome>,
): Promise<void> {
  const outcome = await run({ who: whoOf(person), dryRun: query.dry_run === 'true' }).catch((error: unknown) => {
    if (error instanceof OperationRefused) {
      throw new Problem(error.why === 'missing' ? 'not-found' : 'operation-refused', { detail: error.message });
    }
    if (!(error instanceof TooManyScansError)) throw error;
    throw new Problem('too-many-scans', { detail: error.message, headers: { 'Retry-After': '60' } });
  });
  const { id, verb, target, dryRun, changed } = outcome;
  if (changed) {
    const { requestId } = res.locals;
    services.log.info({ audit: 'operation', operationId: id, verb, target, dryRun, requestId });
  }
  res.json(outcome);
}

const asked = (services: Services) => ({ trigger: 'admin' as const, keys: services.config.sourceKeys });

export const OPERATION_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/operations',
      summary: 'What operators hold back, and what they did, the newest first',
      auth: 'admin',
      query: z.strictObject({ limit }),
      responses: {
        200: {
          about: 'Holds and the last operations.',
          body: z.object({ holds: z.array(holdBody), items: z.array(operationBody) }),
        },
      },
    },
    async ({ query, services, res }) => {
      const [holds, items] = await Promise.all([readHolds(services.db), listOperations(services.db, query.limit)]);
      res.json({ holds, items });
    },
  ),
  verb(
    'pause',
    'Holds a source back: no new units, those that wait stay, those that run go on to their end',
    z.strictObject({ source, reason }),
    ({ db }, operator, body) => pause(db, operator, body.source, body.reason ?? null),
  ),
  verb(
    'drain',
    'Holds all sources back, so that the workers run dry',
    z.strictObject({ reason }).optional(),
    ({ db }, operator, body) => pause(db, operator, EVERYTHING, body?.reason ?? null),
  ),
  verb(
    'resume',
    'Ends the pause of a source, or without a source the drain',
    z.strictObject({ source: source.optional() }).optional(),
    ({ db }, operator, body) => resume(db, operator, body?.source ?? EVERYTHING),
  ),
  verb(
    'retry',
    'Reads the boards again whose units failed for one cause in one scan, in a scan of its own',
    z.strictObject({ scanId: z.string().max(100), cause: z.enum(SCAN_ERROR_TYPES) }),
    (services, operator, body) => retryFailed(services.db, services.queue, operator, asked(services), body),
    { ...refused, ...tooMany },
  ),
  verb(
    'rerun',
    'Reads the board of one ended unit again, in a scan of its own',
    z.strictObject({ unitId: z.string().max(100) }),
    (services, operator, body) => rerunUnit(services.db, services.queue, operator, asked(services), body.unitId),
    { ...refused, ...tooMany },
  ),
  verb(
    'cancel',
    'Asks a scan to end, as POST /api/v1/scans/:id/cancel does, with a dry run and a row in the trail',
    z.strictObject({ scanId: z.string().max(100) }),
    ({ db }, operator, body) => cancel(db, operator, body.scanId),
    refused,
  ),
  verb(
    'undo-close',
    'Opens again what the last mass closing of a source or one of its boards closed',
    z.strictObject({ source, board: z.string().min(1).max(500).optional() }),
    ({ db }, operator, body) => undoClose(db, operator, body),
    refused,
  ),
  verb(
    'release',
    'Ends what holds a source back by itself, after its cause was mended: back-off, breakers, the quota that it told us of',
    z.strictObject({ source }),
    ({ db }, operator, body) => release(db, operator, body.source),
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/operations/:id/undo',
      summary: 'Takes an operation back: ends a pause, holds again what was resumed, cancels the scan of a retry',
      auth: 'admin',
      params: z.strictObject({ id: z.string().regex(/^\d{1,18}$/) }),
      query: dryRun,
      responses: { ...done, ...refused },
    },
    ({ params, query, services, person, res }) =>
      answer({ query, body: undefined, services, person, res }, (operator) => undo(services.db, operator, params.id)),
  ),
];
