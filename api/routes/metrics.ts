import type { Request } from 'express';
import { z } from 'zod';
import type { MetricsAsk } from '../../shared/metrics/bus.ts';
import { Problem } from '../problems.ts';
import { type Route, route } from '../route.ts';

/** On PORT, unless METRICS_PORT is set. */
export const METRICS_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/metrics',
      summary: 'Metrics of all processes of all hosts, for Prometheus',
      auth: 'metrics',
      hosts: 'any',
      query: z.strictObject({
        scope: z.literal('host').optional().meta({ description: 'This host alone.' }),
        by: z.literal('process').optional().meta({ description: 'Each process of this host, for people.' }),
      }),
      responses: {
        200: { about: 'OpenMetrics 1.0.0 or text 0.0.4, as Accept asks for it.', type: 'text/plain' },
        503: { about: 'The metrics hub cannot be reached; it is started again by itself.' },
      },
    },
    async ({ services, query, req, res }) => {
      const page = await services.readMetrics({ ...negotiated(req), ...query }).catch((error: unknown) => {
        throw new Problem('metrics-unavailable', { cause: error });
      });
      res.set({ 'Content-Type': page.contentType, 'Cache-Control': 'no-store', Vary: 'Accept, Accept-Encoding' });
      if (page.encoding !== undefined) res.set('Content-Encoding', page.encoding);
      res.end(page.body);
    },
  ),
];

function negotiated(req: Request): MetricsAsk {
  const seconds = Number(req.headers['x-prometheus-scrape-timeout-seconds']);
  return {
    accept: req.headers.accept,
    acceptEncoding: String(req.headers['accept-encoding'] ?? ''),
    timeoutSeconds: seconds > 0 ? seconds : undefined,
  };
}
