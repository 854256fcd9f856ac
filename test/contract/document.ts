/** The parts of an OpenAPI document that the contract test looks at. */

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly name: string;
  readonly required?: boolean;
  readonly schema: Schema;
  readonly example?: unknown;
}

export interface Operation {
  readonly method: string;
  /** `/api/v1/jobs/{id}` */
  readonly path: string;
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly security: readonly object[];
  readonly body:
    | { readonly type: string; readonly schema: Schema; readonly example?: unknown; readonly required: boolean }
    | undefined;
  readonly responses: Readonly<Record<string, object>>;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, RawOperation>>>>;
}

interface RawOperation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly object[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
  };
  readonly responses: Readonly<Record<string, object>>;
}

export function operationsOf(document: unknown): Operation[] {
  return Object.entries((document as Document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, raw]) => {
      const [content] = Object.entries(raw.requestBody?.content ?? {});
      return {
        method: method.toUpperCase(),
        path,
        operationId: raw.operationId,
        parameters: raw.parameters ?? [],
        security: raw.security ?? [],
        responses: raw.responses,
        body: content && { type: content[0], ...content[1], required: raw.requestBody?.required ?? false },
      };
    }),
  );
}

/** A value that fits; what a schema cannot say (that it must exist) is for `known.ts`. */
export function sampleOf(schema: Schema, name = ''): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.default !== undefined) return schema.default;
  const [choice] = schema.anyOf ?? schema.oneOf ?? [];
  if (choice !== undefined) return sampleOf(choice, name);
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  if (type === 'object') {
    const required = (schema.required ?? []).flatMap((key) => {
      const part = schema.properties?.[key];
      return part === undefined ? [] : [[key, sampleOf(part, key)] as const];
    });
    return Object.fromEntries(required);
  }
  if (type === 'array') return schema.items === undefined ? [] : [sampleOf(schema.items, name)];
  if (type === 'integer' || type === 'number') return Math.max(1, schema.minimum ?? 1);
  if (type === 'boolean') return true;
  return textFor(schema);
}

function textFor({ format, minLength = 1 }: Schema): string {
  if (format === 'uuid') return '018f0000-0000-7000-8000-000000000000';
  if (format === 'date-time') return '2026-11-01T08:00:00Z';
  if (format === 'date') return '2026-11-01';
  if (format === 'uri') return 'https://boards.example.org/acme';
  if (format === 'email') return 'somebody@example.org';
  return 'text'.padEnd(minLength, 'x');
}
