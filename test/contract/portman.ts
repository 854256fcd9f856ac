/** Portman makes a collection of contract, variation and fuzz tests out of the document; newman runs it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from './document.ts';
import type { Known } from './known.ts';
import { withoutSecurity } from './open-document.ts';
import type { Product } from './product.ts';
import type { Section } from './report.ts';
import { run } from './tools.ts';

const TIMEOUT_MS = 120_000;

export async function portman(
  folder: string,
  file: string,
  operations: readonly Operation[],
  known: Known,
  product: Pick<Product, 'address' | 'authorization'>,
): Promise<Pick<Section, 'passed' | 'failures' | 'figures'>> {
  const files = {
    config: join(folder, 'portman.json'),
    collection: join(folder, 'collection.json'),
    results: join(folder, 'newman.json'),
  };
  writeFileSync(files.config, JSON.stringify(configOf(operations, known, product.authorization)));
  const made = [
    '--local',
    withoutSecurity(file),
    '--baseUrl',
    product.address,
    '--portmanConfigFile',
    files.config,
    '--output',
    files.collection,
  ];
  const { code, stdout, stderr } = await run('portman', made, { timeoutMs: TIMEOUT_MS, cwd: folder });
  if (code !== 0) throw new Error(`portman ended with ${code}: ${(stderr + stdout).slice(-1_500)}`);
  const asked = [
    'run',
    files.collection,
    '--reporters',
    'json',
    '--reporter-json-export',
    files.results,
    '--timeout-request',
    '15000',
  ];
  const ended = await run('newman', asked, { timeoutMs: TIMEOUT_MS, cwd: folder });
  if (ended.code !== 0 && ended.code !== 1)
    throw new Error(`newman ended with ${ended.code}: ${ended.stderr.slice(-1_000)}`);
  return foundIn(JSON.parse(readFileSync(files.results, 'utf8')) as NewmanReport);
}

/** What each operation needs so that its request finds something, and which tests are made of it. */
function configOf(operations: readonly Operation[], known: Known, authorization: string): object {
  // A stream has no end that a test could wait for, and what ends the person or the watchdog is called in the other sections.
  const reads = operations.filter(({ method, path }) => method === 'GET' && !/\/(events|metrics)$/.test(path));
  const isAnswered = ({ path }: Operation) => !/^\/api\/(auth|v1\/account)/.test(path);
  const target = ({ method, path }: Operation) => `${method}::${path}`;
  const withBody = operations.filter(
    ({ body, path }) => body?.type === 'application/json' && isAnswered({ path } as Operation),
  );
  return {
    version: 1,
    globals: {
      collectionPreRequestScripts: [
        `pm.request.headers.upsert({ key: 'Authorization', value: ${JSON.stringify(authorization)} });`,
      ],
      stripResponseExamples: true,
    },
    overwrites: operations
      .filter(({ path }) => path.includes('{'))
      .map((operation) => ({
        openApiOperation: target(operation),
        overwriteRequestPathVariables: operation.parameters
          .filter((parameter) => parameter.in === 'path')
          .map(({ name, schema }) => ({
            key: name,
            value: String(schema.enum?.[0] ?? known.pathValue(operation.path, name)),
            overwrite: true,
          })),
      })),
    tests: {
      contractTests: reads.filter(isAnswered).map((operation) => ({
        openApiOperation: target(operation),
        contentType: { enabled: true },
        schemaValidation: { enabled: true },
      })),
      variationTests: [
        ...withBody.map((operation) => refused(target(operation), 'fuzz of the body', { requestBody: [FUZZ] })),
        ...reads
          .filter((operation) => isAnswered(operation) && operation.parameters.some((p) => p.in === 'query'))
          .map((operation) => refused(target(operation), 'fuzz of the query', { requestQueryParams: [FUZZ] })),
      ],
    },
  };
}

const FUZZ = {
  requiredFields: { enabled: true },
  minimumNumberFields: { enabled: true },
  maximumNumberFields: { enabled: true },
  minLengthFields: { enabled: true },
  maxLengthFields: { enabled: true },
};

/** Whatever the fuzzer sends must be refused as the document says: never taken, never a 5xx. */
function refused(openApiOperation: string, name: string, fuzzing: object): object {
  return {
    openApiOperation,
    openApiResponse: '422',
    variations: [{ name, fuzzing: [fuzzing], tests: { extendTests: [{ openApiOperation, tests: [NO_5XX] }] } }],
  };
}

const NO_5XX = "pm.test('is no fault of the server', () => pm.expect(pm.response.code).to.be.within(200, 499));";

interface NewmanReport {
  readonly run: {
    readonly stats: { readonly requests: { readonly total: number }; readonly assertions: { readonly total: number } };
    readonly executions: readonly {
      readonly item: { readonly name: string };
      readonly request?: { readonly method: string; readonly url: { readonly path?: readonly string[] } };
      readonly response?: { readonly code: number };
      readonly requestError?: { readonly message?: string };
      readonly assertions?: readonly { readonly assertion: string; readonly error?: { readonly message: string } }[];
    }[];
  };
}

function foundIn({ run: { executions, stats } }: NewmanReport): Pick<Section, 'passed' | 'failures' | 'figures'> {
  const failures = executions.flatMap(({ item, request, response, requestError, assertions }) => {
    const what = `${request?.method} /${request?.url.path?.join('/')} "${item.name}" → ${response?.code ?? requestError?.message}`;
    const broken = response === undefined || response.code >= 500 ? [what] : [];
    const wrong = (assertions ?? []).filter(({ error }) => error !== undefined);
    return [
      ...broken,
      ...wrong.map(({ assertion, error }) => `${what}: ${assertion}: ${error?.message.slice(0, 400)}`),
    ];
  });
  const { requests, assertions } = stats;
  return {
    passed: Math.max(0, requests.total + assertions.total - failures.length),
    failures,
    figures: { requests: requests.total, assertions: assertions.total },
  };
}
