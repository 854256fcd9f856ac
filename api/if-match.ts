/** Changes that are made from something that was read: they say from what, so that nobody undoes what they have not seen. */
import type { Request } from 'express';
import { Problem } from './problems.ts';

/** The strong ETag of a row's version, or of anything that changes when the thing does. */
export function etagOf(version: string | number): string {
  return `"${version}"`;
}

/**
 * @param current ETag of what is there now
 * @throws Problem precondition-required without If-Match, precondition-failed when it names something else
 */
export function requireMatch(req: Pick<Request, 'headers'>, current: string): void {
  const given = req.headers['if-match'];
  if (given === undefined) throw new Problem('precondition-required', { headers: { ETag: current } });
  const tags = given.split(',').map((tag) => tag.trim());
  // A weak tag never matches here (RFC 9110, 13.1.1): it does not say that the bytes are the same.
  if (tags.includes('*') || tags.includes(current)) return;
  throw new Problem('precondition-failed', { detail: `It is ${current} now.`, headers: { ETag: current } });
}
