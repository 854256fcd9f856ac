/** When scans start by themselves: one BullMQ job scheduler, whose tasks carry the moment that they are for. */
import type { Job } from 'bullmq';
import type { QueueKit } from './kit.ts';
import { letGo } from './let-go.ts';

const NAME = 'timetable';
const ID = 'scan';
/** A slot that nobody took for so long means that its task was lost: the timetable is then written anew. */
const OVERDUE_MS = 120_000;

export interface Times {
  /** Cron pattern of five or six fields. */
  readonly cron: string;
  readonly timeZone: string;
}

export interface Timetable {
  /**
   * Makes the timetable say `times`, or nothing; does nothing when it does so already. Call it from one process only, under
   * the leader's lock: BullMQ's upserts of one scheduler disturb each other on PostgreSQL.
   */
  set(times: Times | undefined): Promise<void>;
  /** The next slot, or undefined when the timetable is off. */
  next(): Promise<Date | undefined>;
  close(): Promise<void>;
}

export function openTimetable(kit: QueueKit): Timetable {
  const queue = kit.queue<Record<string, never>>(NAME);
  return {
    set: async (times) => {
      const present = await queue.getJobScheduler(ID);
      if (times === undefined) {
        if (present !== undefined) await queue.removeJobScheduler(ID);
        return;
      }
      const same = present?.pattern === times.cron && present.tz === times.timeZone;
      const overdue = (present?.next ?? 0) < Date.now() - OVERDUE_MS;
      if (same && !overdue) return;
      await queue.upsertJobScheduler(ID, { pattern: times.cron, tz: times.timeZone }, { name: 'slot', data: {} });
    },
    next: async () => {
      const next = (await queue.getJobScheduler(ID))?.next;
      return next === undefined ? undefined : new Date(next);
    },
    close: () => letGo(queue),
  };
}

/**
 * Every scheduler process runs one; each slot's task goes to one of them.
 * @param handle gets the slot's planned moment, not the moment of its call; it may be called twice for one slot
 */
export function startTimetableWorker(
  kit: QueueKit,
  lockMs: number,
  handle: (slot: Date) => Promise<void>,
): { close(): Promise<void> } {
  const run = (job: Job<Record<string, never>, void>) => handle(new Date(job.opts.prevMillis ?? job.timestamp));
  const worker = kit.worker<Record<string, never>>(NAME, run, {
    concurrency: 1,
    lockDuration: lockMs,
    stalledInterval: lockMs,
  });
  return { close: () => letGo(worker) };
}
