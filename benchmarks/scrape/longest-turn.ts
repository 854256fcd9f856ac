/** How long everything else in a process has to wait for a scrape: the longest turn of an event loop, seen in two ways. */

/** What both libraries look at when they are asked for their numbers. */
interface Watched {
  getMetricsAsArray(): unknown;
}

/**
 * Answers a function that tells the longest turn, in ms, since it was called last. A turn counts from the moment at which the registry is looked at,
 * which is the first thing that either library does when the request has been read, until the event loop goes on to whatever else waits: after
 * serialising and handing to the kernel. Wall time, because that is how long the others wait; nothing has to turn the loop, so nothing is slower for it.
 */
export function watchTurns(registry: Watched): () => number {
  const look = registry.getMetricsAsArray.bind(registry);
  let longest = 0;
  let isTurning = false;
  registry.getMetricsAsArray = () => {
    if (!isTurning) {
      isTurning = true;
      const startedAt = performance.now();
      setImmediate(() => {
        isTurning = false;
        longest = Math.max(longest, performance.now() - startedAt);
      });
    }
    return look();
  };
  return () => {
    const result = longest;
    longest = 0;
    return result;
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
