/**
 * The hub of one host: processes connect to it, and whoever asks gets one page for all of them.
 *
 *     process ──hello, state──▶ roster + ledger ──▶ page
 *             ◀─flush at scrape──┘
 *
 * Here are no sockets, threads or files: links are handed in (`hub-server.ts`), so is the clock.
 */
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';
import { renderByProcess } from './by-process.ts';
import { CONTENT_TYPE, type Format, render } from './exposition.ts';
import type { Fleet } from './fleet.ts';
import { encodeFrame, FLAG, TYPE } from './frames.ts';
import { HubConnection } from './hub-connection.ts';
import { HubMetrics } from './hub-metrics.ts';
import { Ledger } from './ledger.ts';
import type { Member } from './member.ts';
import { acceptsGzip, formatFor } from './negotiate.ts';
import type { Ask, Page } from './page.ts';
import { PageMemory } from './page-memory.ts';
import { type Link, type Process, Roster } from './roster.ts';

export interface HubOptions {
  /** Processes must show it; at least 16 characters. */
  readonly token: string;
  readonly graceMs?: number;
  readonly staleMs?: number;
  /** The longest that a scrape waits for processes; less when the scraper says that it waits for less than four times that. */
  readonly flushMs?: number;
  /** Collectors run at most that often. */
  readonly minCollectMs?: number;
  readonly maxLines?: number;
  readonly maxSlots?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

const DEFAULTS = {
  graceMs: 10_000,
  staleMs: 60_000,
  flushMs: 250,
  minCollectMs: 1000,
  maxLines: 100_000,
  maxSlots: 1_000_000,
};
/**
 * Processes that are asked at the same time, four for each core: with fewer a core waits for the hub to wake up and ask the next one, a sixth of a scrape of
 * eight. With more nothing is won, and whatever else they have to do waits for a core.
 */
const AT_ONCE = availableParallelism() * 4;
/** Then all others are asked as well: processes that hang must not hold them up. */
const TURN_MS = 10;
const pack = promisify(gzip);

export class Hub {
  readonly options: Required<HubOptions>;
  readonly metrics = new HubMetrics();
  readonly ledger: Ledger;
  readonly roster: Roster;
  /** Called after each round of answers, before they are shown to anybody. */
  beforeShowing: () => void = () => {};
  /** The other hosts, where there are several. */
  fleet: Fleet | undefined;
  /** Of pages that were sent. */
  readonly memory = new PageMemory();
  /** The member that holds the hub's own metrics. */
  readonly self: Member;
  readonly #packedPages = new Map<string, { version: number; body: Promise<Buffer> }>();
  readonly #waiting = new Set<Process>();
  #answered: () => void = () => {};
  #round: Promise<void> | undefined;
  #request = 0;
  #collectedAt = Number.NEGATIVE_INFINITY;

  constructor(options: HubOptions, self: string) {
    const now = options.now ?? (() => performance.now());
    this.options = { ...DEFAULTS, ...options, now };
    this.ledger = new Ledger({
      ...this.options,
      onConflict: (metric, kind) => {
        if (kind === 'overflow') this.metrics.dropped.add({ metric });
        else this.metrics.conflicts.add({ metric, kind });
      },
    });
    this.roster = new Roster(this.ledger, {
      ...this.options,
      onStart: (role) => this.metrics.started.add({ role }),
      onLost: (role) => this.metrics.lost.add({ role }),
    });
    this.self = this.ledger.join(self, 'hub', false);
  }

  connect(link: Link): HubConnection {
    return new HubConnection(this, link);
  }

  /** Never fails because of a process: who does not answer in time is shown with its last known values. */
  async scrape(ask: Ask = {}): Promise<Page> {
    this.#round ??= this.#newRound(ask).finally(() => {
      this.#round = undefined;
    });
    // What can be known before the answers are here is found out while they are on their way.
    const format = formatFor(ask.accept);
    const contentType = CONTENT_TYPE[format];
    const isPacked = acceptsGzip(ask.acceptEncoding);
    await this.#round;
    if (ask.by === 'process')
      return { contentType: CONTENT_TYPE.text, body: renderByProcess(this.roster.all, this.ledger) };
    const ledger = ask.scope === 'host' ? this.ledger : (this.fleet?.ledger ?? this.ledger);
    if (!isPacked) return { contentType, ...this.memory.lend((take) => render(ledger, format, take)) };
    return { contentType, encoding: 'gzip', body: await this.#packed(ledger, format) };
  }

  /** A process's answer, late or not. */
  answered(process: Process): void {
    process.askedAt = undefined;
    if (this.#waiting.delete(process)) this.#answered();
  }

  /** Call about once a second. */
  tick(): void {
    this.roster.tick();
  }

  /** All who scrape at the same time share one round. */
  async #newRound(ask: Ask): Promise<void> {
    const startedAt = this.options.now();
    const limit = Math.min(this.options.flushMs, (ask.timeoutSeconds ?? 60) * 250);
    const isDue = startedAt - this.#collectedAt >= this.options.minCollectMs;
    if (isDue) this.#collectedAt = startedAt;
    const gathering = this.fleet?.gather(limit);
    await this.#flush(limit, isDue);
    await gathering;
    this.metrics.scrapeSeconds.observe((this.options.now() - startedAt) / 1000);
    this.settle();
  }

  /** What is known now becomes what is shown. */
  settle(): void {
    if (this.fleet !== undefined) this.metrics.redisUp.set({}, this.fleet.isUp ? 1 : 0);
    this.self.apply(this.metrics.report(this.roster.all, this.options.now(), this.ledger.lineCount), false);
    this.ledger.refresh();
    this.beforeShowing();
    this.fleet?.settle();
  }

  /** Asks everybody, a few at a time. Resolves when all have answered, or it takes too long. */
  async #flush(limit: number, collect: boolean): Promise<void> {
    this.#request = (this.#request % 0xffff_ffff) + 1;
    const flags = collect ? FLAG.collect : 0;
    const question = encodeFrame(TYPE.flush, { request: this.#request, flags });
    const inFull = encodeFrame(TYPE.flush, { request: this.#request, flags: flags | FLAG.full });
    const unasked = [...this.roster.all];
    const ask = (atOnce: number) => {
      while (this.#waiting.size < atOnce) {
        const process = unasked.shift();
        if (process === undefined) return;
        // Who still owes an answer is not asked again and not waited for: one hung process costs one scrape its patience, not all of them.
        if (process.link === undefined || process.askedAt !== undefined) continue;
        process.askedAt = this.options.now();
        this.#waiting.add(process);
        process.link.send(process.isStale || process.member.wantsFull ? inFull : question);
      }
    };
    ask(AT_ONCE);
    if (this.#waiting.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answered = () => {
      ask(AT_ONCE);
      if (this.#waiting.size === 0) resolve();
    };
    const askAll = setTimeout(ask, Math.min(TURN_MS, limit / 2), Number.POSITIVE_INFINITY);
    const timer = setTimeout(resolve, limit);
    await promise;
    clearTimeout(askAll);
    clearTimeout(timer);
    for (const process of this.#waiting) this.metrics.flushTimeouts.add({ role: process.role });
    this.#waiting.clear();
  }

  /** Level 1: 14 times smaller already, in a quarter of the time of level 6. It runs in Node's thread pool, once for all who want the same. */
  #packed(ledger: Ledger, format: Format): Promise<Buffer> {
    const key = `${ledger === this.ledger} ${format}`;
    const known = this.#packedPages.get(key);
    if (known?.version === ledger.version) return known.body;
    const body = pack(render(ledger, format), { level: constants.Z_BEST_SPEED });
    this.#packedPages.set(key, { version: ledger.version, body });
    return body;
  }
}
