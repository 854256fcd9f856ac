/** Answers to anonymous readers, kept for a second: bytes, strong ETag and, once somebody wants it, the compressed form. */
import { hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';
import type { Allowance } from './rate-limits.ts';
import { endpointOf } from './request-metrics.ts';

export interface Made {
  readonly body: string;
  readonly type: string;
  readonly link?: string | undefined;
}

/** One form of an answer, ready to be sent. */
export interface Form {
  readonly body: Buffer;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What requests for an answer count as. */
export interface Counts {
  readonly endpoint: string;
  readonly allowance: Allowance;
}

export interface Kept {
  formFor(req: IncomingMessage): Form;
}

export interface AnswerCache {
  /** Answers from what is kept for this address, or makes it; who asks meanwhile waits for the same answer. */
  answer(req: Request, res: Response, make: () => Promise<Made>): Promise<void>;
  /** What requests for this address count as; undefined where nobody asked for it yet. */
  known(address: string): Counts | undefined;
  /** What is kept for it, or is made anew now. */
  find(address: string): Kept | Promise<Kept> | undefined;
}

interface Entry {
  readonly until: number;
  readonly counts: Counts;
  /** Reads nothing of the request but what the address says. */
  readonly make: () => Promise<Made>;
  readonly answer: Promise<Kept>;
  made?: Kept;
}

const KEPT_MS = 1000;
const KEPT_MAX = 500;
/** Below it the compressed form is hardly smaller. */
const GZIP_MIN_BYTES = 1024;

/** @param keptMs how long an answer is kept; with 0 each is made anew, and only what an address asks for is remembered */
export function createAnswerCache(keptMs = KEPT_MS): AnswerCache {
  const kept = new Map<string, Entry>();
  const begin = (address: string, make: Entry['make'], counts: Counts): Entry => {
    const answer = make().then(toKept);
    const entry: Entry = { until: performance.now() + keptMs, counts, make, answer };
    if (kept.size >= KEPT_MAX && !kept.has(address)) kept.clear();
    kept.set(address, entry);
    answer.then(
      (made) => {
        entry.made = made;
      },
      () => kept.get(address) === entry && kept.delete(address),
    );
    return entry;
  };
  const isFresh = ({ until }: Entry) => until > performance.now();
  return {
    async answer(req, res, make) {
      const address = req.originalUrl;
      const known = kept.get(address);
      const allowance = (res.locals.allowance ?? 'none') as Allowance;
      const entry =
        known !== undefined && isFresh(known) ? known : begin(address, make, { endpoint: endpointOf(res), allowance });
      send(res, (await entry.answer).formFor(req));
    },
    known: (address) => kept.get(address)?.counts,
    find(address) {
      const known = kept.get(address);
      if (known === undefined) return undefined;
      const entry = isFresh(known) ? known : begin(address, known.make, known.counts);
      return entry.made ?? entry.answer;
    },
  };
}

/** An answer that is nobody else's. Compressing takes several times as long as everything else here: only what is sent again is worth it. */
export async function answerOnce(res: Response, make: () => Promise<Made>): Promise<void> {
  send(res, plain(await make(), false));
}

function toKept(made: Made): Kept {
  const whole = plain(made, true);
  let zipped: Form | undefined;
  return {
    formFor: (req) => {
      if (whole.body.length < GZIP_MIN_BYTES || !wantsGzip(req)) return whole;
      zipped ??= compressed(whole);
      return zipped;
    },
  };
}

function plain({ body, type, link }: Made, isShared: boolean): Form {
  const bytes = Buffer.from(body);
  const etag = `"${hash('sha1', bytes, 'base64url')}"`;
  const headers = {
    ...(link === undefined ? {} : { Link: link }),
    'Content-Type': type,
    ...(isShared ? { Vary: 'Accept-Encoding' } : {}),
    ETag: etag,
  };
  return { body: bytes, etag, headers };
}

function compressed({ body, etag, headers }: Form): Form {
  const own = `${etag.slice(0, -1)}-gzip"`;
  return { body: gzipSync(body), etag: own, headers: { ...headers, ETag: own, 'Content-Encoding': 'gzip' } };
}

function send(res: Response, { body, headers }: Form): void {
  for (const name in headers) res.setHeader(name, headers[name] as string);
  res.send(body);
}

function wantsGzip(req: IncomingMessage): boolean {
  const accepted = req.headers['accept-encoding'];
  return accepted !== undefined && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted);
}
