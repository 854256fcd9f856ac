/** Time and write-ahead log of the parts of a round that count. */
import type pg from 'pg';
import { walBytes } from './database.ts';
import type { Measures } from './harness.ts';

export interface Stopwatch {
  /** Adds the time and the log of `work`, which stores a scan of so many rows. */
  time(rows: number, work: () => Promise<void>): Promise<void>;
  measures(): Measures;
}

export function stopwatch(client: pg.Client): Stopwatch {
  let [rows, seconds, bytes] = [0, 0, 0];
  return {
    async time(more, work) {
      const walBefore = await walBytes(client);
      const startedAt = performance.now();
      await work();
      seconds += (performance.now() - startedAt) / 1000;
      bytes += (await walBytes(client)) - walBefore;
      rows += more;
    },
    measures: () => ({ rowsPerSecond: rows / seconds, walBytesPerRow: bytes / rows }),
  };
}
