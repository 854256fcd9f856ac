import { z } from 'zod';
import { watchdogReceived } from '../../shared/metrics/watchdog.ts';
import { type Route, route } from '../route.ts';

/** Alertmanager's webhook, version 4, as far as it matters here; it may send more. */
const Notification = z.object({
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: z.record(z.string().max(200), z.string().max(1000)),
      }),
    )
    .max(100),
});

export const WATCHDOG_ROUTES: readonly Route[] = [
  route(
    {
      method: 'POST',
      path: '/internal/watchdog',
      summary: 'Alertmanager tells here that alerts can travel',
      auth: 'metrics',
      allowance: 'none',
      hosts: 'any',
      body: Notification,
      examples: { body: { alerts: [{ status: 'firing', labels: { alertname: 'Watchdog' } }] } },
      responses: { 204: { about: 'Noted, if it was the alert Watchdog.' } },
    },
    ({ body, services, res }) => {
      const isWatchdog = body.alerts.some(
        ({ status, labels }) => status === 'firing' && labels.alertname === 'Watchdog',
      );
      if (isWatchdog) watchdogReceived(services.now());
      res.status(204).end();
    },
  ),
];
