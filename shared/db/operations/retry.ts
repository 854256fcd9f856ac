/** Reads again what failed: a new scan of the same boards, so that the old one keeps saying what it was. */
import { sql, type Transaction } from 'kysely';
import { SCAN_ERROR_TYPES, type ScanErrorType } from '../../errors.ts';
import type { Database } from '../database.ts';
import { type BoardsToScan, createScanOfBoards, type ScanRequest } from '../scans/create.ts';
import { isUuid } from '../scans/read.ts';
import type { Tables } from '../tables.ts';
import { count, type Done, OperationRefused, type Operator, type Outcome, operate } from './operation.ts';

type Queue = { enqueue(unitIds: readonly string[]): Promise<void> };
export type Asked = Pick<ScanRequest, 'trigger' | 'keys'>;

/**
 * All units of a scan that failed, or stayed partial, for one cause. Boards that an open scan is about to read are left out, so
 * asking twice reads once.
 * @throws OperationRefused when there is no such scan; TooManyScansError
 */
export async function retryFailed(
  db: Database,
  queue: Queue,
  operator: Operator,
  asked: Asked,
  { scanId, cause }: { readonly scanId: string; readonly cause: ScanErrorType },
): Promise<Outcome> {
  return again(db, queue, operator, asked, 'retry', scanId, async (tx) => {
    const scan =
      isUuid(scanId) && (await tx.selectFrom('scan').where('id', '=', scanId).select('id').executeTakeFirst());
    if (!scan) throw new OperationRefused('missing', `There is no scan ${scanId}.`);
    const units = await sql<Failed>`
      select u.source, u.board_id, exists (
        select 1 from scan_unit o where o.board_id = u.board_id and o.state in ('queued', 'running')) as is_open
      from scan_unit u join board b on b.id = u.board_id
      where u.scan_id = ${scanId} and u.state in ('failed', 'partial') and u.error_type = ${cause} and b.enabled`.execute(
      tx,
    );
    const causes = await causesOf(tx, scanId);
    return { units: units.rows, more: { cause, causes }, what: `that ended with "${cause}"` };
  });
}

/**
 * One unit that has ended, however it did.
 * @throws OperationRefused when there is no such unit, it has not ended, or its board is switched off; TooManyScansError
 */
export async function rerunUnit(
  db: Database,
  queue: Queue,
  operator: Operator,
  asked: Asked,
  unitId: string,
): Promise<Outcome> {
  return again(db, queue, operator, asked, 'rerun', unitId, async (tx) => {
    if (!isUuid(unitId)) throw new OperationRefused('missing', `There is no unit ${unitId}.`);
    const { rows } = await sql<Failed & { state: string; enabled: boolean; token: string }>`
      select u.source, u.board_id, u.state, b.enabled, b.token, exists (
        select 1 from scan_unit o where o.board_id = u.board_id and o.state in ('queued', 'running')) as is_open
      from scan_unit u join board b on b.id = u.board_id where u.id = ${unitId}`.execute(tx);
    const [unit] = rows;
    if (unit === undefined) throw new OperationRefused('missing', `There is no unit ${unitId}.`);
    if (unit.state === 'queued' || unit.state === 'running') {
      throw new OperationRefused('conflict', `The unit ${unitId} is ${unit.state}; it will be read anyway.`);
    }
    if (!unit.enabled)
      throw new OperationRefused('conflict', `The board ${unit.source}/${unit.token} is switched off.`);
    return { units: [unit], more: { board: `${unit.source}/${unit.token}` }, what: `of ${unit.source}/${unit.token}` };
  });
}

export function isCause(text: string): text is ScanErrorType {
  return SCAN_ERROR_TYPES.some((type) => type === text);
}

interface Failed {
  readonly source: string;
  readonly board_id: number;
  readonly is_open: boolean;
}

interface Found {
  readonly units: readonly Failed[];
  readonly more: Readonly<Record<string, unknown>>;
  /** "3 units " + what. */
  readonly what: string;
}

/** The scan is written in the transaction of the trail, and handed to the queue after it: the scheduler does what is missed. */
async function again(
  db: Database,
  queue: Queue,
  operator: Operator,
  asked: Asked,
  verb: 'retry' | 'rerun',
  target: string,
  find: (tx: Transaction<Tables>) => Promise<Found>,
): Promise<Outcome> {
  let begin: (() => Promise<unknown>) | undefined;
  const outcome = await operate(db, operator, async (tx): Promise<Done> => {
    const { units, more, what } = await find(tx);
    const boardIds = units.filter((unit) => !unit.is_open).map((unit) => unit.board_id);
    const open = units.length - boardIds.length;
    const detail = { ...more, units: units.length, alreadyOpen: open, willRead: boardIds.length };
    const waiting = open > 0 ? `; ${open} of them wait in an open scan already` : '';
    const says = `${count(units.length, 'unit')} ${what}${waiting}: ${count(boardIds.length, 'board')} to read again.`;
    if (boardIds.length === 0 || operator.dryRun) {
      return { verb, target, changed: boardIds.length > 0, says, detail };
    }
    const sources = [...new Set(units.map((unit) => unit.source))].sort();
    const boards: BoardsToScan = { ...asked, requestedBy: operator.who, sources, boardIds };
    const scan = await createScanOfBoards(db, tx, boards);
    begin = () => scan.begin(queue);
    return { verb, target, changed: true, says, detail: { ...detail, newScanId: scan.id } };
  });
  await begin?.();
  return outcome;
}

/** What else failed, so that a wrong cause is seen at once. */
async function causesOf(tx: Transaction<Tables>, scanId: string): Promise<Record<string, number>> {
  const { rows } = await sql<{ cause: string; n: number }>`
    select coalesce(error_type, 'none') as cause, count(*)::int as n from scan_unit
    where scan_id = ${scanId} and state in ('failed', 'partial') group by 1 order by 2 desc, 1`.execute(tx);
  return Object.fromEntries(rows.map((row) => [row.cause, row.n]));
}
