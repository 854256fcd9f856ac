/** Orders to the processes of a benchmark, past the channels that are measured: one JSON line there, one back, one at a time. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** How the numbers of many processes come together: prom-client's aggregator, that of its successor, or our bus, also with a thread for its hub. */
export type Way = 'stock' | 'successor' | 'ours' | 'threaded';
export const isBus = (way: Way): boolean => way === 'ours' || way === 'threaded';

/** What a process can be told, by name; each has one argument and one answer that survive JSON. */
export type Orders = Readonly<Record<string, (argument: never) => unknown>>;

export interface Remote {
  readonly name: string;
  order<Answer>(order: string, argument?: unknown): Promise<Answer>;
}

const ORDER_MS = 60_000;

/** In a process of the benchmark. It ends when the benchmark does. */
export async function obey(path: string, name: string, orders: Orders): Promise<void> {
  const socket = connect({ path });
  await once(socket, 'connect');
  socket.on('close', () => process.exit());
  socket.write(`${JSON.stringify(name)}\n`);
  createInterface({ input: socket }).on('line', async (line) => {
    const [order, argument] = JSON.parse(line) as [string, never];
    const answer = await orders[order]?.(argument);
    socket.write(`${JSON.stringify(answer ?? null)}\n`);
  });
}

export interface Control {
  /** Resolves when so many processes are there, in the order of their names. */
  joined(count: number): Promise<Remote[]>;
  close(): void;
}

export async function openControl(path: string): Promise<Control> {
  const remotes: Remote[] = [];
  const sockets: Socket[] = [];
  let joined = () => {};
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    const answers: ((line: string) => void)[] = [];
    createInterface({ input: socket }).on('line', (line) => {
      const answer = answers.shift();
      if (answer !== undefined) return answer(line);
      remotes.push({ name: JSON.parse(line) as string, order });
      joined();
    });
    socket.on('error', () => {});
    function order<Answer>(name: string, argument?: unknown): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no answer to ${name}`)), ORDER_MS);
        answers.push((line) => {
          clearTimeout(timer);
          resolve(JSON.parse(line) as Answer);
        });
        socket.write(`${JSON.stringify([name, argument ?? null])}\n`);
      });
    }
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    async joined(count) {
      const all = Promise.withResolvers<void>();
      const timer = setTimeout(() => all.reject(new Error(`${remotes.length} of ${count} processes came`)), ORDER_MS);
      joined = () => remotes.length >= count && all.resolve();
      joined();
      await all.promise;
      clearTimeout(timer);
      return remotes.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
