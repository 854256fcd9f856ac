/**
 * The agent of one process: tells the hub each second what changed, and at once when the hub is scraped.
 *
 *     every second   look ──changes──▶ hub
 *     at a scrape    hub ──flush──▶ collect, look ──changes──▶ hub
 *     at the end     scan ──changes, final──▶ hub ──thanks──▶
 *
 * A look takes its turns among all else that the process does; a scan, at the end, is a look in one go.
 */
import { randomBytes } from 'node:crypto';
import { isMainThread } from 'node:worker_threads';
import type { BusAddress } from './address.ts';
import type { TableFault } from './agent-families.ts';
import { AgentSocket } from './agent-socket.ts';
import { AgentTable } from './agent-table.ts';
import type { ClientMetric, MetricRegistry } from './client-metrics.ts';
import { Collectors } from './collectors.ts';
import { AGGREGATORS, type Aggregator, type Changes, isRecord } from './definitions.ts';
import { encodeFrame, FLAG, type Frame, TYPE } from './frames.ts';
import { type Hello, PROTOCOL } from './hub-connection.ts';
import { OwnCounter } from './own-metrics.ts';
import type { Ask, Page } from './page.ts';

export interface AgentOptions {
  readonly address: BusAddress;
  /** What this process is: `api`. Its name on the bus becomes `api-1`, the lowest number that is free. */
  readonly role: string;
  /** Looked at anew each time, so the list may change. */
  readonly registries: readonly MetricRegistry[];
  /** Time between two reports, and the most that a SIGKILL can lose. Default 1000. */
  readonly pushMs?: number;
  /** How long collectors may take at a scrape. Default 150. */
  readonly collectMs?: number;
  /** Default 2000, as in OpenTelemetry. */
  readonly maxSeriesPerMetric?: number;
  /** Metrics whose totals may fall when they are reset or removed. */
  readonly falling?: readonly string[];
  /** Metrics that get a label `role`: an average over api and worker processes says nothing. */
  readonly roleLabel?: RegExp;
  /** Say goodbye on SIGTERM and SIGINT where the process has no handler of its own, and let the signal do its work. Default true. */
  readonly signals?: boolean;
  /** Something is wrong with a metric, or the hub refused this process (`refused`). It is counted in `metrics_bus_*` too, where possible. */
  readonly onFault?: (kind: TableFault | 'collect' | 'refused', subject: string) => void;
}

/** The hub could not be asked, or did not answer. */
export class BusError extends Error {
  override name = 'BusError';
}

/** How long the hub may take to take leave, and to answer with a page. */
const GOODBYE_MS = 500;
const PAGE_MS = 5000;
const MAX_ASKS = 100;
/** Label sets that are looked at in one turn of the event loop: 0.1 ms where the memory is cold. Each turn more makes a scrape a few per cent slower. */
const SLICE = 1200;
const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/** Throws TypeError when a metric has an aggregator that nobody knows. */
export function joinMetricsBus(options: AgentOptions): MetricsAgent {
  return new MetricsAgent(options);
}

export class MetricsAgent {
  /** Resolves when the hub has welcomed this process for the first time. */
  readonly joined: Promise<void>;
  readonly #options: AgentOptions;
  readonly #instance = randomBytes(16).toString('hex');
  readonly #table: AgentTable;
  readonly #collectors: Collectors;
  readonly #socket: AgentSocket;
  readonly #asks = new Map<number, PromiseWithResolvers<Page>>();
  readonly #welcomed = Promise.withResolvers<void>();
  readonly #thanked = Promise.withResolvers<void>();
  readonly #timer: NodeJS.Timeout;
  #looking: Generator<void, boolean> | undefined;
  #isSeen = false;
  #leaving: Promise<void> | undefined;
  /** All is collected and can be said as soon as the hub is there; and it was said. */
  #isReady = false;
  #isFinished = false;
  #request = 0;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.joined = this.#welcomed.promise;
    const { role, registries, roleLabel, onFault = () => {} } = options;
    const dropped = new OwnCounter(
      'metrics_bus_series_dropped_total',
      'Label sets beyond a limit, added up in the overflow series.',
    );
    const conflicts = new OwnCounter('metrics_bus_conflicts_total', 'Definitions of a metric that contradict others.');
    const failures = new OwnCounter('metrics_bus_collect_errors_total', 'Collectors that failed or took too long.');
    const own: MetricRegistry = { getMetricsAsArray: () => [dropped, conflicts, failures] };
    this.#table = new AgentTable({
      registries: {
        *[Symbol.iterator]() {
          yield* registries;
          yield own;
        },
      },
      maxSeriesPerMetric: options.maxSeriesPerMetric ?? 2000,
      falling: new Set(options.falling),
      extraLabels: (metric) => (roleLabel?.test(metric) ? { role } : {}),
      onFault: (kind, metric) => {
        if (kind === 'overflow') dropped.add({ metric });
        else conflicts.add({ metric, kind });
        onFault(kind, metric);
      },
    });
    this.#collectors = new Collectors({
      registries,
      budgetMs: options.collectMs ?? 150,
      onError: (metric) => {
        failures.add({ metric });
        onFault('collect', metric);
      },
    });
    refuseUnknownAggregators(registries);
    this.#table.scan();
    this.#socket = new AgentSocket({
      path: options.address.path,
      onOpen: () => this.#greet(),
      onFrame: (frame) => this.#receive(frame),
      onClose: () => this.#lost(),
    });
    this.#timer = setInterval(() => this.#push(), options.pushMs ?? 1000);
    this.#timer.unref();
    if (agents.size === 0) process.on('exit', sayLastWords);
    agents.add(this);
    if (isMainThread && options.signals !== false) listen(this);
  }

  /**
   * Says goodbye: what this process counted stays in the totals, to the last increment. Waits for the hub at most half a second, also when the
   * connection is being made or is broken.
   */
  leave(): Promise<void> {
    this.#leaving ??= this.#leave();
    return this.#leaving;
  }

  async #leave(): Promise<void> {
    await this.#collectors.run(false);
    this.#isReady = true;
    if (this.#socket.isOpen) this.#finish();
    this.#socket.hold();
    const timer = setTimeout(this.#thanked.resolve, GOODBYE_MS);
    await this.#thanked.promise;
    clearTimeout(timer);
    this.#stop();
  }

  /** The page of the whole bus, from any process. Throws BusError when the hub cannot be asked or takes longer than 5 s. */
  async page(ask: Ask = {}): Promise<Page> {
    if (!this.#socket.isOpen) throw new BusError('The metrics hub cannot be reached.');
    if (this.#asks.size >= MAX_ASKS) throw new BusError(`${MAX_ASKS} questions to the metrics hub are open.`);
    const answer = Promise.withResolvers<Page>();
    const request = ++this.#request;
    this.#asks.set(request, answer);
    const timer = setTimeout(() => answer.reject(new BusError('The metrics hub does not answer.')), PAGE_MS);
    this.#socket.send(encodeFrame(TYPE.ask, { request, notes: ask }));
    return answer.promise.finally(() => {
      clearTimeout(timer);
      this.#asks.delete(request);
    });
  }

  #greet(): void {
    const { address, role } = this.#options;
    const hello: Hello = { proto: PROTOCOL, token: address.token, instance: this.#instance, role, seen: this.#isSeen };
    this.#socket.send(encodeFrame(TYPE.hello, { notes: hello }));
    this.#table.scan();
    this.#send(this.#table.everything(), FLAG.full);
    if (this.#isReady) this.#finish();
  }

  #receive({ type, flags, request, notes, body }: Frame): void {
    if (type === TYPE.welcome) {
      this.#isSeen = true;
      this.#welcomed.resolve();
      this.#socket.accepted();
    } else if (type === TYPE.thanks) this.#thanked.resolve();
    else if (type === TYPE.reject) this.#options.onFault?.('refused', String(isRecord(notes) ? notes.message : notes));
    else if (type === TYPE.page) this.#asks.get(request)?.resolve({ ...(notes as Omit<Page, 'body'>), body });
    else if (type === TYPE.flush && this.#leaving === undefined) {
      const collected = (flags & FLAG.collect) === 0 ? undefined : this.#collectors.run(true);
      // At once where nothing has to be waited for.
      if (collected === undefined) this.#answer(flags, request);
      else void collected.then(() => this.#answer(flags, request));
    }
  }

  #answer(flags: number, request: number): void {
    if (this.#leaving !== undefined) return;
    const isFull = (flags & FLAG.full) !== 0;
    this.#look(true, () => {
      if (isFull) this.#send(this.#table.everything(), FLAG.full, request);
      else this.#send(this.#table.changes(), 0, request);
    });
  }

  /** Also when nothing changed: it shows that the process is alive. An answer that is under way shows it too. */
  #push(): void {
    if (!this.#socket.isOpen || this.#socket.isBusy || this.#leaving !== undefined || this.#looking !== undefined)
      return;
    void this.#collectors.run(false);
    this.#look(false, () => this.#send(this.#table.changes(), 0));
  }

  /** Looks at everything, a slice in each turn of the event loop, and then reports. A later look, or a scan, takes the place of an earlier one. */
  #look(quick: boolean, report: () => void): void {
    const look = this.#table.look(quick, SLICE);
    this.#looking = look;
    const turn = () => {
      if (this.#leaving !== undefined) return;
      const { done, value: isWhole } = look.next();
      if (done !== true) return void setImmediate(turn);
      if (this.#looking === look) this.#looking = undefined;
      if (isWhole) report();
    };
    if (this.#table.size <= SLICE) turn();
    else setImmediate(turn);
  }

  #send(changes: Changes, flags: number, request = 0): void {
    this.#socket.send(stateFrame(changes, flags, request));
  }

  #finish(isExit = false): void {
    this.#isFinished = true;
    this.#table.scan();
    const frame = stateFrame(this.#table.changes(), FLAG.final);
    if (isExit) this.#socket.sendAtOnce(frame);
    else this.#socket.send(frame);
  }

  #lost(): void {
    // A hub that has seen this process counts nothing twice when it is told again; then the rest of the half second is for another try.
    if (this.#isFinished && !this.#isSeen) this.#thanked.resolve();
    for (const answer of this.#asks.values()) answer.reject(new BusError('The metrics hub went away.'));
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#socket.end();
    agents.delete(this);
    if (agents.size === 0) process.off('exit', sayLastWords);
    ignore(this);
  }

  /** In an `exit` handler, where nothing can be waited for: what this process counted goes to the hub. */
  sayLastWords(): void {
    if (this.#isFinished) return;
    this.#leaving ??= Promise.resolve();
    void this.#collectors.run(false);
    this.#finish(true);
  }
}

function stateFrame({ schema, exemplars, slots, values }: Changes, flags: number, request = 0): Buffer {
  const hasNotes = schema.length > 0 || exemplars.length > 0;
  return encodeFrame(TYPE.state, {
    flags,
    request,
    notes: hasNotes ? { schema, exemplars } : undefined,
    slots,
    values,
  });
}

/** One handler for all agents of a process. */
const agents = new Set<MetricsAgent>();
function sayLastWords(): void {
  for (const agent of agents) agent.sayLastWords();
}

/** Also one for all: with one each, every agent would take the others' for handlers of the application. */
const listening = new Set<MetricsAgent>();
function listen(agent: MetricsAgent): void {
  if (listening.size === 0) for (const signal of SIGNALS) process.on(signal, leaveOn);
  listening.add(agent);
}
function ignore(agent: MetricsAgent): void {
  listening.delete(agent);
  if (listening.size === 0) for (const signal of SIGNALS) process.off(signal, leaveOn);
}

/** Only where nobody else handles the signal: then it would have ended the process, and shall do so still. */
function leaveOn(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  void Promise.allSettled([...listening].map((agent) => agent.leave())).then(() => process.kill(process.pid, signal));
}

function refuseUnknownAggregators(registries: readonly MetricRegistry[]): void {
  for (const metric of registries.flatMap((registry) => registry.getMetricsAsArray() as ClientMetric[])) {
    if (metric.aggregator === undefined || AGGREGATORS.includes(metric.aggregator as Aggregator)) continue;
    throw new TypeError(
      `${metric.name} has the aggregator "${metric.aggregator}"; known are ${AGGREGATORS.join(', ')}.`,
    );
  }
}
