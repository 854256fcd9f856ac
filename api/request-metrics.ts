import type { ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import { startRequest } from '../shared/metrics/http.ts';

/** nginx's status for a client that went away before its answer was whole. */
const CLIENT_WENT_AWAY = 499;

/**
 * Starts counting a request under its route's full pattern; only the first call for a request counts. The pattern is kept
 * here because Express forgets it: after a thrown error `req.baseUrl` is empty, and below a mounted router it holds real ids.
 */
export function countRequest(req: Request, res: Response, endpoint: string): void {
  if (res.locals.endpoint !== undefined) return;
  res.locals.endpoint = endpoint;
  const { requestId } = res.locals;
  const end = startRequest(req.method, endpoint, typeof requestId === 'string' ? requestId : undefined);
  res.locals.endCount = end;
  countAtEnd(res, end);
}

export function countAtEnd(res: ServerResponse, end: (status: number) => void): void {
  // An aborted request also has the status 200: only that it was finished says that the answer was sent.
  res.once('close', () => end(res.writableFinished ? res.statusCode : CLIENT_WENT_AWAY));
}

/** For answers that stay open on purpose: they count when they begin, or each would look like a slow request. */
export function countNow(res: Response): void {
  (res.locals.endCount as ((status: number) => void) | undefined)?.(res.statusCode);
}

/** The pattern that the request counts under. */
export function endpointOf(res: Response): string {
  return typeof res.locals.endpoint === 'string' ? res.locals.endpoint : 'unmatched';
}
