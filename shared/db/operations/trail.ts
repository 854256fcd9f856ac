/** What operators did, and how one of it is taken back. */
import { sql } from 'kysely';
import { isSourceName, type SourceName } from '../../sources.ts';
import type { Database } from '../database.ts';
import { toDate } from '../scans/time.ts';
import { cancel } from './cancel.ts';
import { EVERYTHING, pause, resume } from './holds.ts';
import { OperationRefused, type Operator, type Outcome } from './operation.ts';
import { holdAgain } from './release.ts';

export interface OperationView {
  readonly id: string;
  readonly at: Date;
  readonly who: string;
  readonly verb: string;
  readonly target: string;
  readonly dryRun: boolean;
  readonly says: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** Of the row that took it back. */
  readonly undoneBy: string | null;
}

/** The newest first. */
export async function listOperations(db: Pick<Database, 'sql'>, limit: number): Promise<OperationView[]> {
  return read(db, sql`order by id desc limit ${limit}`);
}

/**
 * Takes one row of the trail back: a pause or drain ends, an ended one is held again, a scan of a retry is cancelled. What is
 * taken back already stays so.
 * @throws OperationRefused when there is no such row, or its verb cannot be taken back
 */
export async function undo(db: Database, operator: Operator, id: string): Promise<Outcome> {
  const [done] = /^\d{1,18}$/.test(id) ? await read(db, sql`where id = ${id}::bigint`) : [];
  if (done === undefined) throw new OperationRefused('missing', `There is no operation ${id}.`);
  if (done.dryRun)
    throw new OperationRefused('conflict', `Operation ${id} was a dry run: there is nothing to take back.`);
  if (done.undoneBy !== null) {
    const says = `Operation ${id} was taken back by operation ${done.undoneBy}.`;
    return { id: null, verb: 'undo', target: id, dryRun: operator.dryRun, changed: false, says, detail: {} };
  }
  const outcome = await reverse(db, operator, done);
  if (!operator.dryRun && outcome.id !== null) {
    await sql`update operator_event set undone_by = ${outcome.id}::bigint where id = ${id}::bigint`.execute(db.sql);
  }
  return outcome;
}

function reverse(db: Database, operator: Operator, { id, verb, target, detail }: OperationView): Promise<Outcome> {
  const { reason, newScanId } = detail;
  switch (verb) {
    case 'pause':
    case 'drain':
      return resume(db, operator, heldTarget(target));
    case 'resume':
      return pause(db, operator, heldTarget(target), typeof reason === 'string' ? reason : null);
    case 'release':
      return holdAgain(db, operator, sourceOf(target), detail);
    case 'retry':
    case 'rerun':
      return cancel(db, operator, String(newScanId));
    default:
      throw new OperationRefused(
        'conflict',
        `Operation ${id} (${verb}) cannot be taken back: ${INSTEAD[verb] ?? 'ask for a new scan instead'}.`,
      );
  }
}

/** What to do where a verb cannot be taken back. */
const INSTEAD: Readonly<Record<string, string>> = {
  'undo-close': 'the next complete reads decide what is open',
  'add-board': 'switch the board off instead',
  'enable-board': 'switch the board off instead',
  'disable-board': 'switch the board on instead',
};

function heldTarget(target: string): SourceName | typeof EVERYTHING {
  return target === EVERYTHING ? target : sourceOf(target);
}

function sourceOf(target: string): SourceName {
  if (isSourceName(target)) return target;
  throw new OperationRefused('conflict', `There is no source ${target} any more.`);
}

interface Row {
  readonly id: string;
  readonly at: string;
  readonly who: string;
  readonly verb: string;
  readonly target: string;
  readonly dry_run: boolean;
  readonly detail: string | Record<string, unknown>;
  readonly undone_by: string | null;
}

async function read(db: Pick<Database, 'sql'>, which: ReturnType<typeof sql>): Promise<OperationView[]> {
  const { rows } = await sql<Row>`
    select id::text as id, at, who, verb, target, dry_run, detail, undone_by::text as undone_by
    from operator_event ${which}`.execute(db.sql);
  return rows.map((row) => {
    const { says, ...detail } = (typeof row.detail === 'string' ? JSON.parse(row.detail) : row.detail) as Record<
      string,
      unknown
    >;
    const { id, who, verb, target } = row;
    const at = toDate(row.at);
    return {
      id,
      at,
      who,
      verb,
      target,
      dryRun: row.dry_run,
      says: String(says ?? ''),
      detail,
      undoneBy: row.undone_by,
    };
  });
}
