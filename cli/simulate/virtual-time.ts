/** Time that stands still while anything works, and jumps to the next moment at which something is to happen. */

interface Moment {
  readonly at: number;
  readonly happen: () => void;
}

export interface VirtualTime {
  /** Unix milliseconds. */
  now(): number;
  date(): Date;
  /** Something happens at a moment; what is past happens at the next advance. */
  at(moment: number, happen: () => void): void;
  /** Ends when the time is over, or with the signal's reason. Whoever sleeps does not work. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Counts `work` as under way until it ends. */
  during<T>(work: Promise<T>): Promise<T>;
  /** Waits until nobody works. */
  quiet(): Promise<void>;
  /** To the next moment, but not beyond `end`. @returns false when there is none before the end */
  advance(end: number): boolean;
}

/** What happens within half a second happens at once, so that there is enough to do at the same time. */
const TICK_MS = 500;

export function createVirtualTime(start: number): VirtualTime {
  const moments: Moment[] = [];
  let now = start;
  let working = 0;
  let onQuiet: (() => void) | undefined;

  const settle = () => {
    working--;
    if (working === 0) onQuiet?.();
  };
  return {
    now: () => now,
    date: () => new Date(now),
    at: (at, happen) => push(moments, { at: tickOf(at), happen }),
    sleep: (ms, signal) => {
      signal?.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      let over = false;
      const wake = (end: () => void) => {
        if (over) return;
        over = true;
        working++;
        signal?.removeEventListener('abort', abort);
        end();
      };
      const abort = () => wake(() => reject(signal?.reason));
      signal?.addEventListener('abort', abort, { once: true });
      push(moments, { at: tickOf(now + Math.max(0, ms)), happen: () => wake(resolve) });
      settle();
      return promise;
    },
    during: (work) => {
      working++;
      return work.finally(settle);
    },
    quiet: async () => {
      // What an ended promise sets going begins in the same turn of the loop.
      while (true) {
        if (working > 0) await new Promise<void>((resolve) => (onQuiet = resolve));
        onQuiet = undefined;
        await new Promise((resolve) => setImmediate(resolve));
        if (working === 0) return;
      }
    },
    advance: (end) => {
      const next = moments[0];
      if (next === undefined || next.at > end) return false;
      now = Math.max(now, next.at);
      while (moments[0] !== undefined && moments[0].at <= now) pop(moments)?.happen();
      return true;
    },
  };
}

const tickOf = (at: number) => Math.ceil(at / TICK_MS) * TICK_MS;

/** A heap by `at`. */
function push(heap: Moment[], moment: Moment): void {
  let i = heap.push(moment) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if ((heap[parent] as Moment).at <= moment.at) break;
    heap[i] = heap[parent] as Moment;
    i = parent;
  }
  heap[i] = moment;
}

function pop(heap: Moment[]): Moment | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && (heap[child + 1] as Moment).at < (heap[child] as Moment).at) child++;
    if ((heap[child] as Moment).at >= last.at) break;
    heap[i] = heap[child] as Moment;
    i = child;
  }
  heap[i] = last;
  return first;
}
