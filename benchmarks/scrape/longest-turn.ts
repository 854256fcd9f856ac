/** How long everything else in a process has to wait for a scrape: the longest turn of an event loop, seen in two ways. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Between two looks at the clock; the finest that Node offers. */
const TICK_MS = 1;

/**
 * Answers a function that tells how long the event loop of this process was blocked at the most, in ms, since it was called last, and goes on watching;
 * `off` ends that. A timer ticks each millisecond, and what it comes too late is what a request would have waited: the work itself, and the wait for a core
 * that all processes of the scrape want at once. The same clock watches every library, and none of its scrapes counts for another figure.
 */
export function watchBlocks(): { longest(): number; off(): void } {
  const delays = monitorEventLoopDelay({ resolution: TICK_MS });
  delays.enable();
  return {
    longest() {
      const ms = Math.max(0, delays.max / 1e6 - TICK_MS);
      delays.reset();
      return ms;
    },
    off: () => void delays.disable(),
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
