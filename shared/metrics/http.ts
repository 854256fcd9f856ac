/** Requests to our own API and pages. */
import { Counter, Gauge, Histogram } from 'prom-client';
import { BUCKETS, registry } from './registry.ts';

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

const duration = new Histogram<string>({
  name: 'http_request_duration_seconds',
  help: 'Duration of HTTP requests.',
  labelNames: ['method', 'endpoint', 'status_code'],
  buckets: [...BUCKETS.http],
  enableExemplars: true,
  // prom-client wants a registry that writes OpenMetrics itself. Ours never does: the bus writes both formats, and exemplars only where they belong.
  registers: [],
});
registry.registerMetric(duration);
const requests = new Counter({
  name: 'http_requests_total',
  help: 'HTTP requests.',
  labelNames: ['method', 'endpoint', 'status_code'],
  registers: [registry],
});
const inProgress = new Gauge({
  name: 'http_requests_in_progress',
  help: 'HTTP requests being answered now.',
  labelNames: ['method', 'endpoint'],
  registers: [registry],
});

/**
 * Makes the known series of a route exist at 0. Durations of refusals and failures come with the first one: a histogram has
 * sixteen lines for each, and the counter beside it begins at 0 for all of them.
 */
export function initRoute(method: string, endpoint: string, statusCodes: readonly number[]): void {
  inProgress.inc({ method, endpoint }, 0);
  for (const code of statusCodes) {
    const labels = { method, endpoint, status_code: String(code) };
    requests.inc(labels, 0);
    if (code < 400) duration.zero(labels);
  }
}

/**
 * Call when a request has found its route.
 * @param endpoint the full route pattern, `unmatched` or `static`; never the URL
 * @param requestId leads from a slow bucket to the line in the log: the exemplar's trace_id
 * @returns call once at the end with the status (499 when the client went away first)
 */
export function startRequest(rawMethod: string, endpoint: string, requestId?: string): (statusCode: number) => void {
  const method = METHODS.has(rawMethod) ? rawMethod : 'OTHER';
  const startedAt = performance.now();
  inProgress.inc({ method, endpoint });
  let ended = false;
  return (statusCode) => {
    if (ended) return;
    ended = true;
    inProgress.dec({ method, endpoint });
    const labels = { method, endpoint, status_code: String(statusCode) };
    requests.inc(labels);
    const exemplarLabels = requestId === undefined ? {} : { trace_id: requestId };
    duration.observe({ labels, value: (performance.now() - startedAt) / 1000, exemplarLabels });
  };
}
