import { Gauge } from 'prom-client';
import { registry } from './registry.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * A gauge of something that the whole system has once. Several processes may report the same database, hence the aggregator:
 * their values must not be added up. Nothing is shown until something is known: a 0 in between would look like a loss.
 * @param show sets the gauge from what was read
 */
export function onceGauge<T, Label extends string = never>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  snapshot: Snapshot<T>,
  show: (gauge: Gauge<Label>, latest: T) => void,
): void {
  const gauge = new Gauge<Label>({
    name,
    help,
    labelNames: [...labelNames],
    aggregator: 'max',
    registers: [registry],
    collect() {
      return afterRefresh(snapshot, () => {
        if (snapshot.latest !== undefined) show(this, snapshot.latest);
      });
    },
  });
  if (labelNames.length === 0) gauge.remove();
}

/** For `collect`: waits no longer than the snapshot lets it, and not at all when its numbers are fresh. */
export function afterRefresh(snapshot: Snapshot<unknown>, show: () => void): void | Promise<void> {
  const waiting = snapshot.refresh();
  return waiting === undefined ? show() : waiting.then(show);
}
