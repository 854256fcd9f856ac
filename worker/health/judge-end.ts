/** From a read to the end of its unit: asks what the judgement needs, and changes a success that is none. */
import type { Database } from '../../shared/db/database.ts';
import type { OpenUnit, UnitEnd } from '../../shared/db/scans/units.ts';
import { writeAbsence } from '../../shared/db/source-health/absence.ts';
import { historyOf } from '../../shared/db/source-health/read-history.ts';
import { sourceInfo } from '../../shared/sources.ts';
import { probeAbsent } from '../boards/probe-absent.ts';
import type { Fetch } from '../http/fetch.ts';
import type { Connector, ReadSettings } from '../sources/source.ts';
import { type Circumstances, judgeRead, median } from './judge-read.ts';
import { nextHistory } from './next-history.ts';
import type { Counts, Observer } from './observe.ts';
import type { SourceWatch } from './source-watch.ts';

export interface ToJudge {
  readonly db: Pick<Database, 'pool'>;
  readonly watch: SourceWatch;
  readonly connector: Connector;
  readonly settings: ReadSettings;
  readonly fetch: Fetch;
  readonly unit: OpenUnit;
  readonly observer: Observer;
  readonly counts: Counts;
  /** The list was read to its end, whatever became of the texts that it leaves out. */
  readonly listIsWhole: boolean;
  /** By the database's clock. */
  readonly now: Date;
}

/**
 * A read that would be a success is judged, and the list of one that only lacks some texts: any other failed or partial read
 * says so itself and leaves the history as it is.
 * @returns the end with the board's next history; `partial` with one sentence when the read is in doubt
 */
export async function judgeEnd(to: ToJudge, end: UnitEnd): Promise<UnitEnd> {
  const { unit, observer, watch } = to;
  const seen = observer.seen(unit.source, to.counts);
  const lacksTexts = end.state === 'partial' && to.listIsWhole && seen.broken * 2 < seen.found;
  if (end.state !== 'success' && !lacksTexts) return end;
  const now = to.now.getTime();
  const { source } = unit;
  const board = unit.region === '' ? unit.token : `${unit.region}:${unit.token}`;
  const history = historyOf(unit.readHistory);
  const twin = sourceInfo(source).kind === 'board' ? watch.twin(source, board, observer.print()) : undefined;
  const known = median(history.found);
  watch.note(source, board, known > 0 ? seen.found < known / 2 : undefined);
  const around: Circumstances = { twin, sourceInDoubt: unit.sourceInDoubt || watch.isInDoubt(source) };
  let verdict = judgeRead(seen, history, now, around);
  if (verdict.about === 'none' && sourceInfo(source).kind === 'board') {
    verdict = judgeRead(seen, history, now, { ...around, absentIsEmpty: await absentIsEmpty(to) });
  }
  if (verdict.believed === true) watch.note(source, board, false);
  const after = {
    history: nextHistory(history, seen, verdict, now, twin !== undefined),
    listed: { found: seen.found, broken: seen.broken },
  };
  if (verdict.verdict === 'healthy') return { ...end, ...after };
  const suspect = verdict.mayRepeat === true ? 'may repeat' : 'worthless';
  return {
    ...end,
    ...after,
    state: 'partial',
    errorType: 'suspect',
    error: verdict.sentence ?? 'it is in doubt',
    suspect,
  };
}

/**
 * An answer that does not come proves nothing either way: the drop is then judged without it. The read itself is done, so it is
 * not read again because its probe would have to wait for a budget, or because the process ends.
 */
async function absentIsEmpty({ db, watch, connector, settings, fetch, unit, now }: ToJudge): Promise<boolean> {
  const absence = await watch.absence(unit.source, now.getTime(), async () => {
    const probe = await probeAbsent(connector, settings, fetch, unit).catch(() => undefined);
    if (probe === undefined || probe.answer === 'no answer') return undefined;
    const { answer, says, listed } = probe;
    const told = { isEmpty: answer === 'cannot tell', says, listed };
    await writeAbsence(db, unit.source, told);
    return told;
  });
  return absence?.isEmpty === true;
}
