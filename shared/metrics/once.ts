import { Gauge } from 'prom-client';
import { registry } from './registry.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * A gauge of something that the whole system has once. Several processes may report the same database, hence the aggregator:
 * their values must not be added up.
 * @param show sets the gauge from what was read
 */
export function onceGauge<T, Label extends string = never>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  snapshot: Snapshot<T>,
  show: (gauge: Gauge<Label>, latest: T) => void,
): void {
  new Gauge<Label>({
    name,
    help,
    labelNames: [...labelNames],
    aggregator: 'max',
    registers: [registry],
    collect() {
      const waiting = snapshot.refresh();
      const set = () => {
        if (snapshot.latest !== undefined) show(this, snapshot.latest);
      };
      return waiting === undefined ? set() : waiting.then(set);
    },
  });
}
