/**
 * The processes of this host, as the hub knows them.
 *
 *     hello ──▶ here ──goodbye──────────────────────▶ ended: counters stay in the totals
 *                │ ▲
 *      cut off   │ │ the same instance again
 *                ▼ │
 *              absent (gauges gone, counters counted) ──grace──▶ ended, and remembered in case it comes back
 */
import type { Ledger } from './ledger.ts';
import type { Member } from './member.ts';

/** The way to a process. */
export interface Link {
  send(frame: Buffer): void;
  close(): void;
}

export interface Process {
  /** Random, chosen by the process when it starts; never its PID, which is used again. */
  readonly instance: string;
  readonly role: string;
  readonly ordinal: number;
  readonly member: Member;
  /** Undefined while it is cut off. */
  link: Link | undefined;
  heardAt: number;
  /** It was asked for its numbers at that time and has not answered. */
  askedAt: number | undefined;
  /** Its gauges are not shown; the next report must be a full one. */
  isStale: boolean;
}

export interface RosterOptions {
  /** How long a process that is cut off may stay away before it counts as ended. */
  readonly graceMs: number;
  /** After so much silence of a connected process its gauges are not shown any more. */
  readonly staleMs: number;
  readonly now: () => number;
  readonly onStart: (role: string) => void;
  readonly onLost: (role: string) => void;
}

export class Roster {
  readonly #ledger: Ledger;
  readonly #options: RosterOptions;
  readonly #processes = new Map<string, Process>();

  constructor(ledger: Ledger, options: RosterOptions) {
    this.#ledger = ledger;
    this.#options = options;
  }

  get all(): Iterable<Process> {
    return this.#processes.values();
  }

  /** `seenBefore`: some hub has shown its values. A second connection of one instance replaces the first. */
  enter(instance: string, role: string, seenBefore: boolean, link: Link): Process {
    const known = this.#processes.get(instance);
    if (known !== undefined) {
      known.link?.close();
      Object.assign(known, { link, heardAt: this.#options.now(), askedAt: undefined });
      return known;
    }
    if (!seenBefore) this.#options.onStart(role);
    return this.restore(instance, role, this.#freeOrdinal(role), seenBefore, link);
  }

  /** Without a link: known from a checkpoint, and absent until it reports. */
  restore(instance: string, role: string, ordinal: number, seenBefore: boolean, link?: Link): Process {
    const member = this.#ledger.join(instance, `${role}-${ordinal}`, seenBefore);
    const heardAt = this.#options.now();
    const process = { instance, role, ordinal, member, link, heardAt, askedAt: undefined, isStale: link === undefined };
    this.#processes.set(instance, process);
    return process;
  }

  /** Its connection ended without a goodbye. A dropped socket is not a death, but its gauges tell nothing any more. */
  cutOff(process: Process): void {
    Object.assign(process, { link: undefined, heardAt: this.#options.now(), askedAt: undefined });
    this.#hide(process);
  }

  ended(process: Process, mayReturn = false): void {
    if (!this.#processes.delete(process.instance)) return;
    this.#ledger.leave(process.member, mayReturn);
  }

  heard(process: Process, inFull: boolean): void {
    process.heardAt = this.#options.now();
    if (inFull) process.isStale = false;
  }

  /** Call about once a second. */
  tick(): void {
    const now = this.#options.now();
    for (const process of this.#processes.values()) {
      const silent = now - process.heardAt;
      if (process.link === undefined && silent >= this.#options.graceMs) {
        this.#options.onLost(process.role);
        this.ended(process, true);
      } else if (process.link !== undefined && silent >= this.#options.staleMs) this.#hide(process);
    }
  }

  #hide(process: Process): void {
    if (process.isStale) return;
    process.isStale = true;
    process.member.hideGauges();
  }

  #freeOrdinal(role: string): number {
    const taken = new Set(
      [...this.#processes.values()].filter((process) => process.role === role).map(({ ordinal }) => ordinal),
    );
    let ordinal = 1;
    while (taken.has(ordinal)) ordinal++;
    return ordinal;
  }
}
