/** Who may import whom. Rules are data; there is no list of exceptions. See docs/architecture.md. */
import type { SourceFile } from './imports.ts';

/** A file belongs to the first zone whose pattern fits. */
const ZONES: readonly (readonly [zone: string, pattern: RegExp])[] = [
  ['test', /\.test\.ts$|^test\/|^vitest\.config\.ts$/],
  ['supervisor', /^main\.ts$/],
  ['api', /^api\//],
  ['worker/door', /^worker\/(posting|http)\.ts$|^worker\/http\//],
  ['worker/steps', /^worker\/steps\//],
  ['worker/sources', /^worker\/sources\//],
  ['worker', /^worker\//],
  ['scheduler', /^scheduler\//],
  ['shared/metrics-bus', /^shared\/metrics-bus\//],
  ['shared', /^shared\//],
  ['cli', /^cli\//],
  ['benchmarks', /^benchmarks\//],
  ['monitoring', /^monitoring\//],
];

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  supervisor: ['shared'],
  api: ['shared'],
  'worker/door': ['shared'],
  'worker/steps': ['worker/door', 'shared'],
  'worker/sources': ['worker/door', 'worker/steps', 'shared'],
  worker: ['worker/door', 'worker/steps', 'worker/sources', 'shared'],
  scheduler: ['shared'],
  'shared/metrics-bus': [],
  shared: ['shared/metrics-bus'],
  cli: ['shared', 'worker', 'worker/door', 'worker/sources', 'worker/steps', 'benchmarks', 'monitoring', 'test'],
  benchmarks: [
    'shared',
    'shared/metrics-bus',
    'worker',
    'worker/door',
    'worker/sources',
    'worker/steps',
    'api',
    'cli',
    'test',
  ],
  monitoring: ['shared'],
};

/** Files of `shared` that a zone is held to, where it may not use all of it. */
const ONLY_OF_SHARED: Readonly<Record<string, RegExp>> = {
  // Pure as the steps are, and shared with what filters and shows.
  'worker/steps': /^shared\/pay\//,
  'worker/sources': /^shared\/(errors|sources)\.ts$/,
};

/** Where a heavy library may be imported; a second home would be a second way to do one thing. */
const HOMES: Readonly<Record<string, RegExp>> = {
  // The benchmarks measure ours against the usual way.
  express: /^(api|benchmarks)\//,
  helmet: /^api\//,
  bullmq: /^shared\/queues\//,
  ioredis: /^shared\/queues\//,
  // The benchmarks measure ours against the library itself.
  'prom-client': /^(shared\/metrics(-bus)?|benchmarks)\//,
  '@mikro-orm/core': /^(shared\/db|scheduler|benchmarks)\//,
  '@mikro-orm/postgresql': /^(shared\/db|scheduler|benchmarks)\//,
  '@mikro-orm/migrations': /^(shared\/db|benchmarks)\//,
  // better-auth brings its own tables and asks them through a Kysely and a pool of its own.
  kysely: /^(shared\/db|api\/(queries|auth)|worker\/store|scheduler)(\/|\.ts)/,
  pg: /^(shared\/(db|embedded)|api\/auth|worker\/store|benchmarks)(\/|\.ts)/,
  'better-auth': /^api\/auth\//,
  jose: /^api\/auth\//,
  undici: /^(worker\/http(\/|\.ts)|benchmarks\/)/,
  'fast-xml-parser': /^worker\/http\//,
  htmlparser2: /^worker\/sources\//,
  'node:cluster': /^(main\.ts$|shared\/(supervisor|metrics-bus)\/|benchmarks\/)/,
};

/** Modules that pure steps may not see: clock, network, files, processes. */
const IMPURE = /^(node:(fs|net|http|https|http2|dns|child_process|cluster|worker_threads|timers|os)|pg|undici)$/;

export function zoneOf(path: string): string | undefined {
  return ZONES.find(([, pattern]) => pattern.test(path))?.[0];
}

/** Every breach of the rules, as sentences. */
export function breaches(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map((f) => f.path));
  return files.flatMap((file) => [...breachesOf(file, known)]);
}

function* breachesOf(file: SourceFile, known: ReadonlySet<string>): Generator<string> {
  const zone = zoneOf(file.path);
  if (zone === undefined) {
    yield `${file.path} is in no zone: put it in a folder that the architecture names`;
    return;
  }
  if (/(^|\/)index\.ts$/.test(file.path) || /^export\s+(type\s+)?[\w$*{},\s]+\sfrom\s+['"]/m.test(file.text)) {
    yield `${file.path} re-exports: import from the file that has the thing`;
  }
  if (zone === 'test') return;
  if (/\bprocess\.env\b/.test(file.text) && file.path !== 'shared/config.ts') {
    yield `${file.path} reads process.env: only shared/config.ts may`;
  }
  for (const { target, ours } of file.imports) {
    if (!ours) {
      const home = HOMES[target];
      if (home !== undefined && !home.test(file.path))
        yield `${file.path} imports ${target}, whose home is ${home.source}`;
      if (zone === 'worker/steps' && IMPURE.test(target)) yield `${file.path} imports ${target}, but steps are pure`;
      continue;
    }
    if (target.endsWith('.json')) continue;
    if (!known.has(target)) yield `${file.path} imports ${target}, which does not exist`;
    const targetZone = zoneOf(target);
    if (targetZone === zone) continue;
    if (targetZone === undefined || !(MAY_IMPORT[zone] ?? []).includes(targetZone)) {
      // shared is open to steps and sources for the files named below only
      if (!(targetZone === 'shared' && ONLY_OF_SHARED[zone]?.test(target)))
        yield `${file.path} (${zone}) imports ${target} (${targetZone})`;
    } else if (targetZone === 'shared' && ONLY_OF_SHARED[zone]?.test(target) === false) {
      yield `${file.path} (${zone}) may not use ${target} of shared`;
    }
  }
}
