/** Where Alertmanager's notifications arrive on this machine: one line of JSON for each alert in them. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One alert of one notification (Alertmanager's webhook, version 4). */
export interface Notice {
  readonly status: 'firing' | 'resolved';
  readonly receiver: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Inbox {
  /** For `webhook_configs`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Alertmanager sends what fits; ours sends 50 alerts at the most. */
const BODY_BYTES_MAX = 4 * 1024 * 1024;

/** @param onNotice called for each alert of each notification */
export async function openInbox(onNotice: (notice: Notice) => void): Promise<Inbox> {
  const server = createServer({ requestTimeout: 10_000 }, async (request, response) => {
    try {
      for (const notice of noticesIn(await bodyOf(request))) onNotice(notice);
      response.writeHead(200).end();
    } catch {
      response.writeHead(400).end('This is no notification of Alertmanager.\n');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > BODY_BYTES_MAX) throw new Error('too large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function noticesIn(body: string): Notice[] {
  const { receiver, alerts } = JSON.parse(body) as { receiver: string; alerts: Omit<Notice, 'receiver'>[] };
  return alerts.map(({ status, labels, annotations }) => ({ status, receiver, labels, annotations }));
}
