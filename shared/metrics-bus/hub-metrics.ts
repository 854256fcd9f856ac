/** `metrics_bus_*`: what the hub tells about itself. It is one more member of the ledger, so its counters are kept like all others. */
import { AgentTable } from './agent-table.ts';
import type { Changes } from './definitions.ts';
import { type Cell, OwnCounter, OwnGauge, OwnHistogram } from './own-metrics.ts';
import type { Process } from './roster.ts';

const SCRAPE_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

export class HubMetrics {
  readonly processes = new OwnGauge('metrics_bus_processes', 'Processes that report.');
  readonly expected = new OwnGauge('metrics_bus_processes_expected', 'Processes the configuration asks for.');
  readonly stale = new OwnGauge(
    'metrics_bus_stale_processes',
    'Processes shown with their last known counters: cut off or silent.',
  );
  readonly oldestReport = new OwnGauge(
    'metrics_bus_oldest_report_age_seconds',
    'Age of the oldest report used.',
    'max',
  );
  readonly started = new OwnCounter('metrics_bus_processes_started_total', 'Processes seen for the first time.');
  readonly lost = new OwnCounter('metrics_bus_processes_lost_total', 'Processes that went silent without a goodbye.');
  readonly reportErrors = new OwnCounter(
    'metrics_bus_report_errors_total',
    'Connections closed or reports refused, by reason.',
  );
  readonly flushTimeouts = new OwnCounter(
    'metrics_bus_flush_timeouts_total',
    'Processes that did not answer a scrape in time.',
  );
  readonly conflicts = new OwnCounter(
    'metrics_bus_conflicts_total',
    'Definitions of a metric that contradict those of other processes.',
  );
  readonly dropped = new OwnCounter(
    'metrics_bus_series_dropped_total',
    'Label sets beyond a limit, added up in the overflow series.',
  );
  readonly checkpointErrors = new OwnCounter(
    'metrics_bus_checkpoint_errors_total',
    'Checkpoints not written or not readable.',
  );
  readonly scrapeSeconds = new OwnHistogram(
    'metrics_bus_scrape_duration_seconds',
    'Time to ask, add up and write one page.',
    SCRAPE_BUCKETS,
  );
  readonly series = new OwnGauge('metrics_bus_series', 'Sample lines of the page.');
  readonly redisUp = new OwnGauge('metrics_bus_redis_up', '1 while the hubs of other hosts can be reached.', 'min');
  readonly #byRole = new Map<string, Levels>();
  readonly #table: AgentTable;

  constructor() {
    const own: Iterable<unknown> = Object.values(this);
    const metrics = [...own].filter((value) => typeof value === 'object' && value !== null) as object[];
    this.#table = new AgentTable({
      registries: [{ getMetricsAsArray: () => metrics }],
      maxSeriesPerMetric: 1000,
      falling: new Set(),
      extraLabels: () => ({}),
      onFault: () => {},
    });
    for (const reason of ['garbled', 'too_large', 'version', 'token', 'schema']) this.reportErrors.add({ reason }, 0);
    this.checkpointErrors.add({}, 0);
  }

  /** What changed since the last call. */
  report(processes: Iterable<Process>, now: number, lines: number): Changes {
    for (const { here, stale, age } of this.#byRole.values()) here.value = stale.value = age.value = 0;
    for (const { role, link, heardAt, askedAt, isStale } of processes) {
      const { here, stale, age } = this.#byRole.get(role) ?? this.#open(role);
      if (link === undefined || isStale || askedAt !== undefined) stale.value++;
      else here.value++;
      age.value = Math.max(age.value, (now - heardAt) / 1000);
    }
    for (const [role, { here, stale }] of this.#byRole) if (here.value + stale.value === 0) this.#close(role);
    this.series.set({}, lines);
    this.#table.scan();
    return this.#table.changes();
  }

  /** The first process of a role. Its counters are there from now on, its gauges while there are processes. */
  #open(role: string): Levels {
    const labels = { role };
    for (const counter of [this.started, this.lost, this.flushTimeouts]) counter.add(labels, 0);
    const levels = {
      here: this.processes.cell(labels),
      stale: this.stale.cell(labels),
      age: this.oldestReport.cell(labels),
    };
    this.#byRole.set(role, levels);
    return levels;
  }

  #close(role: string): void {
    const levels = this.#byRole.get(role);
    if (levels === undefined) return;
    this.#byRole.delete(role);
    this.processes.remove(levels.here);
    this.stale.remove(levels.stale);
    this.oldestReport.remove(levels.age);
  }
}

/** Of the processes of one role. */
interface Levels {
  readonly here: Cell;
  readonly stale: Cell;
  readonly age: Cell;
}
