/** 404 is not an empty board: the employer has no board of that name, or no longer. */
import { FetchError } from '../../shared/errors.ts';
import type { Board } from './source.ts';

/** The same failure, with what to do about it. */
export function boardFailure(error: unknown, board: Board, label: string): unknown {
  if (!(error instanceof FetchError) || error.status !== 404) return error;
  return new FetchError(
    error.type,
    `${label} has no board ${JSON.stringify(board.token)} (404): correct its name or disable it`,
    { status: 404, cause: error },
  );
}
