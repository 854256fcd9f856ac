/** What tracking refuses, as the answers of the API. */
import {
  MoveError,
  NotTrackedError,
  StaleError,
  TrackingFullError,
  UndoError,
} from '../../shared/db/tracking/errors.ts';
import { NoWordError } from '../../shared/db/tracking/hides.ts';
import { Problem } from '../problems.ts';

export async function refusals<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw problemOf(error);
  }
}

function problemOf(error: unknown): unknown {
  if (error instanceof NotTrackedError) return new Problem('not-found', { detail: error.message });
  if (error instanceof MoveError) {
    const { message: detail, from, to, allowed } = error;
    return new Problem('move-refused', { detail, members: { from, to, allowed } });
  }
  if (error instanceof UndoError) return new Problem('undo-refused', { detail: error.message });
  if (error instanceof TrackingFullError) return new Problem('tracking-full', { detail: error.message });
  if (error instanceof StaleError) {
    return new Problem('precondition-failed', { detail: error.message, members: { version: error.version } });
  }
  if (error instanceof NoWordError) {
    return new Problem('invalid-input', { errors: [{ in: 'body', pointer: '/value', detail: error.message }] });
  }
  return error;
}
