/** What a unit makes of what is remembered of its board, and what it leaves to remember. */
import { hash } from 'node:crypto';
import type { BoardMemory, Checked, LastRead } from '../shared/db/scans/board-memory.ts';
import type { OpenUnit, UnitEnd } from '../shared/db/scans/units.ts';
import { FetchError } from '../shared/errors.ts';
import { sourceInfo } from '../shared/sources.ts';
import type { Intake } from './intake.ts';
import type { SameAnswers } from './same-answers.ts';
import type { ReadSettings } from './sources/source.ts';
import type { UnitCounts } from './store.ts';

const DAY_MS = 86_400_000;
/** A server that says "not modified" for ever is believed for so many reads, and at least for a day. */
const BELIEVED_READS = 7;

/** Another version reads anew: of our understanding, or of what is asked. Keys count by their names only. */
export function versionOf(understanding: string, settings: ReadSettings): string {
  const asked = { ...settings, keys: Object.keys(settings.keys).sort() };
  return hash('sha256', JSON.stringify([understanding, asked]), 'hex').slice(0, 16);
}

/** @returns the last read when the same answers would mean the same postings; undefined when the board must be read whole */
export function knownRead(unit: OpenUnit, { lastRead, fullAt, pace }: BoardMemory, version: string, now: Date) {
  if (lastRead === undefined || fullAt === null || lastRead.version !== version) return undefined;
  // A second look must look.
  const inDoubt = unit.vanishSince !== null || unit.unknownSince !== null || unit.suspectSince !== null;
  if (inDoubt || unit.sourceInDoubt) return undefined;
  // Where not everything is listed, each listed posting is noted as seen; that must not stop for long.
  const reads = sourceInfo(unit.source).kind === 'board' ? BELIEVED_READS : 1;
  const believedMs = Math.max(DAY_MS, reads * (pace.intervalS ?? 0) * 1000);
  return now.getTime() - fullAt.getTime() < believedMs ? lastRead : undefined;
}

/** The end of a unit whose source answered as before. */
export function endOfSame(known: LastRead, same: SameAnswers, requests: number): UnitEnd {
  const repeated = { counts: known.counts, requests, validators: same.validators() };
  return { state: 'success', complete: true, repeated, checked: { changes: 0, hintS: same.hintS } };
}

interface WasRead {
  readonly unit: OpenUnit;
  readonly memory: BoardMemory;
  readonly intake: Pick<Intake, 'counts' | 'wanted'>;
  readonly same: SameAnswers;
  readonly version: string;
  /** Why the read failed as a whole. */
  readonly failure: unknown;
}

/** Adds to the end of a unit what its read taught of the board. */
export function withLessons(end: UnitEnd, { unit, memory, intake, same, version, failure }: WasRead): UnitEnd {
  const { counts, wanted } = intake;
  const checked = { ...checkedOf(unit, memory, counts, failure), hintS: same.hintS };
  // A text that was asked for may be asked for again although the list stays the same: "not open yet" is no part of it.
  const whole = end.state === 'success' && end.complete === true && end.suspect === undefined && wanted.length === 0;
  const { found, kept, rejected, rejectedReasons } = counts;
  const remember = whole ? same.remember(version, { found, kept, rejected, rejectedReasons }) : undefined;
  return { ...end, checked, ...(remember !== undefined && { remember }) };
}

/**
 * What changed since the last read. Postings that are no IAM work are not stored, so of them only their number is known; the
 * results of a search come and go without anything having changed.
 */
function checkedOf({ source }: OpenUnit, { rejected }: BoardMemory, counts: UnitCounts, failure: unknown): Checked {
  const isBoard = sourceInfo(source).kind === 'board';
  const others = isBoard && rejected !== undefined ? Math.abs(counts.rejected - rejected) : 0;
  const changes = counts.new + counts.changed + counts.closed + others;
  if (!(failure instanceof FetchError)) return { changes };
  const retryAfterS = failure.retryAfterMs === undefined ? undefined : failure.retryAfterMs / 1000;
  return { changes, retryAfterS, absent: isBoard && (failure.status === 404 || failure.status === 410) };
}
