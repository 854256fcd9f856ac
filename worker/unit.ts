/**
 * THE STORY of one unit: take it, read its board page by page, ask for the texts that pages leave out, keep what is IAM work,
 * close what is gone, merge what is one opening, say how it went.
 */
import { hostNow } from '../shared/db/clock.ts';
import type { Database } from '../shared/db/database.ts';
import { whileHeld } from '../shared/db/held-locks.ts';
import { holdBack } from '../shared/db/operations/holds.ts';
import { forgetLastRead, type KnownPace } from '../shared/db/scans/board-memory.ts';
import { finishScanIfDone } from '../shared/db/scans/finish.ts';
import {
  endUnit,
  findOpenUnit,
  giveBackUnit,
  type OpenUnit,
  type TakenBoard,
  type TakenUnit,
  takeUnit,
  type UnitEnd,
} from '../shared/db/scans/units.ts';
import type { Log } from '../shared/log.ts';
import { countUnitError } from '../shared/metrics/scan.ts';
import type { UnitAnswer, UnitTask } from '../shared/queues/units.ts';
import type { SourceName } from '../shared/sources.ts';
import { endOfSame, knownRead, versionOf, withLessons } from './board-pace.ts';
import { closeGone } from './close-gone.ts';
import { readDetails } from './details.ts';
import { judgeEnd } from './health/judge-end.ts';
import { createObserver, type Observer } from './health/observe.ts';
import type { SourceWatch } from './health/source-watch.ts';
import type { Turn, Turns } from './http/turn.ts';
import { LedgerError, type Wait, WaitError } from './http/wait.ts';
import type { Http } from './http.ts';
import { startIntake } from './intake.ts';
import { lookAgain } from './liveness/look-again.ts';
import { type Read, readPages } from './read-pages.ts';
import { holdPages, sameAnswers } from './same-answers.ts';
import type { Connector, ReadSettings } from './sources/source.ts';
import { watchForStop } from './stop.ts';
import { openRejected } from './store/rejected.ts';
import { countColumns } from './store/rows.ts';
import { settleStored } from './store/settle.ts';
import { openBoardStore, type UnitCounts } from './store.ts';
import { isWait, takeTurn, waitOrEnd } from './take-turn.ts';
import { endOfGivenUp, endOfRead, refusal } from './unit-end.ts';

export interface Means {
  readonly db: Database;
  readonly http: Pick<Http, 'fetchFor'>;
  /** What sources may be asked, over all workers; without it nothing but a source's own refusals holds a unit back. */
  readonly turns?: Turns;
  readonly connectors: Readonly<Record<SourceName, Connector>>;
  readonly settingsOf: (source: SourceName) => ReadSettings;
  /** See `read-version.ts`. */
  readonly version: string;
  /** What was seen of each source across its boards. */
  readonly watch: SourceWatch;
  readonly log: Log;
}

/** How long a unit waits whose board is being read by another one. */
const BOARD_BUSY_MS = 5000;

/**
 * Does one unit, whatever state an earlier attempt left it in.
 * @throws what went wrong on our side (the database is away): the task then comes again, and its last try ends the unit
 */
export async function runUnit(means: Means, task: UnitTask): Promise<UnitAnswer> {
  const unit = await findOpenUnit(means.db, task.unitId);
  if (unit === undefined) return 'done';
  if (unit.isHeld) {
    await holdBack(means.db, unit.unitId);
    return 'done';
  }
  const answer = await inTurn(means, unit, task);
  if (answer === 'done') await finishScanIfDone(means.db, unit.scanId, means.log);
  return answer;
}

/** A unit that must wait for its source costs one statement: it is not taken, and its board stays free. */
async function inTurn(means: Means, unit: OpenUnit, task: UnitTask): Promise<UnitAnswer> {
  const turn = await takeTurn(means.turns, unit, means.settingsOf(unit.source), task.signal);
  if (turn === 'interrupted') return { againInMs: 0 };
  if (isWait(turn)) return waitFor(means, unit, turn);
  try {
    const answer = await whileHeld(means.db, `board:${unit.boardId}`, () => attempt(means, unit, task, turn));
    return answer ?? { againInMs: BOARD_BUSY_MS };
  } finally {
    await turn?.end();
  }
}

async function waitFor(means: Means, unit: OpenUnit, wait: Wait): Promise<UnitAnswer> {
  const next = await waitOrEnd(means.db, unit, wait);
  if (next === 'ended') return 'done';
  if ('againInMs' in next) return next;
  await writeEnd(means, unit, next);
  return 'done';
}

async function attempt(means: Means, unit: OpenUnit, task: UnitTask, turn: Turn | undefined): Promise<UnitAnswer> {
  try {
    const taken = await takeUnit(means.db, unit);
    if (taken === undefined) return 'done';
    const end = await readBoard(means, unit, taken, task.signal, turn);
    if (end === 'interrupted') {
      await giveBackUnit(means.db, unit);
      return { againInMs: 0 };
    }
    // Nobody else ends a unit of this board meanwhile, so what was read of its pace then is what it is now.
    const known = { pace: taken.memory.pace, now: clockOf(means.db, taken).now() };
    await writeEnd(means, unit, end, known);
  } catch (error) {
    if (error instanceof WaitError) {
      await giveBackUnit(means.db, unit);
      return waitFor(means, unit, error.wait);
    }
    if (!task.lastTry) throw error;
    await writeEnd(means, unit, endOfGivenUp(error));
    means.log.error({ err: error, unitId: unit.unitId, source: unit.source, board: unit.token }, 'a unit was given up');
  }
  return 'done';
}

async function readBoard(
  means: Means,
  unit: OpenUnit,
  taken: TakenBoard,
  ending: AbortSignal,
  turn: Turn | undefined,
): Promise<UnitEnd | 'interrupted'> {
  const { db, http, connectors, settingsOf } = means;
  const settings = settingsOf(unit.source);
  const refused = refusal(taken, unit.source, settings.keys);
  if (refused !== undefined) return refused;

  const connector = connectors[unit.source];
  const clock = clockOf(db, taken);
  const version = versionOf(means.version, settings);
  const known = knownRead(unit, taken.memory, version, clock.now());
  const observer = createObserver();
  const opened = openOnce(means, unit, taken, connector, observer);
  const stop = watchForStop(db, unit.scanId, ending);
  try {
    const fetch = http.fetchFor(unit.source, { signal: stop.signal, turn, onAttempt: opened.countRequest });
    const same = sameAnswers(known, fetch);
    const pages = holdPages(same, async (page) => (await opened.forWriting()).intake.take(page));
    const list = await readPages(connector.read(unit, settings, observer.watch(same.fetch)), stop.signal, pages.take);
    throwOurs(list);
    observer.endOfList();
    if (known !== undefined && same.isSame(list)) {
      // Nothing was written and nothing will be closed, so a cancel of this very moment comes too late.
      const stopped = stop.known;
      return stopped === 'cancelled' ? { state: 'cancelled' } : (stopped ?? endOfSame(known, same, opened.requests));
    }
    await pages.flush();
    const { store, rejected, intake } = await (list.failure === undefined ? opened.forWriting() : opened.asItIs());
    const read = await readDetails({ connector, board: unit, settings, fetch, intake, signal: stop.signal }, list);
    throwOurs(read);
    const stopped = await stop.reason();
    const told = endOfRead(unit.source, read, intake.counts);
    const listIsWhole = list.complete;
    const about = { connector, settings, fetch, unit, observer, listIsWhole, counts: intake.counts, now: clock.now() };
    const toJudge = { ...means, ...about };
    const end = stopped ?? (await closeGone(db, unit, store, intake, await judgeEnd(toJudge, told)));
    if (typeof end === 'object') await lookAgain({ ...toJudge, store, intake, signal: stop.signal }, end);
    if (intake.counts.new + intake.counts.changed + intake.counts.closed > 0) {
      await settleStored(db);
    }
    await rejected.save(read.complete);
    if (end === 'interrupted') {
      await store.saveCounts(intake.counts);
      return end;
    }
    const counts = countColumns(intake.counts);
    if (end === 'cancelled') return { state: 'cancelled', counts };
    const { memory } = taken;
    return withLessons({ ...end, counts }, { unit, memory, intake, same, version, failure: list.failure });
  } finally {
    stop.end();
  }
}

/** No failure of the source: the unit must wait for it, or the ledger is away. It comes again. */
function throwOurs({ failure, problems }: Read): void {
  for (const error of [failure, ...problems.map((problem) => problem.error)]) {
    if (error instanceof WaitError || error instanceof LedgerError) throw error;
  }
}

/** What is stored of the board, loaded when it is needed: a source that answers as before needs none of it. */
function openOnce(means: Means, unit: OpenUnit, taken: TakenBoard, connector: Connector, observer: Observer) {
  const { db, version } = means;
  const load = async () => {
    const [store, rejected] = await Promise.all([
      openBoardStore(db, { ...unit, ...clockOf(db, taken) }),
      openRejected(db, unit.boardId, version),
    ]);
    const intake = startIntake(connector, unit, store, rejected, requests, observer);
    counts = intake.counts;
    return { store, rejected, intake };
  };
  let requests = taken.requests;
  let counts: UnitCounts | undefined;
  let loading: ReturnType<typeof load> | undefined;
  let forgetting: Promise<void> | undefined;
  const asItIs = () => {
    loading ??= load();
    return loading;
  };
  return {
    get requests() {
      return requests;
    },
    countRequest: () => {
      requests++;
      if (counts !== undefined) counts.requests = requests;
    },
    asItIs,
    /** From now on the stored postings may be others than those of the last read. */
    forWriting: async () => {
      forgetting ??= taken.memory.lastRead === undefined ? Promise.resolve() : forgetLastRead(db.sql, [unit.boardId]);
      await forgetting;
      return asItIs();
    },
  };
}

async function writeEnd(means: Means, unit: OpenUnit, end: UnitEnd, known?: KnownPace): Promise<void> {
  if (!(await endUnit(means.db, unit, end, known))) return;
  if (end.errorType !== undefined) countUnitError(end.errorType);
  const { unitId, scanId, source, token } = unit;
  const { invalid_samples: _, ...counts } = end.counts ?? {};
  means.log.info({ scanId, unitId, source, board: token, ...end, counts }, 'unit ended');
}

/**
 * Times in rows are the database's: hosts whose clocks differ still agree on what is new since this unit first began, which is
 * what makes a repeated unit count a posting as its first attempt did.
 */
function clockOf(db: Database, { startedAt, takenAt }: TakenUnit): { startedAt: Date; now: () => Date } {
  const aheadMs = takenAt.getTime() - hostNow(db).getTime();
  return { startedAt, now: () => new Date(hostNow(db).getTime() + aheadMs) };
}
