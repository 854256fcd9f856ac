/** The only reader of the environment. Its settings are the rows of `settings.ts`; all faults are reported at once. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type AccountConfig, accountFaults, toAccountConfig } from './account-settings.ts';
import { ConfigError } from './errors.ts';
import type { Setting } from './setting.ts';
import { type RateLimitName, SETTINGS } from './settings.ts';
import type { BudgetOverride } from './source-limits.ts';
import { SOURCE_KEYS, SOURCE_NAMES, type SourceName } from './sources.ts';

export interface Config {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  readonly trustProxy: number;
  /** Where faults in security are told: goes into security.txt. */
  readonly securityContact: string | undefined;
  /** Whether routes of the kind 'reader' ask for an account. */
  readonly anonymousReading: boolean;
  readonly accounts: AccountConfig;
  /** A machine of one's own: nothing but loopback reaches it, and its terminal belongs to its owner. */
  readonly isLocal: boolean;
  readonly processes: { readonly api: number; readonly worker: number; readonly scheduler: number };
  readonly workerConcurrency: number;
  readonly taskLockMs: number;
  readonly shutdownTimeoutMs: number;
  /** Cron pattern, or undefined when the timetable is off. */
  readonly scanCron: string | undefined;
  readonly scanTimeZone: string;
  readonly sources: readonly SourceName[];
  readonly boardsFile: string | undefined;
  readonly contact: string;
  readonly jsearchPath: '/search' | '/search-v2';
  readonly adzunaCountries: readonly string[];
  /** Base addresses that the operator moved. */
  readonly sourceUrls: Partial<Record<SourceName, string>>;
  /** What the operator changed of the catalogue's limits. */
  readonly sourceBudgets: Partial<Record<SourceName, BudgetOverride>>;
  /** Keys of sources that are set, by setting name. */
  readonly sourceKeys: Readonly<Record<string, string>>;
  readonly adminToken: string | undefined;
  readonly metricsToken: string | undefined;
  readonly metricsPort: number | undefined;
  readonly metricsBus: string | undefined;
  readonly deployment: string;
  readonly revision: string;
  /** Requests in a minute of each person, API key or address; undefined for no limit. */
  readonly rateLimits: Readonly<Record<RateLimitName, number | undefined>>;
  /** Bytes. */
  readonly memoryLimit: number | undefined;
  readonly logLevel: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks all settings.
 * @throws ConfigError that lists every fault, never only the first.
 */
export function loadConfig(env: Env = process.env): Config {
  const faults: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(SETTINGS)) {
    const text = readSetting(env, name, setting, faults);
    if (text === undefined) continue;
    const parsed = setting.schema.safeParse(text);
    if (parsed.success) values[name] = parsed.data;
    else
      faults.push(
        `${name}${setting.secret ? '' : ` is ${JSON.stringify(text)}, it`} ${parsed.error.issues[0]?.message}`,
      );
  }
  if (values.METRICS_PORT !== undefined && values.METRICS_PORT === values.PORT)
    faults.push('METRICS_PORT is the same as PORT; give it another one, or unset it to have /metrics on PORT');
  const exposed = exposure(values.HOST as string | undefined, env);
  faults.push(...unknownSettings(env), ...exposureFaults(values, env), ...tokenFaults(values));
  faults.push(...accountFaults(values, { exposed, weakness }));
  if (faults.length > 0) throw new ConfigError(faults);
  return toConfig(values, exposed === undefined);
}

function readSetting(env: Env, name: string, setting: Setting, faults: string[]): string | undefined {
  const direct = env[name];
  const path = setting.secret ? env[`${name}_FILE`] : undefined;
  if (direct !== undefined && direct !== '' && path) {
    faults.push(`${name} and ${name}_FILE are both set; keep one`);
    return undefined;
  }
  if (path) {
    try {
      return readFileSync(path, 'utf8').trim();
    } catch {
      faults.push(`${name}_FILE is ${JSON.stringify(path)}, which cannot be read`);
      return undefined;
    }
  }
  return direct !== undefined && direct !== '' ? direct : setting.default;
}

/** A misspelt SOURCE_URL_ would otherwise read the real internet in silence, a misspelt SOURCE_BUDGET_ spend too much of it. */
function unknownSettings(env: Env): string[] {
  return Object.keys(env)
    .filter((name) => /^SOURCE_(URL|BUDGET)_/.test(name) && !Object.hasOwn(SETTINGS, name))
    .map((name) => `${name} names no source; there are: ${SOURCE_NAMES.join(', ')}`);
}

/** Secrets that people type into examples, and so does everybody who attacks. */
const WEAK = /^(changeme|change-me|admin\d*|secret|test|token|password|example|default)+$/i;

/** Why a secret is too weak to protect anything reachable, or undefined when it is good. */
export function weakness(secret: string): string | undefined {
  if (secret.length < 32)
    return `has ${secret.length} characters; it must have at least 32 (try: openssl rand -hex 32)`;
  if (WEAK.test(secret)) return 'is a word that everybody tries first; use random characters (openssl rand -hex 32)';
  if (new Set(secret).size < 10)
    return 'has fewer than 10 different characters; use random ones (openssl rand -hex 32)';
  return undefined;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** Why secrets must be set and none may be generated; undefined on a machine of one's own. */
function exposure(host: string | undefined, env: Env): string | undefined {
  if (host !== undefined && !isLoopback(host)) return `HOST is ${host}`;
  return env.NODE_ENV === 'production' ? 'NODE_ENV is production' : undefined;
}

/** What is reachable from other machines must be protected on purpose. */
function exposureFaults(values: Record<string, unknown>, env: Env): string[] {
  const host = values.HOST as string | undefined;
  if (host === undefined) return [];
  const faults: string[] = [];
  if (isLoopback(host)) {
    // Whoever says production has a place for secrets; a generated one would differ on every host.
    if (env.NODE_ENV === 'production' && values.ADMIN_TOKEN === undefined) {
      faults.push('ADMIN_TOKEN must be set when NODE_ENV is production (openssl rand -hex 32)');
    }
    return faults;
  }
  const publicUrl = values.PUBLIC_URL as string | undefined;
  if (publicUrl === undefined)
    faults.push(`PUBLIC_URL must be set when HOST is ${host}: it says which Host header is ours`);
  else if (!publicUrl.startsWith('https:') && values.I_KNOW_THIS_IS_PLAIN_HTTP !== 'yes') {
    faults.push(
      `PUBLIC_URL is ${JSON.stringify(publicUrl)}, it must be https when HOST is ${host} (or set I_KNOW_THIS_IS_PLAIN_HTTP=yes)`,
    );
  }
  if (values.ADMIN_TOKEN === undefined)
    faults.push(`ADMIN_TOKEN must be set when HOST is ${host} (openssl rand -hex 32)`);
  if (values.METRICS_TOKEN === undefined)
    faults.push(`METRICS_TOKEN must be set when HOST is ${host} (openssl rand -hex 32)`);
  if (env.TRUST_PROXY === undefined || env.TRUST_PROXY === '') {
    faults.push(`TRUST_PROXY must be set when HOST is ${host}: the number of proxies in front, 0 for none`);
  }
  return faults;
}

function tokenFaults(values: Record<string, unknown>): string[] {
  return ['ADMIN_TOKEN', 'METRICS_TOKEN'].flatMap((name) => {
    const value = values[name] as string | undefined;
    const fault = value === undefined ? undefined : weakness(value);
    return fault === undefined ? [] : [`${name} ${fault}`];
  });
}

function toConfig(v: Record<string, unknown>, isLocal: boolean): Config {
  const sourceUrls: Partial<Record<SourceName, string>> = {};
  const sourceBudgets: Partial<Record<SourceName, BudgetOverride>> = {};
  for (const name of SOURCE_NAMES) {
    const moved = v[`SOURCE_URL_${name.toUpperCase()}`] as string | undefined;
    if (moved !== undefined) sourceUrls[name] = moved.replace(/\/+$/, '');
    const budget = v[`SOURCE_BUDGET_${name.toUpperCase()}`] as BudgetOverride | undefined;
    if (budget !== undefined) sourceBudgets[name] = budget;
  }
  const sourceKeys: Record<string, string> = {};
  for (const name of SOURCE_KEYS) {
    if (typeof v[name] === 'string') sourceKeys[name] = v[name];
  }
  return {
    dataDir: resolve(v.DATA_DIR as string),
    databaseUrl: v.DATABASE_URL as string | undefined,
    redisUrl: v.REDIS_URL as string | undefined,
    host: v.HOST as string,
    port: v.PORT as number,
    publicUrl: v.PUBLIC_URL as string | undefined,
    trustProxy: v.TRUST_PROXY as number,
    securityContact: v.SECURITY_CONTACT as string | undefined,
    anonymousReading: v.ANONYMOUS_READING as boolean,
    accounts: toAccountConfig(v, isLocal),
    isLocal,
    processes: {
      api: v.API_PROCESSES as number,
      worker: v.WORKER_PROCESSES as number,
      scheduler: v.SCHEDULER_PROCESSES as number,
    },
    workerConcurrency: v.WORKER_CONCURRENCY as number,
    taskLockMs: v.TASK_LOCK_MS as number,
    shutdownTimeoutMs: v.SHUTDOWN_TIMEOUT_MS as number,
    scanCron: v.SCAN_CRON === 'off' ? undefined : (v.SCAN_CRON as string),
    scanTimeZone: v.SCAN_TIME_ZONE as string,
    sources: v.SOURCES as SourceName[],
    boardsFile: v.BOARDS_FILE as string | undefined,
    contact: v.CONTACT as string,
    jsearchPath: v.JSEARCH_PATH as '/search' | '/search-v2',
    adzunaCountries: v.ADZUNA_COUNTRIES as string[],
    sourceUrls,
    sourceBudgets,
    sourceKeys,
    adminToken: v.ADMIN_TOKEN as string | undefined,
    metricsToken: v.METRICS_TOKEN as string | undefined,
    metricsPort: v.METRICS_PORT as number | undefined,
    metricsBus: v.METRICS_BUS as string | undefined,
    deployment: v.DEPLOYMENT as string,
    revision: v.REVISION as string,
    rateLimits: v.RATE_LIMITS as Config['rateLimits'],
    memoryLimit: v.MEMORY_LIMIT_MB === undefined ? undefined : (v.MEMORY_LIMIT_MB as number) * 1024 ** 2,
    logLevel: v.LOG_LEVEL as string,
  };
}

/** The environment of this process without any of our settings, and with `more`: for a child that must not inherit them. */
export function environmentWith(more: Env, env: Env = process.env): Record<string, string> {
  const ours = (name: string) => Object.hasOwn(SETTINGS, name.replace(/_FILE$/, ''));
  const kept = Object.entries(env).filter(([name]) => !ours(name));
  return Object.fromEntries(
    [...kept, ...Object.entries(more)].filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** npm tells its scripts which one they are. */
export function startedByNpm(env: Env = process.env): boolean {
  return env.npm_lifecycle_event !== undefined;
}
