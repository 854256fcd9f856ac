/** How long searches take, one after the other. */
import { median } from '../kit/harness.ts';

/** Fewer say little about the slowest of twenty. */
export const RUNS = 200;

/** @param draw the next search, made before the clock starts @returns milliseconds of each */
export async function timesOf<T>(many: number, draw: () => T, ask: (drawn: T) => Promise<unknown>): Promise<number[]> {
  const drawn = Array.from({ length: many }, draw);
  const times: number[] = [];
  for (const one of drawn) {
    const startedAt = performance.now();
    await ask(one);
    times.push(performance.now() - startedAt);
  }
  return times;
}

export function p95(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

export const p50 = (times: readonly number[]): number => median(times) ?? Number.NaN;
