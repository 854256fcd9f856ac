/** How long everything else in a process has to wait for a scrape: the longest turn of an event loop, seen in two ways. */
import { createHook } from 'node:async_hooks';

export interface BlockWatch {
  /** The longest turn since it was called last, in ms; the turn in which it is called does not count. */
  longest(): number;
  off(): void;
}

/**
 * Watches how long this process's event loop is in one turn: from the first call that it makes, with an answer that has arrived for example, until it goes to
 * look for what else has arrived. By the clock, so a turn in which the process loses its core is as long as it is for whoever waits. Nothing is
 * added to the loop, and every library is watched alike.
 *
 * How late a timer comes tells less: libuv counts whole milliseconds and begins to wait anew after each event, so a timer of 1 ms is late by up to
 * that much when a process is merely woken.
 */
export function watchBlocks(): BlockWatch {
  const { nodeTiming } = performance;
  let turn = -1;
  let startedAt = 0;
  let ignored = -1;
  let longest = 0;
  const hook = createHook({
    before() {
      const now = performance.now();
      const { loopCount } = nodeTiming.uvMetricsInfo;
      if (loopCount === turn) return;
      turn = loopCount;
      startedAt = now;
    },
    after() {
      if (turn !== ignored) longest = Math.max(longest, performance.now() - startedAt);
    },
  }).enable();
  return {
    longest() {
      const ms = longest;
      longest = 0;
      ignored = nodeTiming.uvMetricsInfo.loopCount;
      return ms;
    },
    off: () => void hook.disable(),
  };
}

/**
 * The longest turn of this thread's event loop while `work` lasts, in ms of its processor time: how long everything else has to wait for it on an idle
 * machine. It turns the loop as fast as it can to see where a turn begins and ends; so other figures are not taken at the same time.
 */
export async function longestTurn(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  let before = threadMs();
  while (!isOver) {
    await new Promise(setImmediate);
    const now = threadMs();
    longest = Math.max(longest, now - before);
    before = now;
  }
  return longest;
}

function threadMs(): number {
  // Linux brings the figure of the thread up to date only when somebody asks for that of the whole process.
  process.cpuUsage();
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
