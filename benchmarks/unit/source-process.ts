/** Starts the source and gives it its orders. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { POSTINGS } from './adverts.ts';
import type { Order } from './source.ts';

export interface SourceProcess {
  /** @returns addresses of so many hosts that all have all boards */
  listen(ports: number, latencyMs: number): Promise<readonly string[]>;
  boards(tokens: readonly string[], seed: number, postings?: number): Promise<void>;
  /** Ten in a hundred postings of every board change, come or go. */
  change(): Promise<void>;
  close(): void;
}

export function startSource(): SourceProcess {
  const child = fork(join(import.meta.dirname, 'source.ts'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const order = async (what: Order) => {
    child.send(what);
    const [urls] = (await once(child, 'message')) as [readonly string[]];
    return urls;
  };
  return {
    listen: (ports, latencyMs) => order({ do: 'listen', ports, latencyMs }),
    boards: async (tokens, seed, postings = POSTINGS) => void (await order({ do: 'boards', tokens, seed, postings })),
    change: async () => void (await order({ do: 'change' })),
    close: () => child.disconnect(),
  };
}
