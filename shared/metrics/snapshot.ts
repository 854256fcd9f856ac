/** Numbers that the whole system has once, and that a question to the database or the queue answers. */

export interface Snapshot<T> {
  /** What the last read that worked answered; undefined before the first one. */
  readonly latest: T | undefined;
  /** When that was: Unix seconds, 0 for never. */
  readonly readAt: number;
  /** How long the last read took, in seconds. */
  readonly tookSeconds: number;
  /**
   * Call at each scrape. Reads again when the last try is older than ten seconds. Answers undefined when there is nothing to
   * wait for, else a promise that never rejects and takes at most a tenth of a second: a scrape shows old numbers rather than
   * wait for a slow server, and the next one shows the new ones.
   */
  refresh(): Promise<void> | undefined;
}

const EVERY_MS = 10_000;
/** Less than the metrics bus gives a collector (150 ms), or each wait would count as its fault. */
const WAIT_MS = 100;
/** A read that takes longer has failed. */
const READ_MS = 1_000;

/** @param onError called for each read that failed */
export function takeSnapshots<T>(
  read: () => Promise<T>,
  onError: () => void,
  { everyMs = EVERY_MS, waitMs = WAIT_MS, readMs = READ_MS } = {},
): Snapshot<T> {
  let triedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;
  const snapshot = { latest: undefined as T | undefined, readAt: 0, tookSeconds: 0, refresh };

  async function take(): Promise<void> {
    triedAt = performance.now();
    try {
      snapshot.latest = await within(readMs, read());
      snapshot.readAt = Date.now() / 1000;
      snapshot.tookSeconds = (performance.now() - triedAt) / 1000;
    } catch {
      onError();
    }
  }

  function refresh(): Promise<void> | undefined {
    if (running === undefined && performance.now() - triedAt >= everyMs) {
      running = take().finally(() => {
        running = undefined;
      });
    }
    return running && within(waitMs, running).catch(() => undefined);
  }

  return snapshot;
}

/** @throws when `work` takes longer */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`took longer than ${ms} ms`)), ms);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
