/** How much a process counts: at most `batch` each `tickMs`, and it reports each `pushMs`. */
export const WORK = { tickMs: 10, batch: 10, kinds: 20, pushMs: 1000 } as const;

/** The most that a process can have counted since its last report; two ticks more, because timers are not exact. */
export const LOSS_PER_KILL = (WORK.pushMs / WORK.tickMs + 2) * WORK.batch;
