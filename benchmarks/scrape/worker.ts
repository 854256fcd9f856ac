/** A worker of the benchmark: it has metrics, and gives them to its supervisor in one of three ways. */
import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { parseAddress } from '../../shared/metrics-bus/address.ts';
import { isBus, obey, type Way } from './control.ts';
import { type Client, createLoad } from './load.ts';
import { watchBlocks } from './longest-turn.ts';

export async function work(way: Way, control: string, lines: number, worker: number, bus: string): Promise<void> {
  const client = await clientOf(way);
  const load = createLoad(client, lines, worker);
  const bytes = isBus(way) ? bytesOfSockets() : bytesOfMessages();
  let watch: ReturnType<typeof watchBlocks> | undefined;
  let leave = async () => {};
  if (!isBus(way)) new client.AggregatorRegistry();
  await obey(control, `worker-${worker}`, {
    async join() {
      const address = parseAddress(bus);
      if (!isBus(way) || address === undefined) return;
      const { joinMetricsBus } = await import('../../shared/metrics-bus/agent.ts');
      // The others have no limit of label sets.
      const agent = joinMetricsBus({
        address,
        role: 'worker',
        registries: [client.register],
        maxSeriesPerMetric: lines,
      });
      await agent.joined;
      leave = () => agent.leave();
    },
    leave: () => leave(),
    touch([first, last]: [number, number]) {
      for (let step = first; step <= last; step++) load.touch(step);
    },
    bytes,
    watch() {
      watch ??= watchBlocks();
      return watch.longest();
    },
    unwatch() {
      watch?.off();
      watch = undefined;
    },
  });
}

async function clientOf(way: Way): Promise<Client & { readonly AggregatorRegistry: new () => unknown }> {
  if (way !== 'successor') return import('prom-client');
  return (await import('@prometheus-io/client')) as unknown as ReturnType<typeof clientOf>;
}

/** What went through the connections that this process has opened. Subscribe before; the control's is the first. */
function bytesOfSockets(): () => number {
  const sockets: Socket[] = [];
  subscribe('net.client.socket', (message) => void sockets.push((message as { socket: Socket }).socket));
  return () => sockets.slice(1).reduce((sum, { bytesRead, bytesWritten }) => sum + bytesRead + bytesWritten, 0);
}

/** The channel of node:cluster carries JSON and a line break. Counting starts at the first call, which no timing includes. */
function bytesOfMessages(): () => number {
  let bytes: number | undefined;
  const count = (message: unknown) => {
    if (bytes !== undefined) bytes += Buffer.byteLength(JSON.stringify(message)) + 1;
  };
  const send = process.send?.bind(process);
  process.send = ((message: unknown, ...rest: []) => {
    count(message);
    return send?.(message, ...rest) ?? false;
  }) as NonNullable<typeof process.send>;
  process.on('message', count);
  return () => {
    const before = bytes ?? 0;
    bytes = bytes === undefined ? 0 : undefined;
    return before;
  };
}
