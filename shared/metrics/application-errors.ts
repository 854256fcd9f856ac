/** Failures that the code did not expect: each of them is worth a look. */
import { Counter } from 'prom-client';
import { registry } from './registry.ts';

/** Names of classes that may become a label, few because each route has them all; `DatabaseError` and `QueueError` stand for whatever came from there. */
export const APPLICATION_ERRORS = ['Error', 'TypeError', 'DatabaseError', 'QueueError', 'other'] as const;
export type ApplicationError = (typeof APPLICATION_ERRORS)[number];

/** The label of what happened outside of any request. */
export const NO_ENDPOINT = 'none';
/** `critical`: nobody knows what it broke. `warning`: something was not there, and the system went on. */
export type Severity = 'critical' | 'warning';

const errors = new Counter({
  name: 'application_errors_total',
  help: 'Failures that the code did not expect, by class, place and severity.',
  labelNames: ['error_type', 'endpoint', 'severity'],
  registers: [registry],
});

/** What may be away while the system goes on. */
const WARNINGS: readonly ApplicationError[] = ['DatabaseError', 'QueueError'];

/** Makes the series of a route exist at 0. */
export function initErrors(endpoint: string): void {
  for (const error_type of APPLICATION_ERRORS) errors.inc({ error_type, endpoint, severity: 'critical' }, 0);
  for (const error_type of WARNINGS) errors.inc({ error_type, endpoint, severity: 'warning' }, 0);
}

initErrors(NO_ENDPOINT);

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
