/** Runs the `collect` functions of metrics, so that none of them can spoil the others: not by throwing, not by hanging. */
import type { ClientMetric, MetricRegistry } from './client-metrics.ts';

export interface CollectorOptions {
  readonly registries: readonly MetricRegistry[];
  /** A collector that takes longer is not waited for; its metrics keep their old values. */
  readonly budgetMs: number;
  readonly onError: (metric: string) => void;
}

export class Collectors {
  readonly #options: CollectorOptions;
  readonly #running = new Map<object, Promise<void>>();

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /**
   * Those of counters, histograms and summaries; of gauges too when a scrape asks for them. Not more often: the event loop lag of prom-client, for
   * one, starts its window anew each time it is collected, and a maximum would be lost between two scrapes.
   * For the same reason once for a metric that is in several registries. Answers undefined when nothing has to be waited for.
   */
  run(withGauges: boolean): Promise<void> | undefined {
    const started = new Set<object>();
    for (const registry of this.#options.registries) {
      for (const metric of registry.getMetricsAsArray() as readonly ClientMetric[]) {
        if (metric.collect === undefined || (!withGauges && metric.type === 'gauge') || started.has(metric)) continue;
        started.add(metric);
        this.#start(metric);
      }
    }
    return this.#running.size === 0 ? undefined : this.#wait();
  }

  #start(metric: ClientMetric): void {
    if (this.#running.has(metric)) return;
    try {
      const result = metric.collect?.();
      if (!(result instanceof Promise)) return;
      const finished = result
        .then(
          () => {},
          () => this.#options.onError(metric.name),
        )
        .finally(() => this.#running.delete(metric));
      this.#running.set(metric, finished);
    } catch {
      this.#options.onError(metric.name);
    }
  }

  async #wait(): Promise<void> {
    const running = [...this.#running];
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#options.budgetMs);
    await Promise.race([promise, Promise.all(running.map(([, finished]) => finished))]);
    clearTimeout(timer);
    for (const [metric] of running) if (this.#running.has(metric)) this.#options.onError((metric as ClientMetric).name);
  }
}
