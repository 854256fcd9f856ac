import { DISK_FULL, isDiskFull } from '../db/failure.ts';
import type { Log } from '../log.ts';
import { countApplicationError, NO_ENDPOINT } from '../metrics/application-errors.ts';
import { seldom } from '../seldom.ts';

/** An outage makes each of BullMQ's connections complain each second; one line in this time says it all. */
const QUIET_MS = 30_000;

/** For `createQueueKit`: counts every fault that BullMQ meets in the background, and logs one in a while. It goes on by itself. */
export function reportQueueFaults(log: Log): (error: Error) => void {
  const isTime = seldom(QUIET_MS);
  return (error) => {
    countApplicationError('QueueError', NO_ENDPOINT, 'warning');
    if (!isTime()) return;
    if (isDiskFull(error)) log.error({ err: error }, DISK_FULL);
    else log.warn({ err: error }, 'the queue had a fault and goes on by itself');
  };
}
