/** Every setting is one row: what it means, its default, what it may be. docs/configuration.md lists them, and a test holds it to that. */
import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { ACCOUNT_SETTINGS } from './account-settings.ts';
import { parseAddress } from './metrics-bus/address.ts';
import type { Setting } from './setting.ts';
import { parseOverride } from './source-limits.ts';
import { isSourceName, SOURCE_NAMES, type SourceName, sourceInfo } from './sources.ts';

export type RateLimitName = 'read' | 'write' | 'scan';

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be a whole number from ${min} to ${max}`);

const url = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  });

const yesOrNo = z.enum(['true', 'false'], { message: 'must be true or false' }).transform((text) => text === 'true');

const cron = z.string().refine(
  (text) => {
    if (text === 'off') return true;
    try {
      CronExpressionParser.parse(text);
      return text.trim().split(/\s+/).length >= 5;
    } catch {
      return false;
    }
  },
  { message: 'must be a cron pattern of five or six fields ("0 */6 * * *"), or "off"' },
);

const timeZone = z.string().refine(
  (text) => {
    try {
      new Intl.DateTimeFormat('en', { timeZone: text });
      return true;
    } catch {
      return false;
    }
  },
  { message: 'must be a time zone name such as "UTC" or "Europe/Berlin"' },
);

const sourceList = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  )
  .refine((names) => names.length > 0 && names.every(isSourceName), {
    message: `must be names of sources, separated by commas; there are: ${SOURCE_NAMES.join(', ')}`,
  })
  .transform((names) => [...new Set(names)] as SourceName[]);

/** Becomes a label of a metric, so it stays short and plain. */
const labelText = z
  .string()
  .regex(/^[\w.:/@+-]{1,64}$/, 'must be 1 to 64 letters, digits or any of _ . : / @ + - without blanks');

const rateLimits = z.string().transform((text, faults) => {
  const limits: Record<RateLimitName, number | undefined> = { read: 1200, write: 120, scan: 30 };
  if (text === 'off') return { read: undefined, write: undefined, scan: undefined };
  for (const part of text.split(',')) {
    const [, name, count] = /^\s*(read|write|scan):(off|[1-9]\d{0,6})\s*$/.exec(part) ?? [];
    if (name === undefined || count === undefined) {
      faults.addIssue({ code: 'custom', message: 'must be "off", or such as "read:1200,write:120,scan:30"' });
      return z.NEVER;
    }
    limits[name as RateLimitName] = count === 'off' ? undefined : Number(count);
  }
  return limits;
});

const baseUrlSettings = Object.fromEntries(
  SOURCE_NAMES.map((name) => [
    `SOURCE_URL_${name.toUpperCase()}`,
    {
      about: `Moves the base address of ${name} (a proxy, a test server)${tokenGoes(name)}. Private addresses are allowed here.`,
      default: undefined,
      schema: url('http:', 'https:'),
    } satisfies Setting,
  ]),
);

const budgetSettings = Object.fromEntries(
  SOURCE_NAMES.map((name) => [
    `SOURCE_BUDGET_${name.toUpperCase()}`,
    {
      about: `What ${name} may be asked, where it differs from the catalogue, such as "day:250,month:2500,pace:2,calls:4" ("off" lifts a limit).`,
      default: undefined,
      schema: z.string().transform((text, faults) => {
        try {
          return parseOverride(text);
        } catch (error) {
          faults.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
          return z.NEVER;
        }
      }),
    } satisfies Setting,
  ]),
);

/** A source with a host for each employer cannot have one when it is moved. */
function tokenGoes(name: SourceName): string {
  return sourceInfo(name).baseUrl.includes('{token}') ? "; the board's name follows it as a part of the path" : '';
}

export const SETTINGS: Readonly<Record<string, Setting>> = {
  DATA_DIR: {
    about: 'Folder of everything that this machine keeps: embedded database, generated secrets.',
    default: '.data',
    schema: z.string(),
  },
  DATABASE_URL: {
    about: 'PostgreSQL 18 or newer. Unset: the PostgreSQL 18 that comes with `npm ci` is started in DATA_DIR.',
    default: undefined,
    schema: url('postgres:', 'postgresql:'),
    secret: true,
  },
  REDIS_URL: {
    about: 'Redis 6.2 or newer for the queue. Unset: the queue lives in PostgreSQL.',
    default: undefined,
    schema: url('redis:', 'rediss:'),
    secret: true,
  },
  HOST: {
    about: 'Address to listen on. Anything but loopback needs PUBLIC_URL, SECRET_KEY, ADMIN_TOKEN and METRICS_TOKEN.',
    default: '127.0.0.1',
    schema: z.string().refine((text) => isIP(text) !== 0 || text === 'localhost', 'must be an IP address or localhost'),
  },
  PORT: { about: 'Port of the page, the API and /metrics.', default: '5000', schema: whole(1, 65_535) },
  PUBLIC_URL: {
    about: 'Address under which people reach the page; its host is the only one that is answered besides loopback.',
    default: undefined,
    schema: url('http:', 'https:'),
  },
  TRUST_PROXY: {
    about: 'Number of proxies in front whose X-Forwarded-For is believed.',
    default: '0',
    schema: whole(0, 10),
  },
  SECURITY_CONTACT: {
    about: 'Where faults in the security of this installation are told: a mailto: or https: address, for security.txt.',
    default: undefined,
    schema: url('mailto:', 'https:'),
  },
  I_KNOW_THIS_IS_PLAIN_HTTP: {
    about: 'Set to "yes" to listen beyond loopback with a PUBLIC_URL that is not https. Tokens then travel in clear.',
    default: undefined,
    schema: z.literal('yes', { message: 'must be "yes" or unset' }),
  },
  ANONYMOUS_READING: {
    about: 'Whether jobs, scans, sources and boards may be read without an account: true or false.',
    default: 'true',
    schema: yesOrNo,
  },
  ...ACCOUNT_SETTINGS,
  API_PROCESSES: { about: 'How many api processes.', default: '1', schema: whole(1, 64) },
  WORKER_PROCESSES: { about: 'How many worker processes.', default: '2', schema: whole(1, 64) },
  SCHEDULER_PROCESSES: {
    about: 'How many scheduler processes; one leads, the others stand by.',
    default: '1',
    schema: whole(1, 8),
  },
  WORKER_CONCURRENCY: { about: 'Units that one worker process reads at once.', default: '4', schema: whole(1, 64) },
  TASK_LOCK_MS: {
    about: 'How long a worker may be silent before its unit is given to another one, in milliseconds.',
    default: '30000',
    schema: whole(1_000, 600_000),
  },
  SHUTDOWN_TIMEOUT_MS: {
    about: 'How long a process may take to finish its work after the first signal, in milliseconds.',
    default: '20000',
    schema: whole(100, 600_000),
  },
  SCAN_CRON: {
    about: 'When the timetable reads the boards that are due: a cron pattern, or "off".',
    default: '*/10 * * * *',
    schema: cron,
  },
  SCAN_TIME_ZONE: { about: 'Time zone in which SCAN_CRON is read.', default: 'UTC', schema: timeZone },
  SOURCES: {
    about: 'Sources that a scan reads, separated by commas.',
    default: SOURCE_NAMES.join(','),
    schema: sourceList,
  },
  BOARDS_FILE: {
    about:
      "Path of a JSON list of employers' boards that are added at start; unset: the list that ships with the project.",
    default: undefined,
    schema: z.string().refine((path) => existsSync(path), 'must be the path of a file that exists'),
  },
  CONTACT: {
    about: 'Web or mail address that goes into the User-Agent, so that a source can reach whoever runs this.',
    default: 'https://github.com/iam-job-scout/iam-job-scout',
    schema: z.string().regex(/^[\x21-\x7e]{3,200}$/, 'must be a web or mail address without blanks'),
  },
  JSEARCH_API_KEY: { about: 'Key of JSearch (RapidAPI).', default: undefined, schema: z.string().min(1), secret: true },
  JSEARCH_PATH: {
    about: 'Path that the JSearch account may call; some accounts have only /search-v2.',
    default: '/search',
    schema: z.enum(['/search', '/search-v2'], { message: 'must be /search or /search-v2' }),
  },
  ADZUNA_APP_ID: { about: 'Application id of Adzuna.', default: undefined, schema: z.string().min(1), secret: true },
  ADZUNA_APP_KEY: { about: 'Application key of Adzuna.', default: undefined, schema: z.string().min(1), secret: true },
  ADZUNA_COUNTRIES: {
    about: 'Countries that Adzuna is asked for, two letters each, separated by commas.',
    default: 'us',
    schema: z
      .string()
      .regex(/^[a-z]{2}(,[a-z]{2})*$/, 'must be two-letter country codes in lower case, separated by commas')
      .transform((text) => text.split(',')),
  },
  THEMUSE_API_KEY: {
    about: 'Key of The Muse, which it can do without: it may then be asked 3,600 times an hour instead of 500.',
    default: undefined,
    schema: z.string().min(1),
    secret: true,
  },
  USAJOBS_API_KEY: { about: 'Key of USAJOBS.', default: undefined, schema: z.string().min(1), secret: true },
  USAJOBS_EMAIL: {
    about: 'E-mail address that the key of USAJOBS was given to; USAJOBS wants it as the User-Agent.',
    default: undefined,
    schema: z.string().regex(/^[\x21-\x7e]+@[\x21-\x7e]+$/, 'must be an e-mail address'),
    secret: true,
  },
  REED_API_KEY: { about: 'Key of Reed.', default: undefined, schema: z.string().min(1), secret: true },
  FINDWORK_API_KEY: { about: 'Key of Findwork.', default: undefined, schema: z.string().min(1), secret: true },
  JOOBLE_API_KEY: { about: 'Key of Jooble.', default: undefined, schema: z.string().min(1), secret: true },
  ...baseUrlSettings,
  ...budgetSettings,
  ADMIN_TOKEN: {
    about: 'Secret for X-Admin-Token. Unset on loopback: one is generated into DATA_DIR.',
    default: undefined,
    schema: z.string(),
    secret: true,
  },
  METRICS_TOKEN: {
    about: 'Secret that /metrics asks for as a bearer token. Unset: only this machine may read /metrics.',
    default: undefined,
    schema: z.string(),
    secret: true,
  },
  METRICS_PORT: {
    about: 'Gives /metrics a port of its own (on HOST), instead of PORT.',
    default: undefined,
    schema: whole(1, 65_535),
  },
  DEPLOYMENT: {
    about: 'Name of this installation, such as production; shown in iam_build_info.',
    default: 'local',
    schema: labelText,
  },
  REVISION: {
    about: 'Commit that this code was built from; shown in iam_build_info.',
    default: 'unknown',
    schema: labelText,
  },
  METRICS_BUS: {
    about:
      'Where the processes of this host report their numbers. The supervisor sets it for the roles that it starts.',
    default: undefined,
    schema: z
      .string()
      .refine((text) => parseAddress(text) !== undefined, 'must be the address that the supervisor made'),
    secret: true,
  },
  RATE_LIMITS: {
    about:
      'Requests that each person, API key or address may send in a minute: read (GET), write, and scan (asking for scans); "off" for no limit, a kind that is not named has its default.',
    default: 'read:1200,write:120,scan:30',
    schema: rateLimits,
  },
  MEMORY_LIMIT_MB: {
    about:
      'Memory that each process should stay below, in MiB, where that is less than the container or the machine has; HighMemoryUsage compares with it.',
    default: undefined,
    schema: whole(16, 1_048_576),
  },
  LOG_LEVEL: {
    about: 'How much is logged: error, warn, info or debug.',
    default: 'warn',
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      message: 'must be one of error, warn, info, debug',
    }),
  },
};
