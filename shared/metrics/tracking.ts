/** What people do with jobs, counted by the process that did it, after the commit. */
import { Counter } from 'prom-client';
import { STATES, type State } from '../tracking/states.ts';
import { registry } from './registry.ts';

const updates = new Counter({
  name: 'iam_job_status_updates_total',
  help: 'Changes of a job by its user.',
  labelNames: ['status'],
  registers: [registry],
});
for (const status of STATES) updates.inc({ status }, 0);

/** @param status what the job is now; `new` when it was taken back */
export function countStatusUpdate(status: State): void {
  updates.inc({ status });
}
