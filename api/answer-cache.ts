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

export interface Kept {
  /** What its requests count as. */
  readonly endpoint: string;
  readonly allowance: Allowance;
  formFor(req: IncomingMessage): Form;
}

export interface AnswerCache {
  /** Answers from what is kept for this address, or makes it; who asks meanwhile waits for the same answer. */
  answer(req: Request, res: Response, make: () => Promise<Made>): Promise<void>;
  /** What is kept for this address at this moment. */
  find(address: string): Kept | undefined;
}

interface Entry {
  readonly until: number;
  readonly answer: Promise<Kept>;
  made?: Kept;
}

const KEPT_MS = 1000;
const KEPT_MAX = 500;
/** Below it the compressed form is hardly smaller. */
const GZIP_MIN_BYTES = 1024;

export function createAnswerCache(): AnswerCache {
  const kept = new Map<string, Entry>();
  const known = (address: string): Entry | undefined => {
    const entry = kept.get(address);
    return entry !== undefined && entry.until > performance.now() ? entry : undefined;
  };
  const make = (address: string, res: Response, how: () => Promise<Made>): Entry => {
    const counts = { endpoint: endpointOf(res), allowance: (res.locals.allowance ?? 'none') as Allowance };
    const answer = how().then((made) => toKept(made, counts));
    const entry: Entry = { until: performance.now() + KEPT_MS, answer };
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(address, entry);
    answer.then(
      (made) => {
        entry.made = made;
      },
      () => kept.delete(address),
    );
    return entry;
  };
  return {
    async answer(req, res, how) {
      const entry = known(req.originalUrl) ?? make(req.originalUrl, res, how);
      send(res, (await entry.answer).formFor(req));
    },
    find: (address) => known(address)?.made,
  };
}

/** An answer that is nobody else's. Compressing takes several times as long as everything else here: only what is sent again is worth it. */
export async function answerOnce(res: Response, make: () => Promise<Made>): Promise<void> {
  send(res, plain(await make(), false));
}

function toKept(made: Made, counts: Pick<Kept, 'endpoint' | 'allowance'>): Kept {
  const whole = plain(made, true);
  let zipped: Form | undefined;
  return {
    ...counts,
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
