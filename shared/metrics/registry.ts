/** The registry of this process. prom-client is imported here, in the family files beside this one and in the metrics bus, nowhere else. */
import { Registry } from 'prom-client';

export const registry = new Registry();

/** Bucket bounds in seconds. A bound that `THRESHOLDS` names must stay a bound, or an alert would compare with a guess. */
export const BUCKETS = {
  http: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
  db: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
  external: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60],
  scan: [1, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600],
  task: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600],
  wait: [0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600],
  acquire: [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
  gc: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
} as const;

/** Seconds that alerts and objectives compare with, by metric. */
export const THRESHOLDS: Readonly<Record<string, readonly number[]>> = {
  http_request_duration_seconds: [2],
  db_query_duration_seconds: [0.1, 1],
  bullmq_job_wait_seconds: [60],
};
