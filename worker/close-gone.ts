/** Closes postings that are gone, and refuses to when too many are gone at once. */
import type { OpenUnit, UnitEnd } from '../shared/db/scans/units.ts';
import { sourceInfo } from '../shared/sources.ts';
import type { Intake } from './intake.ts';
import type { BoardStore } from './store.ts';

/** More than so many and more than this share of a board's open postings do not vanish in one day; a broken answer looks so. */
const GONE_MAX = 3;
const GONE_SHARE_MAX = 0.2;
const SUSPICION = 'too many postings vanished at once';

/**
 * What was listed but is no IAM work any more is closed in any case. What is not listed any more is closed only after a
 * complete read of a board, the one kind of source that lists everything. A suspicious read closes nothing and is called
 * partial; when the next read of the board says the same again, it is believed.
 * @returns the end of the unit, changed when the read was suspicious
 */
export async function closeGone(unit: OpenUnit, store: BoardStore, intake: Intake, end: UnitEnd): Promise<UnitEnd> {
  const { counts, seen, perhapsSeen, noLongerIam } = intake;
  const { open } = store;
  counts.closed += await store.close(noLongerIam, 'read again: it is no IAM work any more');
  if (end.complete !== true || sourceInfo(unit.source).kind !== 'board') return end;
  const gone = store.unseen(seen).filter((nativeId) => !perhapsSeen.has(nativeId));
  const suspicious = gone.length > GONE_MAX && gone.length > open * GONE_SHARE_MAX;
  if (suspicious && !unit.lastError?.startsWith(SUSPICION)) {
    const error = `${SUSPICION}: ${gone.length} of ${open}; they stay open until the next read says the same`;
    return { state: 'partial', errorType: 'other', error };
  }
  counts.closed += await store.close(gone, "not listed in a complete read of the employer's board");
  return end;
}
