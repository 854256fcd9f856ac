/** What a simulation tells. */
import type { SourceUse, Truth } from './judge.ts';

export interface Verdict {
  readonly name: string;
  readonly what: string;
  /** "0", "<= 2", "< 0.05". */
  readonly goal: string;
  /** Null: there was nothing to see, which the sizes of the simulation decide. */
  readonly seen: number | null;
  readonly met: boolean;
}

export interface SimulationResult extends Truth {
  readonly boards: number;
  readonly hours: number;
  readonly units: number;
  readonly scans: number;
  readonly sources: Readonly<Record<string, SourceUse>>;
  readonly sourcesAsked: number;
  readonly violations: number;
  /** The longest time that a board waited, in its own intervals: 1 is a read in the very moment that it was due. */
  readonly worstWaitIntervals: number;
  /** Boards that were never read to their end, those that are gone left out. */
  readonly neverRead: number;
  /** Bytes of the second read of boards that had not changed, over those of the first; null when no board was read twice so. */
  readonly secondSweepShare: number | null;
  readonly queueMax: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly rssPeakMb: number;
  /** What the database was asked for a unit; no other work of the machine changes it. */
  readonly transactionsPerUnit: number;
  /** Processor time of this process for a unit, everything simulated with it; the database's is its own. */
  readonly cpuMsPerUnit: number;
  readonly seconds: number;
  /** What all of this had to be, and was. */
  readonly verdicts: readonly Verdict[];
}
