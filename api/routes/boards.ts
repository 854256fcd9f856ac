import type { Response } from 'express';
import { z } from 'zod';
import { boardOfUrl } from '../../shared/boards/board-of-url.ts';
import { parseCareersUrl } from '../../shared/boards/careers-url.ts';
import { BoardRefusedError } from '../../shared/boards/refusal.ts';
import { createCheck, TooManyChecksError } from '../../shared/db/board-checks/create.ts';
import { type CheckView, findBoard, readCheck } from '../../shared/db/board-checks/read.ts';
import { chosen, SaveRefusedError, saveBoard } from '../../shared/db/board-checks/save.ts';
import { dropCheck } from '../../shared/db/board-checks/work.ts';
import { BOARD_FILTERS, type BoardView, listBoards, readBoard } from '../../shared/db/board-list.ts';
import { switchBoard } from '../../shared/db/board-switch.ts';
import { boardView, checkBody, checkView, refusalSlug } from '../board-views.ts';
import { integerId } from '../cursor.ts';
import { limit, sourceList } from '../inputs.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { boardsPage } from '../web/boards-page.ts';

const boardParams = z.strictObject({ id: integerId });
const checkParams = z.strictObject({ id: z.uuid() });
const noBoard = { about: 'There is no such board.' };
const noCheck = { about: 'There is no such check; they are kept for a month.' };
const ADDER = 'admin token';

const addBody = z.strictObject({
  // Longer ones are refused by `parseCareersUrl`, with its own words; a body has 64 kB at the most.
  url: z
    .string()
    .meta({ description: 'Of a careers page, a board, a posting or an embedded frame, as it was pasted.' }),
});
const saveBody = z
  .strictObject({
    candidate: z
      .number()
      .int()
      .min(0)
      .max(100)
      .optional()
      .meta({ description: 'Index; the suggested one unless given.' }),
    evenIfUnsure: z.boolean().optional().meta({ description: 'Saves a board that lists nothing and may not exist.' }),
    company: z.string().trim().min(1).max(200).optional(),
  })
  .optional();
const saved = z.object({ created: z.boolean(), board: boardView });

const listQuery = z.strictObject({
  source: sourceList.optional().meta({ description: 'Sources, separated by commas.' }),
  state: z.enum(BOARD_FILTERS).optional(),
  limit,
  cursor: integerId.optional().meta({ description: 'nextCursor of the page before.' }),
});

export const BOARD_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/boards',
      summary: 'Page: the boards of employers, and when each is read next',
      auth: 'reader',
      kind: 'page',
      query: listQuery,
      responses: { 200: { about: 'The page.', type: 'text/html' } },
    },
    async ({ query: { cursor, ...query }, services, person, res }) => {
      const { boards, next } = await listBoards(services.db, { ...query, after: cursor });
      const more = next === undefined ? undefined : `/boards?${parametersOf(query, next)}`;
      res.type('html').send(boardsPage({ boards, state: query.state, next: more, now: services.now(), person }).text);
    },
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/boards',
      summary: 'Boards of employers, a page at a time: last complete check, next check and why',
      auth: 'reader',
      scope: 'jobs:read',
      query: listQuery,
      responses: {
        200: { about: 'One page.', body: z.object({ items: z.array(boardView), nextCursor: z.string().nullable() }) },
      },
    },
    async ({ query: { cursor, ...query }, services, res }) => {
      const { boards, next } = await listBoards(services.db, { ...query, after: cursor });
      if (next !== undefined) res.set('Link', `</api/v1/boards?${parametersOf(query, next)}>; rel="next"`);
      res.json({ items: boards, nextCursor: next === undefined ? null : String(next) });
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/boards',
      summary: 'Checks any careers address: finds its board and tries it; nothing is stored until the check is saved',
      auth: 'admin',
      body: addBody,
      responses: {
        202: { about: 'The check will run; the header Location leads to it.', body: checkView },
        409: { about: 'The address is that of a board that is there already.' },
        429: { about: 'Too many checks are open, or too many wrong tokens came.' },
      },
    },
    ({ body, services, res }) => startCheck(services, res, body.url),
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/board-checks/:id',
      summary: 'One check: the boards that the address may mean, with sample postings and what each would cost',
      auth: 'reader',
      scope: 'jobs:read',
      params: checkParams,
      responses: { 200: { about: 'The check.', body: checkView }, 404: noCheck },
    },
    async ({ params, services, res }) => {
      res.json(checkBody(await requireCheck(services, params.id)));
    },
  ),
  route(
    {
      method: 'POST',
      path: '/api/v1/board-checks/:id/save',
      summary: 'Makes a board of what a check found; again it leads to the same board',
      auth: 'admin',
      params: checkParams,
      body: saveBody,
      responses: {
        200: { about: 'The board was there already; nothing was changed.', body: saved },
        201: { about: 'The board is new and due at once; the header Location leads to it.', body: saved },
        404: noCheck,
        409: { about: 'The check has not ended, leaves a choice, or its board may not exist or cannot be read.' },
        422: { about: 'The check failed; the problem says why. Or the body is not as it must be.' },
      },
    },
    ({ params, body, services, res }) => saveCheck(services, res, params.id, body ?? {}),
  ),
  route(
    {
      method: 'GET',
      path: '/api/v1/boards/:id',
      summary: 'One board: last complete check, next check and why',
      auth: 'reader',
      scope: 'jobs:read',
      params: boardParams,
      responses: { 200: { about: 'The board.', body: boardView }, 404: noBoard },
    },
    async ({ params, services, res }) => {
      res.json(await requireBoard(services, params.id));
    },
  ),
  route(
    {
      method: 'PATCH',
      path: '/api/v1/boards/:id',
      summary: 'Switches a board on or off',
      auth: 'admin',
      params: boardParams,
      body: z.strictObject({ enabled: z.boolean() }),
      responses: { 200: { about: 'The board as it is now.', body: boardView }, 404: noBoard },
    },
    ({ params, body, services, res }) => setEnabled(services, res, params.id, body.enabled),
  ),
  route(
    {
      method: 'DELETE',
      path: '/api/v1/boards/:id',
      summary: 'Switches a board off; it and its postings stay',
      auth: 'admin',
      params: boardParams,
      responses: { 200: { about: 'The board as it is now.', body: boardView }, 404: noBoard },
    },
    ({ params, services, res }) => setEnabled(services, res, params.id, false),
  ),
];

function parametersOf(query: Omit<z.output<typeof listQuery>, 'cursor'>, next: number): URLSearchParams {
  const parameters = new URLSearchParams({ limit: String(query.limit), cursor: String(next) });
  for (const source of query.source ?? []) parameters.append('source', source);
  if (query.state !== undefined) parameters.set('state', query.state);
  return parameters;
}

async function startCheck(services: Services, res: Response, text: string): Promise<void> {
  const { db, queue, checks, log } = services;
  const url = parsed(text);
  const known = boardOfUrl(url);
  const existing = known === undefined ? undefined : await findBoard(db.sql, known);
  if (existing !== undefined) {
    const how = existing.enabled ? 'is read already' : 'is there already and switched off';
    throw new Problem('board-exists', {
      detail: `${known?.source}/${known?.token} ${how}: it is board ${existing.id}.`,
      members: { board: { ...existing, url: `/api/v1/boards/${existing.id}` } },
    });
  }
  await queue.ping().catch(queueAway);
  const { id, existing: isOpen } = await createCheck(db, url, ADDER).catch((error: unknown) => {
    if (!(error instanceof TooManyChecksError)) throw error;
    throw new Problem('too-many-checks', {
      detail: error.message,
      headers: { 'Retry-After': String(error.retryAfterS) },
    });
  });
  await checks.enqueue(id).catch(async (cause: unknown) => {
    if (!isOpen) await dropCheck(db, id);
    queueAway(cause);
  });
  log.info({ audit: 'board check requested', checkId: id, host: url.host, requestId: res.locals.requestId });
  const check = await requireCheck(services, id);
  res.status(202).location(`/api/v1/board-checks/${id}`).json(checkBody(check));
}

function queueAway(cause: unknown): never {
  throw new Problem('queue-unavailable', { cause, headers: { 'Retry-After': '5' } });
}

function parsed(text: string): URL {
  try {
    return parseCareersUrl(text);
  } catch (error) {
    if (!(error instanceof BoardRefusedError)) throw error;
    throw new Problem(error.reason, {
      detail: error.message,
      errors: [{ in: 'body', pointer: '/url', detail: error.message }],
    });
  }
}

async function saveCheck(
  services: Services,
  res: Response,
  id: string,
  choice: z.output<typeof saveBody> & object,
): Promise<void> {
  const { db, log } = services;
  const check = await requireCheck(services, id);
  if (check.state === 'queued' || check.state === 'running') {
    throw new Problem('check-not-ready', { detail: `The check is ${check.state}.`, headers: { 'Retry-After': '2' } });
  }
  if (check.state === 'failed') {
    const { reason, detail } = check.problem ?? { reason: 'check-failed', detail: 'The check failed.' };
    throw new Problem(refusalSlug(reason), { detail });
  }
  const candidate = chosenOf(check, choice);
  const about = { by: ADDER, from: check.url, company: choice.company, checkId: id };
  const { created, id: board } = await saveBoard(db, candidate, about);
  const { source, token } = candidate;
  if (created) log.info({ audit: 'board added', board, source, token, requestId: res.locals.requestId });
  res.status(created ? 201 : 200).location(`/api/v1/boards/${board}`);
  res.json({ created, board: await requireBoard(services, board) });
}

function chosenOf(check: CheckView, choice: z.output<typeof saveBody> & object) {
  try {
    return chosen(check.candidates, choice);
  } catch (error) {
    if (!(error instanceof SaveRefusedError)) throw error;
    if (error.reason !== 'no-such-candidate') throw new Problem(error.reason, { detail: error.message });
    throw new Problem('invalid-input', { errors: [{ in: 'body', pointer: '/candidate', detail: error.message }] });
  }
}

async function setEnabled(services: Services, res: Response, id: number, enabled: boolean): Promise<void> {
  const changed = await switchBoard(services.db, id, enabled, ADDER);
  const board = await requireBoard(services, id);
  if (changed === true) {
    const audit = enabled ? 'board switched on' : 'board switched off';
    services.log.info({ audit, board: id, source: board.source, token: board.token, requestId: res.locals.requestId });
  }
  res.json(board);
}

async function requireCheck(services: Services, id: string): Promise<CheckView> {
  const check = await readCheck(services.db, id);
  if (check === undefined) throw new Problem('not-found', { detail: `There is no check ${id}.` });
  return check;
}

async function requireBoard(services: Services, id: number): Promise<BoardView> {
  const board = await readBoard(services.db, id);
  if (board === undefined) throw new Problem('not-found', { detail: `There is no board ${id}.` });
  return board;
}
