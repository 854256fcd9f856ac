/** Headers that the document describes: those of every answer, those of some, and those that a request may carry. */
import type { RequestHeader, ResponseHeader } from '../route.ts';

interface HeaderDoc {
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example?: string | number;
}

const text = (maxLength: number, more: object = {}) => ({ type: 'string', maxLength, ...more });

/** On every answer, where the answer has a use for it. */
export const COMMON_HEADERS = {
  'X-Request-Id': {
    description: 'Names the request in the log of the server.',
    schema: text(36, { format: 'uuid' }),
    example: '7d1c9a52-0f0e-4c1b-9a80-5f6d3f0f4c11',
  },
  RateLimit: {
    description:
      'What is left of the allowance: r requests within the next t seconds. Missing where nothing is counted.',
    schema: text(100, { pattern: '^"[a-z]+"; ?r=\\d+; ?t=\\d+$' }),
    example: '"read"; r=599; t=60',
  },
  'RateLimit-Policy': {
    description: 'The allowance itself: q requests in w seconds, for each person, API key or address.',
    schema: text(100, { pattern: '^"[a-z]+"; ?q=\\d+; ?w=\\d+$' }),
    example: '"read"; q=600; w=60',
  },
  'Access-Control-Allow-Origin': {
    description: 'Never sent: no page of another site may read an answer.',
    schema: text(0, { pattern: '^$' }),
  },
} as const satisfies Record<string, HeaderDoc>;

/** Of an answer whose body can be kept and asked for again. */
export const ETAG: HeaderDoc = {
  description:
    'Names exactly this body. If-None-Match with it gives 304 while nothing changed. Of a 412 and a 428 it is what If-Match has to say.',
  schema: text(100, { pattern: '^"[^"]*"$' }),
  example: '"2f-k2l0DR8dXy1wVvYyqXk3Tg5jJpQ"',
};

export const RESPONSE_HEADERS: Readonly<Record<ResponseHeader, HeaderDoc>> = {
  Link: {
    description: 'Leads to the next page (rel="next"); missing on the last one.',
    schema: text(4_000, { pattern: '^<[^>]+>; rel="[a-z]+"$' }),
    example: '</api/v1/jobs?limit=20&cursor=WyIyMDI2In0>; rel="next"',
  },
  Location: {
    description: 'Where the thing is that was made or asked for.',
    schema: text(2_000, { format: 'uri-reference' }),
    example: '/api/v1/scans/018f0000-0000-7000-8000-000000000000',
  },
  'Retry-After': {
    description: 'Seconds to wait before asking again.',
    schema: { type: 'integer', format: 'int32', minimum: 0, maximum: 2_147_483_647 },
    example: 30,
  },
  'Idempotency-Replayed': {
    description:
      'true: this is the answer to an earlier request with the same Idempotency-Key; nothing was done again.',
    schema: { type: 'string', enum: ['true'] },
  },
  'Content-Disposition': {
    description: 'Name of the file.',
    schema: text(500, { pattern: '^attachment' }),
    example: 'attachment; filename="jobs.csv"',
  },
  'WWW-Authenticate': { description: 'How to say who asks.', schema: text(200, { pattern: '^[A-Za-z-]+' }) },
  'Set-Cookie': { description: 'The session.', schema: text(4_000, { pattern: '^[^=]+=' }) },
};

export const REQUEST_HEADERS: Readonly<Record<RequestHeader, HeaderDoc & { readonly required: boolean }>> = {
  'Idempotency-Key': {
    description:
      'Any name of this request, such as a UUID. Sent again within 24 hours it gives the first answer and does nothing twice; with another body it is refused.',
    schema: text(200, { minLength: 1, pattern: '^[\\x21-\\x7e]+$' }),
    example: '0b8e2f1c-6f1d-4a57-9a43-1df4c7a3f1f0',
    required: false,
  },
  'If-Match': {
    description:
      'ETag of what the change was made from, or several of which one must still hold, or * for any. Needed for what would overwrite something (428 without it), so that nobody undoes a change that they have not seen.',
    schema: text(1_000, { pattern: '^(\\*|"[^"]*"( *, *"[^"]*")*)$' }),
    example: '"3.5f6d3f0f4c11"',
    required: false,
  },
  'Last-Event-ID': {
    description: 'Id of the last event that was seen; what came after it is sent. Browsers send it by themselves.',
    schema: text(100, { pattern: '^[\\x20-\\x7e]*$' }),
    example: '12-4f1d2a9c3b7e8d60',
    required: false,
  },
};
