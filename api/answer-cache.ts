/** Answers to anonymous readers, kept for a second: bytes, strong ETag and, once somebody wants it, the compressed form. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Request, Response } from 'express';

export interface Made {
  readonly body: string;
  readonly type: string;
  readonly link?: string | undefined;
}

interface Kept {
  readonly body: Buffer;
  readonly type: string;
  readonly link: string | undefined;
  readonly etag: string;
  gzip?: Buffer;
}

export interface AnswerCache {
  /** Answers from what is kept for this address, or makes it; who asks meanwhile waits for the same answer. */
  answer(req: Request, res: Response, make: () => Promise<Made>): Promise<void>;
}

const KEPT_MS = 1000;
const KEPT_MAX = 500;
/** Below it the compressed form is hardly smaller. */
const GZIP_MIN_BYTES = 1024;

export function createAnswerCache(): AnswerCache {
  const kept = new Map<string, { readonly until: number; readonly answer: Promise<Kept> }>();
  const find = (address: string, make: () => Promise<Made>): Promise<Kept> => {
    const now = performance.now();
    const known = kept.get(address);
    if (known !== undefined && known.until > now) return known.answer;
    const answer = make().then(toKept);
    if (kept.size >= KEPT_MAX) kept.clear();
    kept.set(address, { until: now + KEPT_MS, answer });
    answer.catch(() => kept.delete(address));
    return answer;
  };
  return {
    async answer(req, res, make) {
      send(req, res, await find(req.originalUrl, make), true);
    },
  };
}

/** An answer that is nobody else's. */
export async function answerOnce(req: Request, res: Response, make: () => Promise<Made>): Promise<void> {
  send(req, res, toKept(await make()), false);
}

function toKept({ body, type, link }: Made): Kept {
  const bytes = Buffer.from(body);
  return { body: bytes, type, link, etag: createHash('sha1').update(bytes).digest('base64url') };
}

function send(req: Request, res: Response, kept: Kept, isShared: boolean): void {
  const { body, type, link, etag } = kept;
  if (link !== undefined) res.set('Link', link);
  res.set('Content-Type', type);
  if (isShared) res.set('Vary', 'Accept-Encoding');
  // Compressing takes several times as long as everything else here: only what is sent again is worth it.
  const zipped = isShared && body.length >= GZIP_MIN_BYTES && wantsGzip(req);
  res.set('ETag', zipped ? `"${etag}-gzip"` : `"${etag}"`);
  if (!zipped) return void res.send(body);
  kept.gzip ??= gzipSync(body);
  res.set('Content-Encoding', 'gzip').send(kept.gzip);
}

function wantsGzip(req: Request): boolean {
  const accepted = req.headers['accept-encoding'];
  return accepted !== undefined && /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/i.test(accepted);
}
