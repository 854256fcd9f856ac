import { MetricsIncompleteError } from '../../shared/metrics/cluster.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';

/** On PORT, unless METRICS_PORT is set. */
export const METRICS_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics of all processes, for Prometheus',
      auth: 'metrics',
      hosts: 'any',
      responses: {
        200: { about: 'Text exposition format 0.0.4.', type: 'text/plain' },
        503: { about: 'A process did not report in time; the member "silent" names it.' },
      },
    },
    async ({ services, res }) => {
      const page = await services.readMetrics().catch((error: unknown) => {
        if (!(error instanceof MetricsIncompleteError)) throw error;
        throw new Problem('metrics-incomplete', { cause: error, members: { silent: error.silent } });
      });
      res.set({ 'Content-Type': page.contentType, 'Cache-Control': 'no-store' }).send(page.body);
    },
  ),
];
