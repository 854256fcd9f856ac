/** How a case of an alert is told: series that come in, and when the alert must be there. */

type Labels = Readonly<Record<string, string>>;

export interface Series {
  readonly series: string;
  /** promtool's own: `0+5x10` counts up by 5 ten times, `_` is no sample. */
  readonly values: string;
}

/** One alert that is there. */
export interface Firing {
  readonly labels: Labels;
  /** The description, as people read it. */
  readonly says: string;
  /** Which rule of this name, where several have it. */
  readonly severity?: string;
}

export type Check =
  | { readonly silentAt: string }
  | { readonly firesAt: string; readonly alerts: readonly Firing[] }
  /** The expression becomes true at that time: the alert must be there exactly `for` later, and not a step before. */
  | { readonly trueFrom: string; readonly alerts: readonly Firing[] };

export interface Case {
  readonly name: string;
  readonly series: readonly Series[];
  readonly checks: readonly Check[];
}

export interface AlertCases {
  /** Time between samples, and between evaluations; 30s unless long times are played. */
  readonly step?: string;
  readonly cases: readonly Case[];
  /** Cases of days, in a test file of their own: alerts without `for` need to be looked at only now and then. */
  readonly days?: { readonly evaluate: string; readonly cases: readonly Case[] };
}

/** Labels of the application's target. */
export const JOB: Labels = { job: 'iam-job-scout' };
export const APP: Labels = { job: 'iam-job-scout', instance: 'web-1' };

export function series(name: string, labels: Labels, values: string): Series {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return { series: `${name}{${pairs.join(', ')}}`, values };
}

/** A series of the application. */
export function app(name: string, labels: Labels, values: string): Series {
  return series(name, { ...APP, ...labels }, values);
}

export function fires(
  name: string,
  given: readonly Series[],
  when: { readonly at: string } | { readonly from: string },
  labels: Labels,
  says: string,
): Case {
  const alerts = [{ labels, says }];
  const check = 'at' in when ? { firesAt: when.at, alerts } : { trueFrom: when.from, alerts };
  return { name, series: given, checks: [check] };
}

export function silent(name: string, given: readonly Series[], at: string): Case {
  return { name, series: given, checks: [{ silentAt: at }] };
}

/** Requests of a route: so many more with each step. */
export function requests(perStep: number, status: string, steps = 60, endpoint = '/api/v1/jobs'): Series {
  return app('http_requests_total', { method: 'GET', endpoint, status_code: status }, `0+${perStep}x${steps}`);
}

/** A histogram's buckets: so many more below each bound with each step. */
export function buckets(name: string, labels: Labels, perStep: Readonly<Record<string, number>>, steps = 60): Series[] {
  return Object.entries(perStep).map(([le, more]) => app(`${name}_bucket`, { ...labels, le }, `0+${more}x${steps}`));
}

/** Answers of a route by how long they took. */
export function answers(perStep: Readonly<Record<string, number>>, endpoint = '/api/v1/jobs', steps = 60): Series[] {
  const labels = { method: 'GET', endpoint, status_code: '200' };
  return buckets('http_request_duration_seconds', labels, perStep, steps);
}

/** Tasks of the queue of units in a state. */
export function unitsIn(state: string, count: number, steps = 200): Series {
  return unitsQueue('job_count', { state }, `${count}x${steps}`);
}

/** A series of the queue of units. */
export function unitsQueue(name: string, labels: Labels, values: string): Series {
  return app(`bullmq_${name}`, { queue: 'units', ...labels }, values);
}
