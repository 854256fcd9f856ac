/** Failures that the code did not expect: each of them is worth a look. */
import { Counter } from 'prom-client';
import { registry } from './registry.ts';

/** Names of classes that may become a label; `DatabaseError` and `QueueError` stand for whatever came from there. */
export const APPLICATION_ERRORS = [
  'Error',
  'TypeError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'AggregateError',
  'DatabaseError',
  'QueueError',
  'other',
] as const;
export type ApplicationError = (typeof APPLICATION_ERRORS)[number];

/** The label of what happened outside of any request. */
export const NO_ENDPOINT = 'none';
/** `critical`: nobody knows what it broke. `warning`: something was not there, and the system went on. */
const SEVERITIES = ['critical', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

const errors = new Counter({
  name: 'application_errors_total',
  help: 'Failures that the code did not expect, by class, place and severity.',
  labelNames: ['error_type', 'endpoint', 'severity'],
  registers: [registry],
});
initErrors(NO_ENDPOINT);

/** Makes the series of a route exist at 0. */
export function initErrors(endpoint: string): void {
  for (const error_type of APPLICATION_ERRORS)
    for (const severity of SEVERITIES) errors.inc({ error_type, endpoint, severity }, 0);
}

/** @param endpoint route pattern, or `none` outside of HTTP */
export function countApplicationError(errorType: ApplicationError, endpoint: string, severity: Severity): void {
  errors.inc({ error_type: errorType, endpoint, severity });
}

/** The class of what was thrown, if it is one of the list; ORM and driver wrap their errors, so causes are looked at, too. */
export function applicationErrorType(error: unknown): ApplicationError {
  if (!(error instanceof Error)) return 'other';
  const name = error.constructor.name;
  const known = APPLICATION_ERRORS.find((type) => type === name);
  if (known !== undefined) return known;
  return error.cause instanceof Error && error.cause.constructor.name === 'DatabaseError' ? 'DatabaseError' : 'other';
}
