/** The worker thread of a hub: nothing that the application does can hold up a scrape, and no scrape holds up the application. */
import { parentPort, workerData } from 'node:worker_threads';
import type { FleetOptions } from './fleet.ts';
import { type HostHubOptions, openHostHub } from './host-hub.ts';
import type { Ask, Page } from './page.ts';
import { type RedisAnswer, type RedisQuestion, ThreadRedis } from './thread-redis.ts';

/** The options without what cannot cross threads. */
export type ThreadOptions = Omit<HostHubOptions, 'fleet'> & {
  readonly fleet?: Omit<FleetOptions, 'call' | 'now'> | undefined;
};
export type ToHub =
  | RedisAnswer
  | { readonly kind: 'ask'; readonly id: number; readonly ask: Ask; readonly memory: readonly ArrayBuffer[] }
  | { readonly kind: 'expect'; readonly roles: Readonly<Record<string, number>> }
  | { readonly kind: 'close' };
export type FromHub =
  | RedisQuestion
  | { readonly kind: 'ready' }
  | { readonly kind: 'page'; readonly id: number; readonly page: Page; readonly isOwn: boolean }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
  | { readonly kind: 'error'; readonly error: unknown }
  | { readonly kind: 'closed' };

const port = parentPort;
if (port !== null) {
  const tell = (message: FromHub) => port.postMessage(message);
  const redis = new ThreadRedis(tell);
  const { fleet, ...rest } = workerData as ThreadOptions;
  const options: HostHubOptions = { ...rest, ...(fleet && { fleet: { ...fleet, call: redis.call } }) };
  const hub = await openHostHub(options, (error) => tell({ kind: 'error', error }));
  port.on('message', async (message: ToHub) => {
    if (message.kind === 'redis') redis.receive(message);
    else if (message.kind === 'expect') hub.expect(message.roles);
    else if (message.kind === 'ask') {
      const { id } = message;
      hub.recycle?.(message.memory);
      await hub.scrape(message.ask).then(
        ({ release, ...page }) => {
          // A rendered page is nobody else's and changes hands. A packed one is kept for the next who asks.
          const isOwn = release !== undefined;
          const moved = isOwn ? [page.body.buffer as ArrayBuffer] : [];
          port.postMessage({ kind: 'page', id, page, isOwn } satisfies FromHub, moved);
        },
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
