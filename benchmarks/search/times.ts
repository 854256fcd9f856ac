/** How long searches take, one after the other. */
import type pg from 'pg';
import { median } from '../kit/harness.ts';

/** Fewer say little about the slowest of twenty. */
export const RUNS = 200;
/** `query_canceled`, which is what `statement_timeout` ends with. */
const CANCELED = '57014';

/** @param draw the next search, made before the clock starts @returns milliseconds of each */
export async function timesOf<T>(many: number, draw: () => T, ask: (drawn: T) => Promise<unknown>): Promise<number[]> {
  const { times } = await timesWithin(Number.POSITIVE_INFINITY, many, draw, ask);
  return times;
}

/**
 * As many as fit the time, for what may take minutes: searches are drawn at random, so the first ones say what all would.
 * A search that the server cuts off counts with the time until then, which is less than it would take.
 */
export async function timesWithin<T>(
  budgetMs: number,
  many: number,
  draw: () => T,
  ask: (drawn: T) => Promise<unknown>,
): Promise<{ readonly times: number[]; readonly cutOff: number }> {
  const drawn = Array.from({ length: many }, draw);
  const times: number[] = [];
  let cutOff = 0;
  const began = performance.now();
  for (const one of drawn) {
    const startedAt = performance.now();
    if (times.length > 0 && startedAt - began > budgetMs) break;
    await ask(one).catch((error: { readonly code?: string }) => {
      if (error.code !== CANCELED || budgetMs === Number.POSITIVE_INFINITY) throw error;
      cutOff++;
    });
    times.push(performance.now() - startedAt);
  }
  return { times, cutOff };
}

/** Has the server cut off what takes longer, as long as the work goes on. */
export async function withTimeout<T>(client: pg.Client, ms: number, work: () => Promise<T>): Promise<T> {
  await client.query(`set statement_timeout = ${ms}`);
  try {
    return await work();
  } finally {
    await client.query('reset statement_timeout');
  }
}

export function p95(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}

export const p50 = (times: readonly number[]): number => median(times) ?? Number.NaN;
