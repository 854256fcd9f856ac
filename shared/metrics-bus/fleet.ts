/**
 * Several hosts as one page. Each hub publishes its totals every two seconds and reads those of the others when it is scraped.
 *
 *     this host ──▶ ledger of the fleet ◀── other hosts, and those that are no more
 *                         │
 *                    one page, the same on every host
 *
 * Redis may go away: the last known totals stay, and nothing that was shown is taken back.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Changes } from './definitions.ts';
import { FleetStore, type Gathered, type Published, type RedisCall } from './fleet-store.ts';
import { Ledger, type LedgerOptions } from './ledger.ts';
import { type Base, LedgerReport } from './ledger-report.ts';
import type { Member } from './member.ts';

export interface FleetOptions {
  readonly call: RedisCall;
  /** Hubs of one `app` meet. */
  readonly app: string;
  /** This host's name, for series that are kept apart. */
  readonly host: string;
  readonly publishMs?: number;
  /** After so much silence a host's gauges are not shown any more. */
  readonly staleMs?: number;
  /** After so much silence its counters go to the retired. */
  readonly retireMs?: number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** As what a hub is a member: under which name, and what of its totals the retired have already. */
export interface FleetIdentity {
  readonly id: string;
  readonly base?: Base | undefined;
}

interface Known {
  readonly bytes: Buffer;
  readonly schema: object;
  seenAt: number;
  isStale: boolean;
}

const DEFAULTS = { now: () => performance.now(), publishMs: 2000, staleMs: 60_000, retireMs: 600_000 };
/** Redis may take so long to publish; a scrape waits less. */
const PUBLISH_MS = 2000;
/** A hub that starts waits so long for them. */
const FIRST_MS = 1000;
const FIRST_AGAIN_MS = 20;
const RETIRED = 'retired';
/** Names of retired hosts that are remembered. */
const MAX_NAMES = 1000;

export class Fleet {
  readonly ledger: Ledger;
  /** The last publishing or reading succeeded. */
  isUp = false;
  /** Called when this host is another one from now on, before others can see it. */
  onRise: () => void = () => {};
  readonly #options: Required<FleetOptions>;
  readonly #store: FleetStore;
  readonly #report: LedgerReport;
  /** By hub: what its member shows. */
  readonly #known = new Map<string, Known>();
  #id: string;
  #self: Member;
  #retired: { bytes: Buffer; version: string; of: readonly string[] } | undefined;
  #gathering: Promise<void> | undefined;
  #publishing: Promise<void> | undefined;

  /** `before`: as what this hub published before it was started again. */
  constructor(host: Ledger, options: FleetOptions, ledgerOptions: LedgerOptions, before?: FleetIdentity) {
    this.#options = { ...DEFAULTS, ...options };
    this.#store = new FleetStore(options.call, options.app);
    this.#report = new LedgerReport(host, options.host, before?.base);
    this.ledger = new Ledger({ ...ledgerOptions, onConflict: () => {} });
    this.#id = before?.id ?? randomBytes(16).toString('hex');
    this.#self = this.ledger.join(this.#id, this.#id, false);
  }

  get identity(): FleetIdentity {
    return { id: this.#id, base: this.#report.base };
  }
  get publishMs(): number {
    return this.#options.publishMs;
  }

  /** Call when the host's totals are settled. One at a time. */
  publish(): Promise<void> {
    this.#publishing ??= this.#try(() => this.#publish(), PUBLISH_MS).finally(() => {
      this.#publishing = undefined;
    });
    return this.#publishing;
  }

  /** Reads the others; after `limitMs` the last known is good enough. */
  gather(limitMs: number): Promise<void> {
    this.#gathering ??= this.#try(() => this.#gather(), PUBLISH_MS).finally(() => {
      this.#gathering = undefined;
    });
    return within(this.#gathering, limitMs).catch(() => {});
  }

  /**
   * Waits for the first reading of the others, while the connection is made or Redis is loading: a page without them would show less
   * than the hub before this one did.
   */
  async begin(): Promise<void> {
    const until = performance.now() + FIRST_MS;
    for (let left = FIRST_MS; !this.isUp && left > 0; left = until - performance.now()) {
      await this.gather(left);
      if (!this.isUp) await sleep(Math.min(left, FIRST_AGAIN_MS));
    }
  }

  /** This host's totals as they are now. */
  settle(): void {
    this.#hideStale();
    const changes = this.#report.changes();
    if (this.#self.wantsFull) this.#self.apply(this.#report.everything(), true);
    else this.#self.apply(changes, false);
    this.ledger.refresh();
  }

  async #publish(): Promise<void> {
    this.settle();
    const isCounted = await this.#store.publish(this.#id, this.#report.everything());
    await this.#gather();
    // Others had counted this host among the retired; by now it is another one.
    if (!isCounted) await this.#store.publish(this.#id, this.#report.everything());
    await this.#retireSilent();
  }

  async #gather(): Promise<void> {
    const gathered = await this.#store.gather();
    await this.#takeRetired(gathered);
    for (const host of gathered.hosts) if (host.hub !== this.#id) await this.#take(host);
  }

  async #take({ hub, bytes, silentMs }: Published): Promise<void> {
    const known = this.#known.get(hub);
    const seenAt = this.#options.now() - silentMs;
    const inFull = known === undefined || known.isStale || this.ledger.members.get(hub)?.wantsFull;
    if (!inFull && known.bytes.equals(bytes)) {
      known.seenAt = seenAt;
      return;
    }
    const totals = await this.#decoded(bytes);
    // A scrape reads while this host publishes and reads, too: what one of them saw may be over for the other.
    if (totals === undefined || this.#retired?.of.includes(hub)) return;
    const member = this.ledger.members.get(hub) ?? this.ledger.join(hub, hub, false);
    let { schema }: { schema: object } = totals;
    try {
      // The same series as before: only the numbers are new.
      if (!inFull && known.schema === totals.schema) member.apply({ ...totals, schema: [] }, false);
      else member.apply(totals, true);
    } catch {
      // It contradicts itself: left out until it says something else. The hosts behind it are read all the same.
      this.ledger.drop(member);
      schema = {};
    }
    this.#known.set(hub, { bytes, schema, seenAt, isStale: false });
  }

  /** Gauges of hosts that are silent, or that nobody can ask because Redis is away. */
  #hideStale(): void {
    for (const [hub, known] of this.#known) {
      if (known.isStale || this.#options.now() - known.seenAt < this.#options.staleMs) continue;
      known.isStale = true;
      this.ledger.members.get(hub)?.hideGauges();
    }
  }

  /** They and the hosts that they contain change places in one step: between two awaits. */
  async #takeRetired({ retired, version }: Gathered): Promise<void> {
    if (retired === undefined || version === undefined) {
      if (this.#retired !== undefined) await this.#store.restore(this.#retired.bytes, this.#retired.version);
      return;
    }
    if (version === this.#retired?.version) return;
    const totals = await this.#decoded(retired);
    if (totals === undefined) return;
    const isSelf = totals.of.includes(this.#id);
    const counted = isSelf ? await this.#store.tomb(this.#id) : undefined;
    if (isSelf && counted === undefined) return;
    // Another reading was faster. To rise twice would count this host twice.
    if (version === this.#retired?.version || isSelf !== totals.of.includes(this.#id)) return;
    const member = this.ledger.members.get(RETIRED) ?? this.ledger.join(RETIRED, RETIRED, false);
    member.apply(totals, true);
    for (const hub of totals.of) {
      const gone = this.ledger.members.get(hub);
      if (gone !== undefined) this.ledger.drop(gone);
      this.#known.delete(hub);
    }
    if (counted !== undefined) this.#rise(counted);
    this.#retired = { bytes: retired, version, of: totals.of };
  }

  /** This host was away for so long that the others counted it among the retired. It goes on as another one, from there. */
  #rise(counted: Changes): void {
    this.#report.countFrom(counted);
    this.#id = randomBytes(16).toString('hex');
    this.#self = this.ledger.join(this.#id, this.#id, false);
    this.onRise();
    this.settle();
  }

  async #retireSilent(): Promise<void> {
    const { hosts } = await this.#store.gather();
    for (const { hub, silentMs, bytes } of hosts) {
      if (hub === this.#id || silentMs < this.#options.retireMs) continue;
      const its = await this.#decoded(bytes);
      const before = this.#retired && (await this.#decoded(this.#retired.bytes));
      // Also what contradicts itself: it has no member.
      if (its === undefined || !this.ledger.members.has(hub)) continue;
      const of = [...(before?.of ?? []), hub].slice(-MAX_NAMES);
      const totals = { ...sumOf([before, its], this.ledger.options), of };
      await this.#store.retire(hub, this.#options.retireMs, this.#retired?.version, totals);
      await this.#gather();
    }
  }

  /** Something else under our keys is as good as nothing. */
  async #decoded(bytes: Buffer): ReturnType<FleetStore['decode']> {
    try {
      return await this.#store.decode(bytes);
    } catch {
      return undefined;
    }
  }

  async #try(work: () => Promise<void>, limitMs: number): Promise<void> {
    try {
      await within(work(), limitMs);
      this.isUp = true;
    } catch {
      this.isUp = false;
    }
  }
}

/** What several hosts leave together: counters only. */
function sumOf(totals: readonly (Changes | undefined)[], options: LedgerOptions): Changes {
  const ledger = new Ledger(options);
  for (const [i, each] of totals.entries()) {
    if (each === undefined) continue;
    const member = ledger.join(`${i}`, `${i}`, false);
    member.apply(each, true);
    ledger.leave(member, false);
  }
  ledger.refresh();
  const report = new LedgerReport(ledger, '');
  report.changes();
  return report.everything();
}

async function within<T>(work: Promise<T>, limitMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
