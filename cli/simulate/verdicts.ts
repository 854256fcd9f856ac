/** What a simulation must show, each with its bound and with what was seen. Pure. */
import { HANDED_MAX } from '../../shared/db/scans/hand-over.ts';
import type { SimulationResult, Verdict } from './result.ts';

/** The simulated employers and their postings, and what was asked of each source, are in it, too. */
const MEMORY_MB_MAX = 2_000;
const WAIT_MAX = 2;
const SECOND_SHARE_MAX = 0.05;

export function verdictsOf(result: Omit<SimulationResult, 'verdicts'>): Verdict[] {
  const queueMax = HANDED_MAX * result.sourcesAsked;
  return [
    none('violations', 'requests that no pace, ceiling or number of calls at once allowed', result.violations),
    atMost(
      'worstWaitIntervals',
      'the longest that a board waited, in intervals of its own',
      result.worstWaitIntervals,
      WAIT_MAX,
    ),
    none('missed', 'postings that were listed, whole and truly, and are not stored as open', result.missed),
    none('wrongCloses', 'postings that were closed while they were open', result.wrongCloses),
    {
      name: 'secondSweepShare',
      what: 'bytes of the second read of boards that had not changed, over those of the first',
      goal: `< ${SECOND_SHARE_MAX}`,
      seen: result.secondSweepShare,
      met: result.secondSweepShare === null || result.secondSweepShare < SECOND_SHARE_MAX,
    },
    atMost('queueMax', 'tasks that the queue held at the most', result.queueMax, queueMax),
    atMost('rssPeakMb', 'memory of the process at its peak, in MB', result.rssPeakMb, MEMORY_MB_MAX),
  ];
}

function none(name: string, what: string, seen: number): Verdict {
  return { name, what, goal: '0', seen, met: seen === 0 };
}

function atMost(name: string, what: string, seen: number, most: number): Verdict {
  return { name, what, goal: `<= ${most}`, seen, met: seen <= most };
}

/** For people: one line each. */
export function verdictLines(verdicts: readonly Verdict[]): string[] {
  return verdicts.map(({ what, goal, seen, met }) => {
    const word = met ? 'ok    ' : 'FAILED';
    return `${word} ${String(seen ?? 'not seen').padStart(8)} (${goal}) ${what}`;
  });
}
