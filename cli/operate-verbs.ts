/** What each verb of `npm run operate` needs, and what it calls. */
import type { Database } from '../shared/db/database.ts';
import { cancel } from '../shared/db/operations/cancel.ts';
import { EVERYTHING, pause, readHolds, resume } from '../shared/db/operations/holds.ts';
import { OperationRefused, type Operator, type Outcome } from '../shared/db/operations/operation.ts';
import { release } from '../shared/db/operations/release.ts';
import { isCause, rerunUnit, retryFailed } from '../shared/db/operations/retry.ts';
import { listOperations, undo } from '../shared/db/operations/trail.ts';
import { undoClose } from '../shared/db/operations/undo-close.ts';
import { readScan } from '../shared/db/scans/read.ts';
import { listUnits } from '../shared/db/scans/unit-list.ts';
import type { UnitState } from '../shared/db/tables/scan.ts';
import { SCAN_ERROR_TYPES } from '../shared/errors.ts';
import { isSourceName, SOURCE_NAMES, type SourceName } from '../shared/sources.ts';
import { UsageError } from './command.ts';
import { printable } from './terminal.ts';

export const USAGE = `Usage: npm run operate -- VERB [TARGET] [--reason "..."] [--cause TYPE] [--dry-run] [--json]

  pause SOURCE               no new units of the source; those that run go on to their end
  drain                      the same for all sources
  resume [SOURCE]            ends a pause; without a source the drain
  retry SCAN --cause TYPE    reads again what failed for one cause
  rerun UNIT                 reads the board of one unit again
  cancel SCAN                ends a scan
  undo-close SOURCE[/BOARD]  opens again what the last mass closing closed
  release SOURCE             ends its back-off, breakers and told quota, after the cause was mended
  undo ID                    takes one operation back
  units SCAN [--cause TYPE]  its units that did not end well, with ids, causes and next tries
  list                       what is held back, and what was done

  --dry-run   say what would happen, with the same numbers, and change nothing
  --json      print one JSON object and nothing else on standard output

  Causes: ${SCAN_ERROR_TYPES.join(', ')}`;

export interface Said {
  readonly target: string | undefined;
  readonly reason: string | undefined;
  readonly cause: string | undefined;
}

/** What a command prints: for programs, and for people. */
export interface Answer {
  readonly value: unknown;
  readonly text: string;
}

type Queue = { enqueue(unitIds: readonly string[]): Promise<void> };
export type Call = (db: Database, queue: Queue, operator: Operator, said: Said) => Promise<Outcome>;

/** The workers have the keys, this terminal need not. */
const ASKED = { trigger: 'cli' } as const;

export const CALLS = {
  pause: (db, _queue, operator, said) => pause(db, operator, sourceOf(said.target), said.reason ?? null),
  drain: (db, _queue, operator, said) => {
    if (said.target !== undefined) throw new UsageError('drain takes no target: it holds everything; see pause.');
    return pause(db, operator, EVERYTHING, said.reason ?? null);
  },
  resume: (db, _queue, operator, said) =>
    resume(db, operator, said.target === undefined ? EVERYTHING : sourceOf(said.target)),
  retry: (db, queue, operator, said) => {
    const { cause = '' } = said;
    if (!isCause(cause)) throw new UsageError(`--cause must be one of ${SCAN_ERROR_TYPES.join(', ')}.`);
    return retryFailed(db, queue, operator, ASKED, { scanId: needed(said.target, 'the id of a scan'), cause });
  },
  rerun: (db, queue, operator, said) => rerunUnit(db, queue, operator, ASKED, needed(said.target, 'the id of a unit')),
  cancel: (db, _queue, operator, said) => cancel(db, operator, needed(said.target, 'the id of a scan')),
  'undo-close': (db, _queue, operator, said) => {
    const [source, ...board] = needed(said.target, 'a source, or source/board').split('/');
    // A careers page has slashes in its token.
    return undoClose(db, operator, { source: sourceOf(source), board: board.length > 0 ? board.join('/') : undefined });
  },
  release: (db, _queue, operator, said) => release(db, operator, sourceOf(said.target)),
  undo: (db, _queue, operator, said) => undo(db, operator, needed(said.target, 'the id of an operation')),
} as const satisfies Record<string, Call>;

export function isCall(verb: string): verb is keyof typeof CALLS {
  return Object.hasOwn(CALLS, verb);
}

const LISTED = 20;

export async function listed(db: Database): Promise<Answer> {
  const [holds, items] = await Promise.all([readHolds(db), listOperations(db, LISTED)]);
  const held = holds.map(({ target, since, who, reason }) => {
    const why = reason === null ? '' : `: ${reason}`;
    return `held back: ${target === EVERYTHING ? 'all sources' : target}, by ${who} since ${since.toISOString()}${why}`;
  });
  const done = items.map(({ id, at, who, verb, target, dryRun, says, undoneBy }) => {
    const marks = [dryRun ? 'dry run' : '', undoneBy === null ? '' : `taken back by ${undoneBy}`].filter(Boolean);
    return `${id}  ${at.toISOString()}  ${who}  ${verb} ${target}${marks.length > 0 ? `  [${marks.join(', ')}]` : ''}\n    ${says}`;
  });
  const lines = [...held, ...done];
  return {
    value: { holds, items },
    text: lines.length > 0 ? lines.join('\n') : 'Nothing is held back, and nothing was done yet.',
  };
}

/** What an operator may want to look into: neither read as it should, nor on its way. */
const NOT_WELL: readonly UnitState[] = ['failed', 'partial', 'out_of_quota', 'waiting_for_key'];
const UNITS_MAX = 100;

/** @throws UsageError for a cause that there is none of; OperationRefused when there is no such scan */
export async function unitsOf(db: Database, { target, cause }: Said): Promise<Answer> {
  const scanId = needed(target, 'the id of a scan');
  if (cause !== undefined && !isCause(cause))
    throw new UsageError(`--cause must be one of ${SCAN_ERROR_TYPES.join(', ')}.`);
  if ((await readScan(db, scanId)) === undefined) throw new OperationRefused('missing', `There is no scan ${scanId}.`);
  const by = cause === undefined ? { state: NOT_WELL } : { cause: [cause] };
  const { units, next } = await listUnits(db, { scanId, ...by, limit: UNITS_MAX });
  const lines = units.map(({ id, source, board, state, errorType, error, nextTryAt, nextTryWhy }) => {
    const why = error === null ? '' : `: ${printable(error)}`;
    const at = nextTryAt === null ? '' : `${nextTryAt.toISOString()}, `;
    return `${id}  ${source}/${printable(board)}  ${state}${errorType === null ? '' : ` (${errorType})`}${why}\n    next: ${at}${printable(nextTryWhy)}`;
  });
  const more = next === undefined ? [] : [`The first ${UNITS_MAX}; more: GET /api/v1/scans/${scanId}/units`];
  return {
    value: { units, more: next !== undefined },
    text: lines.length > 0 ? [...lines, ...more].join('\n') : 'None.',
  };
}

function needed(target: string | undefined, what: string): string {
  if (target === undefined || target === '') throw new UsageError(`Name ${what}.`);
  return target;
}

function sourceOf(name: string | undefined): SourceName {
  if (name !== undefined && isSourceName(name)) return name;
  throw new UsageError(
    `${name === undefined ? 'Name a source' : `There is no source "${name}"`}; there are: ${SOURCE_NAMES.join(', ')}.`,
  );
}
