/** A process of a cluster that does what its messages say; the other half of cluster.test.ts. */
import { answerClusterMetrics, MetricsIncompleteError, readClusterMetrics } from '../../shared/metrics/cluster.ts';
import { countScan } from '../../shared/metrics/scan.ts';

interface Order {
  readonly test?: 'count' | 'hang' | 'read';
  readonly timeoutMs?: number;
}

process.on('message', (order: Order) => void obey(order));
// `starting`: asked before it can answer.
if (process.argv[2] !== 'starting') answerClusterMetrics();
process.send?.({ test: 'started' });

async function obey(order: Order): Promise<void> {
  if (order.test === 'count') {
    countScan('success', 2);
    process.send?.({ test: 'counted' });
  }
  if (order.test === 'hang') {
    // Blocks the event loop, as a runaway regular expression would.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, order.timeoutMs);
  }
  if (order.test === 'read') {
    const answer = await readClusterMetrics(order.timeoutMs).then(
      (page) => ({ page }),
      (error: unknown) => ({ silent: error instanceof MetricsIncompleteError ? error.silent : [String(error)] }),
    );
    process.send?.({ test: 'read', ...answer });
  }
}
