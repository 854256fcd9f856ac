/** One connection to the hub: first who it is, then its numbers. Everything it says is checked; who errs is closed and counted. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { type Changes, isRecord, parseSchema } from './definitions.ts';
import { parseExemplars } from './exemplars.ts';
import { encodeFrame, FLAG, type Frame, TYPE } from './frames.ts';
import type { HubMetrics } from './hub-metrics.ts';
import { type Ask, type Page, parseAsk } from './page.ts';
import type { Link, Process, Roster } from './roster.ts';

/** Bytes of a frame from somebody who has not shown the token, and from others. */
export const FRAME_LIMITS = { stranger: 4096, known: 16 * 1024 * 1024 } as const;
export const PROTOCOL = 1;

export interface Hello {
  readonly proto: number;
  readonly token: string;
  /** 32 hexadecimal digits, new for each process. */
  readonly instance: string;
  /** `api`; letters, digits, `_` and `-`. */
  readonly role: string;
  /** A hub has welcomed this instance before. */
  readonly seen: boolean;
}

/** What a connection needs of its hub. */
export interface ConnectionHub {
  readonly options: { readonly token: string };
  readonly metrics: HubMetrics;
  readonly roster: Roster;
  answered(process: Process): void;
  scrape(ask: Ask): Promise<Page>;
}

export class HubConnection {
  readonly #hub: ConnectionHub;
  readonly #link: Link;
  #process: Process | undefined;

  constructor(hub: ConnectionHub, link: Link) {
    this.#hub = hub;
    this.#link = link;
  }

  get isKnown(): boolean {
    return this.#process !== undefined;
  }

  /** Throws SchemaError when a report contradicts itself; reject it then. */
  receive(frame: Frame): void {
    const process = this.#process;
    if (frame.type === TYPE.hello) this.#welcome(frame.notes);
    // Also for a connection that another one of the same instance has replaced.
    else if (process === undefined || process.link !== this.#link) this.reject('token', 'say hello first');
    else if (frame.type === TYPE.state) this.#report(process, frame);
    else if (frame.type === TYPE.ask) void this.#answer(frame.request, parseAsk(frame.notes));
    // Types that a later version may send are not for us.
  }

  /** The other side is gone. */
  closed(): void {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.link !== this.#link) return;
    this.#hub.roster.cutOff(process);
    this.#hub.answered(process);
  }

  reject(reason: string, message: string): void {
    this.#hub.metrics.reportErrors.add({ reason });
    this.#link.send(encodeFrame(TYPE.reject, { notes: { reason, message } }));
    this.#link.close();
  }

  #welcome(notes: unknown): void {
    const hello = parseHello(notes);
    if (hello === undefined || this.#process !== undefined) this.reject('garbled', 'not a hello');
    else if (hello.proto !== PROTOCOL) this.reject('version', `protocol ${hello.proto}; this hub speaks ${PROTOCOL}`);
    else if (!isEqual(hello.token, this.#hub.options.token)) this.reject('token', 'not the token of this hub');
    else {
      this.#process = this.#hub.roster.enter(hello.instance, hello.role, hello.seen, this.#link);
      this.#link.send(encodeFrame(TYPE.welcome, { notes: { name: this.#process.member.name } }));
    }
  }

  #report(process: Process, { notes, flags, request, slots, values }: Frame): void {
    const isFull = (flags & FLAG.full) !== 0;
    const isFinal = (flags & FLAG.final) !== 0;
    const { schema, exemplars } = notes === undefined ? NOTHING : parseNotes(notes);
    process.member.apply({ schema, exemplars, slots, values }, isFull);
    this.#hub.roster.heard(process, isFull);
    if (request !== 0 || isFinal) this.#hub.answered(process);
    if (!isFinal) return;
    this.#hub.roster.ended(process);
    this.#process = undefined;
    this.#link.send(encodeFrame(TYPE.thanks));
  }

  async #answer(request: number, ask: Ask): Promise<void> {
    const { contentType, encoding, body } = await this.#hub.scrape(ask);
    this.#link.send(encodeFrame(TYPE.page, { request, notes: { contentType, encoding } }, body.length));
    this.#link.send(body);
  }
}

/** Most reports are numbers and nothing else. */
const NOTHING = { schema: [], exemplars: [] };

function parseNotes(notes: unknown): Pick<Changes, 'schema' | 'exemplars'> {
  const { schema, exemplars } = isRecord(notes) ? notes : {};
  return { schema: parseSchema(schema), exemplars: [...parseExemplars(exemplars)] };
}

function parseHello(notes: unknown): Hello | undefined {
  if (!isRecord(notes)) return undefined;
  const { proto, token, instance, role, seen } = notes;
  if (typeof proto !== 'number' || typeof token !== 'string' || typeof seen !== 'boolean') return undefined;
  if (typeof instance !== 'string' || !/^[0-9a-f]{32}$/.test(instance)) return undefined;
  if (typeof role !== 'string' || !/^[a-zA-Z0-9_-]{1,64}$/.test(role)) return undefined;
  return { proto, token, instance, role, seen };
}

/** Takes as long whichever character is wrong. */
function isEqual(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
