/** When the supervisor should end: a signal, a second one, or its npm is gone. */

export interface EndSignals {
  /** Finish the work and end. */
  onFirst(reason: string): void;
  /** End now. */
  onSecond(): void;
}

/** Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. Within this time it is one signal. */
const SAME_SIGNAL_MS = 500;
const PARENT_CHECK_MS = 2_000;

/** @param startedByNpm then the parent process is npm, and without it nobody is left who could end this one */
export function listenForEnd(signals: EndSignals, startedByNpm: boolean): void {
  let firstAt: number | undefined;
  const end = (reason: string) => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      signals.onFirst(reason);
    } else if (performance.now() - firstAt > SAME_SIGNAL_MS) signals.onSecond();
  };
  process.on('SIGTERM', () => end('SIGTERM'));
  process.on('SIGINT', () => end('SIGINT'));
  // A closed terminal; a `nohup` in front has no terminal and keeps running.
  if (process.stdout.isTTY) process.on('SIGHUP', () => end('SIGHUP'));
  if (!startedByNpm) return;
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    end('npm has ended');
  }, PARENT_CHECK_MS);
  check.unref();
}
