/** Calls to the outside: one count for each attempt. */
import { Counter, Histogram } from 'prom-client';
import { EXTERNAL_ERROR_TYPES, type ExternalErrorType } from '../errors.ts';
import { SOURCE_NAMES, type SourceName } from '../sources.ts';
import { BUCKETS, registry } from './registry.ts';

const duration = new Histogram({
  name: 'external_api_duration_seconds',
  help: 'Duration of calls to external APIs, each attempt.',
  labelNames: ['api_name', 'endpoint'],
  buckets: [...BUCKETS.external],
  registers: [registry],
});
const requests = new Counter({
  name: 'external_api_requests_total',
  help: 'Calls to external APIs, each attempt.',
  labelNames: ['api_name', 'status'],
  registers: [registry],
});
const errors = new Counter({
  name: 'external_api_errors_total',
  help: 'Failed calls to external APIs by kind of failure.',
  labelNames: ['api_name', 'error_type'],
  registers: [registry],
});
const retries = new Counter({
  name: 'external_api_retries_total',
  help: 'Retries of external calls.',
  labelNames: ['api_name'],
  registers: [registry],
});

for (const api_name of SOURCE_NAMES) {
  for (const status of ['success', 'error']) requests.inc({ api_name, status }, 0);
  for (const error_type of EXTERNAL_ERROR_TYPES) errors.inc({ api_name, error_type }, 0);
  retries.inc({ api_name }, 0);
}

/**
 * Runs one attempt of an external call and records it.
 * @param endpoint the path pattern, never the path: it becomes a label
 * @param errorTypeOf names the failure for the label `error_type`
 */
export async function trackExternalApi<T>(
  apiName: SourceName,
  endpoint: string,
  call: () => Promise<T>,
  errorTypeOf: (error: unknown) => ExternalErrorType,
): Promise<T> {
  const stop = duration.startTimer({ api_name: apiName, endpoint });
  try {
    const result = await call();
    requests.inc({ api_name: apiName, status: 'success' });
    return result;
  } catch (error) {
    requests.inc({ api_name: apiName, status: 'error' });
    errors.inc({ api_name: apiName, error_type: errorTypeOf(error) });
    throw error;
  } finally {
    stop();
  }
}

export function countRetry(apiName: SourceName): void {
  retries.inc({ api_name: apiName });
}
