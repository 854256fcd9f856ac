/** Closes postings that are gone, and waits for a second read where one is not enough to know it. */
import type { Database } from '../shared/db/database.ts';
import { boardKnownAgain } from '../shared/db/liveness/unknown.ts';
import { rememberVanished, SECOND_LOOK_AFTER_MINUTES, vanishedBefore } from '../shared/db/liveness/vanished.ts';
import type { OpenUnit, UnitEnd } from '../shared/db/scans/units.ts';
import { historyOf } from '../shared/db/source-health/read-history.ts';
import { countClosed, countGuardTrip } from '../shared/metrics/liveness.ts';
import { sourceInfo } from '../shared/sources.ts';
import type { Intake } from './intake.ts';
import type { BoardStore } from './store.ts';

/** More than so many and more than this share of a board's open postings do not vanish in one day; a broken answer looks so. */
const GONE_MAX = 3;
const GONE_SHARE_MAX = 0.2;

/**
 * What was listed but is no IAM work or no opening any more is closed in any case. What is not listed any more is closed only
 * after a complete read of a board, the one kind of source that lists everything: at once where that read leaves no doubt, else
 * when a second one misses it again (`doubtOf`).
 * @returns the end of the unit, changed when so many vanished that the read itself is in doubt
 */
export async function closeGone(
  db: Pick<Database, 'sql' | 'clock'>,
  unit: OpenUnit,
  store: BoardStore,
  intake: Intake,
  end: UnitEnd,
): Promise<UnitEnd> {
  const { counts, seen, perhapsSeen, noLongerIam, noOpening } = intake;
  // A read in doubt closes nothing. What it misses is remembered where the next read, saying the same, will be believed.
  if (end.suspect === 'worthless') return end;
  const listed = perhapsSeen.size === 0 ? seen : new Set([...seen, ...perhapsSeen]);
  if (end.suspect === 'may repeat') {
    await rememberVanished(db, unit.boardId, store.unseen(listed));
    return end;
  }
  const notIam = await store.close(noLongerIam, 'read again: it is no IAM work any more');
  const noOpenings = await store.close(noOpening, 'still listed, but as no opening any more');
  counts.closed += countClosed('not_iam', notIam) + countClosed('no_opening', noOpenings);
  if (end.complete !== true || sourceInfo(unit.source).kind !== 'board') return end;

  const gone = store.unseen(listed);
  // Of those that were open before: a list of other postings must not make the share of the vanished ones small.
  const open = store.open - counts.new;
  const doubt = doubtOf(gone.length, open, intake, historyOf(unit.readHistory).found.at(-1));
  if (doubt === undefined) {
    const notListed = await store.close(gone, "not listed in a complete read of the employer's board");
    counts.closed += countClosed('not_listed', notListed);
    if (unit.vanishSince !== null) await rememberVanished(db, unit.boardId, []);
    if (unit.unknownSince !== null) await boardKnownAgain(db, unit.boardId);
    return end;
  }
  const before = unit.vanishSince === null ? new Set<string>() : await vanishedBefore(db, unit.boardId);
  const missedTwice = gone.filter((nativeId) => before.has(nativeId));
  const missedOnce = gone.filter((nativeId) => !before.has(nativeId));
  // Remembered first: a worker that dies in between leaves postings open, and none closed that was listed.
  await rememberVanished(db, unit.boardId, missedOnce);
  const twice = await store.close(missedTwice, "not listed in two complete reads of the employer's board");
  counts.closed += countClosed('not_listed_twice', twice);
  if (doubt === 'many' && missedOnce.length > 0) {
    countGuardTrip(unit.source);
    return { state: 'partial', errorType: 'other', error: sentence(missedOnce.length, open) };
  }
  if (unit.unknownSince !== null) await boardKnownAgain(db, unit.boardId);
  return end;
}

/**
 * Why one read is not enough to believe that postings are gone:
 * - `many`: more at once than employers take down; a broken answer looks so.
 * - `nothing`: an answer without a single posting is the commonest form of a broken one.
 * - `pages`: a posting moves from a page that was not read yet to one that was, when another one above it goes.
 * - `broken`: an item that cannot be read may be any of them.
 * - `fewer`: the whole list lost as much as `many` means. A list that was cut short has hardly any IAM work to lose.
 */
function doubtOf(
  gone: number,
  open: number,
  intake: Intake,
  foundBefore: number | undefined,
): 'many' | 'nothing' | 'pages' | 'broken' | 'fewer' | undefined {
  if (gone === 0) return undefined;
  if (areMany(gone, open)) return 'many';
  if (intake.counts.found === 0) return 'nothing';
  if (intake.pages > 1) return 'pages';
  if (intake.unnamed > 0) return 'broken';
  return foundBefore !== undefined && areMany(foundBefore - intake.counts.found, foundBefore) ? 'fewer' : undefined;
}

function areMany(gone: number, of: number): boolean {
  return gone > GONE_MAX && gone > of * GONE_SHARE_MAX;
}

function sentence(gone: number, open: number): string {
  const until = `until a read at least ${SECOND_LOOK_AFTER_MINUTES} minutes later says the same`;
  return `too many postings vanished at once: ${gone} of ${open}; they stay open ${until}`;
}
