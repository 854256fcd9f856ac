/**
 * Sources with small pages, in a process of their own: each path is one source, and every answer takes its time. It counts, over a
 * stretch of time that its parent orders, what each source was asked.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type PacedOrder =
  | { readonly do: 'listen'; readonly latencyMs: number }
  | { readonly do: 'count'; readonly ms: number };
export type PacedAnswer = { readonly url: string } | Counted;
export interface Counted {
  /** Requests by source. */
  readonly requests: Readonly<Record<string, number>>;
  /** How long was counted, which is a little longer than was asked for. */
  readonly ms: number;
}

const POSTINGS = 10;
const counts = new Map<string, number>();

async function obey(order: PacedOrder): Promise<PacedAnswer> {
  if (order.do === 'listen') return { url: await listen(order.latencyMs) };
  counts.clear();
  const began = performance.now();
  await sleep(order.ms);
  return { requests: Object.fromEntries(counts), ms: performance.now() - began };
}

async function listen(latencyMs: number): Promise<string> {
  const server = createServer((request, response) => {
    const [, source = '', board = '', page = ''] = (request.url ?? '').split('/');
    counts.set(source, (counts.get(source) ?? 0) + 1);
    const body = pageOf(board, page);
    setTimeout(
      () => response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body),
      latencyMs,
    );
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The same at every read: nothing is new, and none of it is IAM work. */
function pageOf(board: string, page: string): Buffer {
  const items = Array.from({ length: POSTINGS }, (_, i) => ({
    id: `${board}-${page}-${i}`,
    title: `Warehouse Associate ${i}`,
    text: 'You move goods from one end of the hall to the other, and know the number of each shelf. '.repeat(4),
  }));
  return Buffer.from(JSON.stringify({ items }));
}

process.on('message', (order: PacedOrder) => {
  void obey(order).then((answer) => process.send?.(answer));
});
process.once('disconnect', () => process.exit(0));
