/**
 * The process that is scraped: the primary of a cluster of workers. Arguments: way, socket of the control, folder, workers, lines.
 * In a worker the same file does the worker's part.
 */
import cluster from 'node:cluster';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { addressText } from '../../shared/metrics-bus/address.ts';
import type { Page } from '../../shared/metrics-bus/page.ts';
import { isBus, obey, type Way } from './control.ts';
import { longestTurn } from './longest-turn.ts';
import { work } from './worker.ts';

/** prom-client 15, @prometheus-io/client 0.16, or the metrics bus over metrics of prom-client 15. */

export interface Scraped {
  readonly latencyMs: number;
  /** Of all threads of this process, until `SETTLE_MS` after the answer. */
  readonly cpuMs: number;
  /** The same for as long a time without a scrape: what the measuring itself costs. */
  readonly idleMs: number;
}

/** What is cleaned up after an answer belongs to it. */
const SETTLE_MS = 15;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [way, control = '', folder = '', workers, lines, bus = ''] = process.argv.slice(2) as [Way, ...string[]];
  if (cluster.isPrimary) await supervise(way, control, folder, Number(workers));
  else await work(way, control, Number(lines), cluster.worker?.id ?? 0, bus);
}

async function supervise(way: Way, control: string, folder: string, workers: number): Promise<void> {
  const { scrape, bus } = await scraperOf(way, folder);
  cluster.setupPrimary({ args: [...process.argv.slice(2), bus] });
  for (let n = 0; n < workers; n++) cluster.fork();
  let turning: Promise<number> | undefined;
  let turned = () => {};
  await obey(control, 'a supervisor', {
    /** Undefined when it failed: prom-client waits five seconds for its workers. */
    async scrape(): Promise<Scraped | undefined> {
      let cpuBefore = cpuMs();
      await settled();
      const idleMs = cpuMs() - cpuBefore;
      cpuBefore = cpuMs();
      const startedAt = performance.now();
      const page = await scrape().catch(() => undefined);
      const latencyMs = performance.now() - startedAt;
      if (page === undefined) return undefined;
      page.release?.();
      await settled();
      return { latencyMs, cpuMs: cpuMs() - cpuBefore, idleMs };
    },
    async warmUp() {
      (await scrape().catch(() => undefined))?.release?.();
    },
    async page() {
      // Once more, should the machine have been too busy.
      const { body, release } = await scrape().catch(scrape);
      const text = body.toString();
      release?.();
      return text;
    },
    /** From now until `turned`. */
    turning() {
      const over = Promise.withResolvers<void>();
      turned = over.resolve;
      turning = longestTurn(over.promise);
    },
    turned() {
      turned();
      return turning;
    },
    longestTurn: () =>
      longestTurn(
        scrape()
          .then(({ release }) => release?.())
          .catch(() => {}),
      ),
  });
}

interface Scraper {
  readonly scrape: () => Promise<Pick<Page, 'body' | 'release'>>;
  readonly bus: string;
}

/** The answer in bytes, as it goes to a socket. */
async function scraperOf(way: Way, folder: string): Promise<Scraper> {
  if (isBus(way)) {
    const { startMetricsHub } = await import('../../shared/metrics-bus/start-hub.ts');
    const hub = await startMetricsHub({ stateDir: join(folder, 'bus'), thread: way === 'threaded' });
    return { scrape: () => hub.scrape(), bus: addressText(hub.address) };
  }
  const { AggregatorRegistry } = await (way === 'stock' ? import('prom-client') : import('@prometheus-io/client'));
  const registry = new AggregatorRegistry();
  return { scrape: async () => ({ body: Buffer.from(await registry.clusterMetrics()) }), bus: '' };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, SETTLE_MS));

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
