/** Requests that cannot be understood or not be answered now. */
import type { ProblemKind } from './kind.ts';

export const REQUESTS = {
  'malformed-request': {
    status: 400,
    title: 'The request cannot be read',
    about: 'The request or its body is not well formed, for example JSON that ends too early. Send it again, complete.',
  },
  'cross-site-request': {
    status: 403,
    title: 'The request comes from another site',
    about: 'A request that changes something and carries a cookie must come from a page of this site.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    about: 'The address is wrong, or what it named does not exist. The list of all addresses is in docs/api.md.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The address exists, but not for this method',
    about: 'The header Allow of the answer lists the methods that the address understands.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    about: 'A request must arrive whole within 30 seconds, its headers within 10.',
  },
  'precondition-failed': {
    status: 412,
    title: 'It was changed meanwhile',
    about:
      'The header If-Match names an older state than the one that is there. Read it again, then make the change again.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    about:
      'A body may have 64 kB, that of an import 32 MB. The member "detail" of the answer says how much it may have.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of a type that is not understood here',
    about:
      'Send the body as UTF-8 and without a Content-Encoding, with the Content-Type that the member "detail" of the answer names; the API takes application/json.',
  },
  'wrong-host': {
    status: 421,
    title: 'This server does not answer to that host name',
    about:
      'The header Host must be the host of PUBLIC_URL, or localhost with the port of this server. Behind a proxy, set PUBLIC_URL and let the proxy keep the Host header.',
  },
  'invalid-input': {
    status: 422,
    title: 'Something in the request is not as it must be',
    about: 'Each fault is listed with its place; a program finds them in the member "errors".',
  },
  'precondition-required': {
    status: 428,
    title: 'The change must say what it was made from',
    about:
      'Send the header If-Match with the ETag of what you read, so that no change of somebody else is lost unseen.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    about:
      'The header RateLimit-Policy says how many are allowed, and Retry-After when the next one is. Whoever runs this server sets RATE_LIMITS.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    about: 'All headers of a request together may have 16 kB.',
  },
  'internal-error': {
    status: 500,
    title: 'Something broke here',
    about: 'This is a fault of the server. Its log has the details under the requestId of the answer.',
  },
  'database-unavailable': {
    status: 503,
    title: 'The database does not answer',
    about: 'Try again in a moment. Whoever runs this server finds the cause with `npm run doctor`.',
  },
  'queue-unavailable': {
    status: 503,
    title: 'The queue does not answer',
    about: 'Nothing was started. Try again in a moment; `npm run doctor` finds the cause.',
  },
  'not-ready': {
    status: 503,
    title: 'The server is not ready',
    about: 'It is starting, ending, or misses the database or the queue.',
  },
  'metrics-unavailable': {
    status: 503,
    title: 'The metrics hub cannot be reached',
    about: 'It is started again by itself; the next scrape works.',
  },
} as const satisfies Record<string, ProblemKind>;
