/** The header Idempotency-Key: a request that may come twice and is done once. */
import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Once } from '../shared/db/scans/once.ts';
import { Problem } from './problems.ts';

const KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * @param says everything that makes the request another one
 * @returns undefined without the header
 * @throws Problem invalid-input for a key that is empty, too long or not plain ASCII
 */
export function onceOf(req: Pick<Request, 'headers'>, owner: string, says: unknown): Once | undefined {
  const key = req.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !KEY.test(key)) {
    const detail = 'must be 1 to 200 visible ASCII characters without blanks, such as a UUID';
    throw new Problem('invalid-input', { errors: [{ in: 'header', pointer: '/Idempotency-Key', detail }] });
  }
  return { owner, key, bodyHash: createHash('sha256').update(JSON.stringify(says)).digest('hex') };
}
