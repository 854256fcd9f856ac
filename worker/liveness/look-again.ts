/**
 * What a read of a search or feed says about postings that it does not list: nothing. So each listed one is noted as seen, and a
 * few that were not seen for days are asked for one by one, where the source has a record for each posting.
 */
import type { Database } from '../../shared/db/database.ts';
import { dueForCheck, recordChecks } from '../../shared/db/liveness/checks.ts';
import { recordSightings } from '../../shared/db/liveness/sightings.ts';
import type { OpenUnit, UnitEnd } from '../../shared/db/scans/units.ts';
import { FetchError } from '../../shared/errors.ts';
import { countClosed } from '../../shared/metrics/liveness.ts';
import { sourceInfo } from '../../shared/sources.ts';
import type { Fetch } from '../http/fetch.ts';
import type { Intake } from '../intake.ts';
import type { Connector, ReadSettings, Standing } from '../sources/source.ts';
import { key } from '../store/board-map.ts';
import type { BoardStore } from '../store.ts';

/** Requests of one read for single postings, the control included: a small part of what the read itself costs. */
const CHECKS_MAX = 10;

export interface Unlisted {
  readonly db: Pick<Database, 'sql' | 'clock'>;
  readonly unit: Pick<OpenUnit, 'boardId' | 'source'>;
  readonly connector: Connector;
  readonly settings: ReadSettings;
  readonly fetch: Fetch;
  readonly store: Pick<BoardStore, 'close'>;
  readonly intake: Pick<Intake, 'seen' | 'expiries' | 'counts'>;
  readonly signal: AbortSignal;
}

/** @param end of the read: only after a success are single postings asked for */
export async function lookAgain(to: Unlisted, end: UnitEnd): Promise<void> {
  const { db, unit, intake } = to;
  if (sourceInfo(unit.source).kind === 'board') return;
  const sightings = [...intake.seen].map((nativeId) => ({
    nativeId: key(nativeId),
    expiresAt: intake.expiries.get(nativeId) ?? null,
  }));
  await recordSightings(db, unit.boardId, sightings);
  if (end.state === 'success' && end.suspect === undefined) intake.counts.closed += await checkUnseen(to);
}

/** @returns how many postings were closed */
async function checkUnseen(to: Unlisted): Promise<number> {
  if (to.connector.check === undefined || to.signal.aborted) return 0;
  const due = await dueForCheck(to.db, to.unit.boardId, CHECKS_MAX - 1);
  const [control] = to.intake.seen;
  // A source that moved its records answers 404 for all of them; a posting that it listed a moment ago gives that away.
  if (due.length === 0 || control === undefined || (await standingOf(to, control)) !== 'open') return 0;
  const open: string[] = [];
  const asked: string[] = [];
  let closed = 0;
  for (const nativeId of due) {
    const standing = await standingOf(to, nativeId);
    if (standing === undefined) break;
    asked.push(nativeId);
    if (standing === 'open') open.push(nativeId);
    else closed += countClosed('asked', await to.store.close([nativeId], standing.closed));
  }
  await recordChecks(to.db, to.unit.boardId, asked, open);
  return closed;
}

/** Undefined when nobody can tell: the request failed, and the next ones would fail as well. */
async function standingOf(to: Unlisted, nativeId: string): Promise<'open' | { readonly closed: string } | undefined> {
  if (to.signal.aborted) return undefined;
  try {
    const standing: Standing | undefined = await to.connector.check?.(nativeId, to.settings, to.fetch);
    if (standing === undefined) return undefined;
    return standing.open ? 'open' : { closed: `asked for by itself: ${standing.closed}` };
  } catch (error) {
    if (!(error instanceof FetchError)) {
      if (to.signal.aborted) return undefined;
      throw error;
    }
    const isGone = error.status === 404 || error.status === 410;
    return isGone ? { closed: `asked for by itself: its record at the source answers ${error.status}` } : undefined;
  }
}
