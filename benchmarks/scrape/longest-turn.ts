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
