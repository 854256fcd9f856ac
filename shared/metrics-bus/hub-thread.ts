/** The worker thread of a hub: nothing that the application does can hold up a scrape, and no scrape holds up the application. */
import { parentPort, workerData } from 'node:worker_threads';
import { type HostHubOptions, openHostHub } from './host-hub.ts';
import type { Ask, Page } from './hub.ts';

export type ToHub =
  | { readonly kind: 'ask'; readonly id: number; readonly ask: Ask }
  | { readonly kind: 'expect'; readonly roles: Readonly<Record<string, number>> }
  | { readonly kind: 'close' };
export type FromHub =
  | { readonly kind: 'ready' }
  | { readonly kind: 'page'; readonly id: number; readonly page: Page }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'closed' };

const port = parentPort;
if (port !== null) {
  const tell = (message: FromHub) => port.postMessage(message);
  const hub = await openHostHub(workerData as HostHubOptions, (error) => tell({ kind: 'error', error }));
  port.on('message', async (message: ToHub) => {
    if (message.kind === 'expect') hub.expect(message.roles);
    else if (message.kind === 'ask') {
      const { id } = message;
      await hub.scrape(message.ask).then(
        (page) => tell({ kind: 'page', id, page }),
        (error: Error) => tell({ kind: 'failed', id, message: error.message }),
      );
    } else {
      await hub.close();
      tell({ kind: 'closed' });
      port.close();
    }
  });
  tell({ kind: 'ready' });
}
