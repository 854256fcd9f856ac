import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the answer is truthy and returns it. A test waits for the event itself, never for a time.
 * @throws Error that names `what` when `timeoutMs` (default 30 s: the machine may be busy) is over; the last error of `ask` is its cause
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  {
    timeoutMs = 30_000,
    everyMs = 20,
    what = ask.toString(),
  }: { timeoutMs?: number; everyMs?: number; what?: string } = {},
): Promise<Exclude<Awaited<T>, false | 0 | '' | null | undefined>> {
  const deadline = performance.now() + timeoutMs;
  let cause: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer as Exclude<Awaited<T>, false | 0 | '' | null | undefined>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (performance.now() > deadline) throw new Error(`after ${timeoutMs} ms still not: ${what}`, { cause });
    await sleep(everyMs);
  }
}
