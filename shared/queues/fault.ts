import type { Log } from '../log.ts';
import { countApplicationError, NO_ENDPOINT } from '../metrics/application-errors.ts';

/** An outage makes each of BullMQ's connections complain each second; one line in this time says it all. */
const QUIET_MS = 30_000;

/** For `createQueueKit`: counts every fault that BullMQ meets in the background, and logs one in a while. It goes on by itself. */
export function reportQueueFaults(log: Log): (error: Error) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return (error) => {
    countApplicationError('QueueError', NO_ENDPOINT, 'warning');
    if (performance.now() - loggedAt < QUIET_MS) return;
    loggedAt = performance.now();
    log.warn({ err: error }, 'the queue had a fault and goes on by itself');
  };
}
