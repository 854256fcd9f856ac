/** Makes an answer of everything that was thrown. */
import type { ErrorRequestHandler, Request, Response } from 'express';
import { applicationErrorType, countApplicationError } from '../shared/metrics/application-errors.ts';
import { dbErrorType } from '../shared/metrics/db.ts';
import { bodyFault } from './body-faults.ts';
import { Problem, problemKind } from './problems.ts';
import { countRequest, endpointOf } from './request-metrics.ts';
import type { Services } from './services.ts';
import { problemPage } from './web/problem-page.ts';

/** @param isPage whether the address that failed is one for people */
export function answerFailures(services: Services, isPage: (res: Response) => boolean): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    countRequest(req, res, 'unmatched');
    const problem = toProblem(error);
    report(error, problem, res, services);
    // Half an answer must not look like a whole one.
    if (res.headersSent) return void res.destroy();
    sendProblem(problem, req, res, isPage(res));
  };
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // Express could not decode a part of the path.
  if (error instanceof URIError) return new Problem('not-found');
  const fault = bodyFault(error);
  if (fault !== undefined) return fault;
  if (isUnreachable(error)) return new Problem('database-unavailable', { headers: { 'Retry-After': '5' } });
  return new Problem('internal-error');
}

/** The pool's and the driver's own errors have no code; the ORM wraps the driver's error. */
function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (dbErrorType(error) === 'connection') return true;
  if (/^Connection terminated|^timeout exceeded when trying to connect|not queryable/.test(error.message)) return true;
  return error.cause !== undefined && error.cause !== error && isUnreachable(error.cause);
}

function report(error: unknown, problem: Problem, res: Response, { log }: Services): void {
  const { status } = problemKind(problem.slug);
  if (status < 500) return;
  const fields = { requestId: res.locals.requestId, endpoint: endpointOf(res), problem: problem.slug };
  const err = error instanceof Problem ? error.cause : error;
  if (problem.slug === 'internal-error') {
    log.error({ ...fields, err }, 'request failed');
    countApplicationError(applicationErrorType(err), endpointOf(res), 'critical');
  } else {
    log.warn({ ...fields, err }, 'request refused');
    if (problem.slug === 'database-unavailable') countApplicationError('DatabaseError', endpointOf(res), 'warning');
    if (problem.slug === 'queue-unavailable') countApplicationError('QueueError', endpointOf(res), 'warning');
  }
}

function sendProblem(problem: Problem, req: Request, res: Response, page: boolean): void {
  const { status, title } = problemKind(problem.slug);
  const { detail, errors, headers, members } = problem.more;
  if (headers !== undefined) res.set(headers);
  if (problem.more.goTo !== undefined)
    return void res.set('Cache-Control', 'no-store').redirect(303, problem.more.goTo);
  // The rest of a body that is not wanted is not waited for.
  if (status === 413 || status === 415) res.set('Connection', 'close');
  res.status(status).set('Cache-Control', 'no-store').vary('Accept');
  if (page && req.accepts(['application/problem+json', 'text/html']) === 'text/html') {
    send(res, 'text/html; charset=utf-8', problemPage(problem, String(res.locals.requestId)).text);
    return;
  }
  const body = {
    type: `/problems/${problem.slug}`,
    title,
    status,
    ...(detail === undefined || status >= 500 ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    requestId: res.locals.requestId,
    ...members,
  };
  send(res, 'application/problem+json', JSON.stringify(body));
}

/** Not by Express: it would add a charset, which application/problem+json does not have, and an ETag, which a client could take for that of what it asked to change. */
function send(res: Response, type: string, text: string): void {
  const body = Buffer.from(text);
  res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', body.length);
  res.end(body);
}
