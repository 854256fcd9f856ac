/** The state of one board, from the columns of its row. Pure. */
import type { SourceState } from './judge-source.ts';

export type BoardState = Extract<SourceState, 'paused' | 'failed' | 'suspect' | 'degraded' | 'healthy'>;

export interface BoardHealth {
  readonly enabled: boolean;
  readonly failures: number;
  readonly lastReadAt: Date | null;
  readonly suspectSince: Date | null;
  readonly lastError: string | null;
}

export function boardState(board: BoardHealth): { readonly state: BoardState; readonly sentence: string } {
  const { enabled, failures, lastReadAt, suspectSince, lastError } = board;
  const because = lastError === null || lastError === '' ? '' : `: ${lastError.replace(/\.$/, '')}`;
  if (!enabled) return { state: 'paused', sentence: 'It is switched off.' };
  if (lastReadAt === null) return { state: 'degraded', sentence: 'It has not been read yet.' };
  if (failures > 0) {
    const reads = failures === 1 ? 'Its last read failed' : `Its last ${failures} reads failed`;
    return { state: 'failed', sentence: `${reads}${because}.` };
  }
  if (suspectSince !== null) return { state: 'suspect', sentence: `Its last read is in doubt${because}.` };
  if (lastError !== null) return { state: 'degraded', sentence: `Its last read was cut short${because}.` };
  return { state: 'healthy', sentence: 'Its last read was complete and in line with those before.' };
}

export const BOARD_STATES = [
  'paused',
  'failed',
  'suspect',
  'degraded',
  'healthy',
] as const satisfies readonly BoardState[];
