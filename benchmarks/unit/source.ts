/** A source in a process of its own, so that what it costs to answer is not counted. It does as its parent says. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Boards, createBoards } from './adverts.ts';

export type Order =
  | { readonly do: 'listen'; readonly ports: number; readonly latencyMs: number }
  | { readonly do: 'boards'; readonly tokens: readonly string[]; readonly seed: number; readonly postings: number }
  | { readonly do: 'change' };

/** Boards of one `boards` order change together. */
const groups: Boards[] = [];
const groupOf = new Map<string, Boards>();

async function obey(order: Order): Promise<readonly string[]> {
  if (order.do === 'listen') return Promise.all(Array.from({ length: order.ports }, () => listen(order.latencyMs)));
  if (order.do === 'change') {
    for (const boards of groups) boards.change();
    for (const [token, boards] of groupOf) boards.page(token);
    return [];
  }
  const boards = createBoards(order.tokens, order.seed, order.postings);
  groups.push(boards);
  for (const token of order.tokens) {
    groupOf.set(token, boards);
    boards.page(token);
  }
  return [];
}

async function listen(latencyMs: number): Promise<string> {
  const server = createServer((request, response) => {
    const token = /^\/v1\/boards\/([^/]+)\/jobs/.exec(request.url ?? '')?.[1] ?? '';
    const page = groupOf.get(token)?.page(token);
    const answer = () => {
      if (page === undefined) response.writeHead(404).end('{"status":404,"error":"Job not found"}');
      else response.writeHead(200, { 'content-type': 'application/json', 'content-length': page.length }).end(page);
    };
    if (latencyMs === 0) answer();
    else setTimeout(answer, latencyMs);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

process.on('message', (order: Order) => {
  void obey(order).then((urls) => process.send?.(urls));
});
process.once('disconnect', () => process.exit(0));
