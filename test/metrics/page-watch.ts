/** Reads a page of /metrics again and again, and notes what must never happen to it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { samplesOf, typesOf } from './page.ts';

/** Every series of a counter or histogram. */
export function totalsOf(page: string): Map<string, number> {
  const types = typesOf(page);
  const isTotal = (name: string) =>
    types.get(name) === 'counter' || types.get(name.replace(/_(bucket|sum|count)$/, '')) === 'histogram';
  return new Map(
    samplesOf(page)
      .filter(({ name }) => isTotal(name))
      .map(({ series, value }) => [series, value]),
  );
}

/** Totals that are lower than they were, or gone. */
export function fallen(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): string[] {
  return [...before]
    .filter(([series, value]) => !((after.get(series) ?? Number.NaN) >= value))
    .map(([series, value]) => `${series} ${value} -> ${after.get(series)}`);
}

export interface PageWatch {
  readonly reads: number;
  /** Answers that were not 200, or did not come within a second. */
  readonly failures: readonly string[];
  readonly falls: readonly string[];
  stop(): Promise<void>;
}

export function watchPage(url: string): PageWatch {
  const seen = { reads: 0, failures: [] as string[], falls: [] as string[] };
  let isOn = true;
  const run = async () => {
    let last = new Map<string, number>();
    for (; isOn; await sleep(100)) {
      try {
        const answer = await fetch(url, { signal: AbortSignal.timeout(1000) });
        if (answer.status !== 200) throw new Error(`status ${answer.status}`);
        const now = totalsOf(await answer.text());
        seen.falls.push(...fallen(last, now));
        seen.reads++;
        last = now;
      } catch (error) {
        seen.failures.push(String(error));
      }
    }
  };
  const running = run();
  return Object.assign(seen, {
    stop: () => {
      isOn = false;
      return running;
    },
  });
}
