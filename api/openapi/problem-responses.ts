/** Refusals as the document describes them: one response for each status, with the kinds that have it. */
import { PROBLEM_SLUGS, PROBLEMS, problemKind } from '../problems.ts';
import { headersOf } from './response-headers.ts';

/** RFC 9457, with what every refusal here has. Further members say more about one kind. */
export function problemSchema() {
  return {
    type: 'object',
    title: 'Problem',
    description: 'Why a request was refused (RFC 9457). The address in "type" is a page that says what to do.',
    required: ['type', 'title', 'status'],
    properties: {
      type: {
        type: 'string',
        maxLength: 100,
        format: 'uri-reference',
        description: 'Kind of the problem, and its page.',
      },
      title: { type: 'string', maxLength: 200, pattern: '^\\S' },
      status: { type: 'integer', format: 'int32', minimum: 400, maximum: 599 },
      detail: { type: 'string', maxLength: 10_000, pattern: '^\\S', description: 'What happened, with its values.' },
      requestId: { type: 'string', maxLength: 36, format: 'uuid', description: 'The same as the header X-Request-Id.' },
      errors: {
        type: 'array',
        maxItems: 20,
        description: 'Faults of the request, one by one.',
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['in', 'pointer', 'detail'],
          properties: {
            in: { type: 'string', enum: ['query', 'body', 'header'] },
            pointer: {
              type: 'string',
              maxLength: 10_000,
              pattern: '^(/.*)?$',
              description: 'JSON Pointer (RFC 6901) into that part of the request.',
            },
            detail: { type: 'string', maxLength: 10_000, pattern: '^\\S' },
          },
        },
      },
    },
  };
}

const schema = { $ref: '#/components/schemas/Problem' };

/** `components.responses`: one for each status that a kind of problem has. */
export function problemResponses(): Record<string, object> {
  const statuses = [...new Set(PROBLEM_SLUGS.map((slug) => problemKind(slug).status))].sort((a, b) => a - b);
  return Object.fromEntries(statuses.map((status) => [problemName(status), problemResponse(status)]));
}

export function problemName(status: number): string {
  return `Problem${status}`;
}

function problemResponse(status: number): object {
  const kinds = PROBLEM_SLUGS.filter((slug) => PROBLEMS[slug].status === status);
  return {
    description: kinds.map((slug) => `${PROBLEMS[slug].title} (/problems/${slug}).`).join(' '),
    headers: headersOf(status, []),
    content: {
      'application/problem+json': {
        schema,
        examples: Object.fromEntries(kinds.map((slug) => [slug, { value: exampleOf(slug) }])),
      },
    },
  };
}

function exampleOf(slug: (typeof PROBLEM_SLUGS)[number]): object {
  const { title, status } = PROBLEMS[slug];
  const requestId = '7d1c9a52-0f0e-4c1b-9a80-5f6d3f0f4c11';
  const errors =
    slug === 'invalid-input' ? { errors: [{ in: 'query', pointer: '/limit', detail: 'must be at most 100' }] } : {};
  return { type: `/problems/${slug}`, title, status, ...errors, requestId };
}
