/** Cancels a scan as an operator: with a dry run, and a row in the trail. */
import type { Database } from '../database.ts';
import { cancelScan } from '../scans/cancel.ts';
import { readScan } from '../scans/read.ts';
import { count, OperationRefused, type Operator, type Outcome, operate } from './operation.ts';

/** @throws OperationRefused when there is no such scan, or it is over */
export async function cancel(db: Database, operator: Operator, scanId: string): Promise<Outcome> {
  const scan = await readScan(db, scanId);
  if (scan === undefined) throw new OperationRefused('missing', `There is no scan ${scanId}.`);
  if (scan.finishedAt !== null) {
    throw new OperationRefused('conflict', `The scan ${scanId} ended as ${scan.state} already.`);
  }
  const open = scan.units.total - scan.units.done;
  const done = { verb: 'cancel' as const, target: scanId, detail: { openUnits: open, units: scan.units.total } };
  if (scan.cancelRequestedAt !== null) {
    return {
      ...done,
      id: null,
      dryRun: operator.dryRun,
      changed: false,
      says: `The scan ${scanId} is ending already.`,
    };
  }
  // Cancelling twice is cancelling once, so the trail may come first.
  const says = `The scan ends with ${count(open, 'unit')} of ${scan.units.total} not read to the end.`;
  const outcome = await operate(db, operator, async () => ({ ...done, changed: true, says }));
  if (!operator.dryRun) await cancelScan(db, scanId);
  return outcome;
}
