/** An answer that is known already: the server says so (304), or its body is the one that was read before. */
import { hash } from 'node:crypto';
import type { Answer } from './exchange.ts';

/** What is known of an answer from an earlier read. */
export interface Known {
  readonly etag?: string | undefined;
  /** As the server wrote it. */
  readonly lastModified?: string | undefined;
  /** Whether this is the body that was read before. @param bodyHash 64 hexadecimal digits */
  isSame(bodyHash: string): boolean;
}

/** Nothing failed and there is nothing to read. Thrown through the connector, which knows no answer without a body. */
export class NotModifiedError extends Error {
  override readonly name = 'NotModifiedError';
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** 304, or 200 with the body that was read before. */
  readonly status: number;
  constructor({ status, headers }: Answer) {
    super(status === 304 ? 'it did not change since the last read (304)' : 'it is the same as at the last read');
    this.headers = headers;
    this.status = status;
  }
}

/** RFC 9110 13.1.2 and 13.1.3: a server that knows ETags looks at the date no more. */
export function conditionsOf(known: Known | undefined): Record<string, string> {
  return {
    ...(known?.etag !== undefined && { 'if-none-match': known.etag }),
    ...(known?.lastModified !== undefined && { 'if-modified-since': known.lastModified }),
  };
}

/** @returns the error to throw instead of reading the answer, or the hash of its body; undefined when nobody asked */
export function compare(answer: Answer, known: Known | undefined): NotModifiedError | string | undefined {
  if (known === undefined) return undefined;
  const asked = known.etag !== undefined || known.lastModified !== undefined;
  if (answer.status === 304) return asked ? new NotModifiedError(answer) : undefined;
  if (answer.status !== 200) return undefined;
  const bodyHash = hash('sha256', answer.body, 'hex');
  return known.isSame(bodyHash) ? new NotModifiedError(answer) : bodyHash;
}
