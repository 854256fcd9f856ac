/** The receivers of alertmanager.yml as one webhook on loopback, and what arrived there. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { readAlertmanager } from '../monitoring/routing.ts';

export interface Notice {
  readonly alert: string;
  readonly status: 'firing' | 'resolved';
  /** Name of the receiver in alertmanager.yml. */
  readonly receiver: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `performance.now()` at its arrival. */
  readonly at: number;
}

export interface Webhook {
  readonly address: string;
  /** All that arrived, the oldest first. */
  readonly notices: readonly Notice[];
  close(): Promise<void>;
}

export async function startWebhook(): Promise<Webhook> {
  const notices: Notice[] = [];
  const server = createServer((req, res) => {
    void text(req).then((body) => {
      const { alerts } = JSON.parse(body) as { alerts: { status: Notice['status']; labels: Record<string, string> }[] };
      const receiver = req.url?.slice(1) ?? '';
      for (const { status, labels } of alerts)
        notices.push({ alert: labels.alertname ?? '', status, receiver, labels, at: performance.now() });
      res.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    notices,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Route {
  readonly receiver?: string;
  readonly routes?: readonly Route[];
}

/** The real routes and inhibitions, with all receivers at the webhook but Watchdog's, which is the application; nothing waits. */
export function alertmanagerFor(webhook: string, application: string): unknown {
  const config = readAlertmanager() as unknown as {
    route: Route;
    receivers: readonly { name: string }[];
    inhibit_rules: unknown;
  };
  return {
    route: { ...quick(config.route), group_by: ['...'] },
    inhibit_rules: config.inhibit_rules,
    receivers: config.receivers.map(({ name }) => {
      if (name === 'nobody') return { name };
      const url = name === 'watchdog' ? `${application}/internal/watchdog` : `${webhook}/${name}`;
      return { name, webhook_configs: [{ url, send_resolved: name !== 'watchdog' }] };
    }),
  };
}

function quick(route: Route): Record<string, unknown> {
  const routes = route.routes === undefined ? {} : { routes: route.routes.map(quick) };
  return { ...route, ...routes, group_wait: '0s', group_interval: '1s', repeat_interval: '5s' };
}
