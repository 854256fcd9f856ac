/**
 * How large anything in a request or an answer can be that its own schema does not bound. Requests: the limits of the server
 * (64 kB of body, 16 kB of headers and address). Answers: no column holds more, and tests hold every answer to it.
 */
import type { ZodOpenApiOverride } from 'zod-openapi';

export const BOUNDS = {
  input: { text: 65_536, items: 32_768 },
  output: { text: 2_000_000, items: 20_000 },
} as const;

export const bounded: ZodOpenApiOverride = ({ jsonSchema, io }) => {
  const { text, items } = BOUNDS[io];
  if (jsonSchema.type === 'string' && jsonSchema.enum === undefined && jsonSchema.const === undefined)
    boundText(jsonSchema, text);
  if (jsonSchema.type === 'array') jsonSchema.maxItems ??= items;
  if (jsonSchema.type === 'integer') {
    jsonSchema.format ??= 'int64';
    if (jsonSchema.exclusiveMinimum === undefined) jsonSchema.minimum ??= Number.MIN_SAFE_INTEGER;
    if (jsonSchema.exclusiveMaximum === undefined) jsonSchema.maximum ??= Number.MAX_SAFE_INTEGER;
  }
};

function boundText(schema: Parameters<ZodOpenApiOverride>[0]['jsonSchema'], text: number): void {
  schema.maxLength ??= MAX_BY_FORMAT[String(schema.format)] ?? text;
  if (schema.format === undefined && schema.pattern === undefined) schema.pattern = NO_NUL;
}

/** PostgreSQL's text has no NUL: none comes out, and api/pipeline.ts lets none in. */
const NO_NUL = '^[^\\x00]*$';

const MAX_BY_FORMAT: Readonly<Record<string, number>> = {
  uuid: 36,
  'date-time': 40,
  date: 10,
  email: 320,
  uri: 8_192,
};
