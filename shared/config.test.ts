import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { environmentWith, isLoopback, loadConfig, weakness } from './config.ts';
import { ConfigError } from './errors.ts';
import { SETTINGS } from './settings.ts';
import { SOURCE_KEYS, SOURCE_NAMES } from './sources.ts';

const STRONG = '4f1c0e8b9a7d6352e1f0c4b8a9d7e6f5';
const folder = mkdtempSync(join(tmpdir(), 'jobscout-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

describe('settings', () => {
  test('are all optional: an empty environment is one’s own machine', () => {
    const config = loadConfig({});
    expect(config).toMatchObject({
      dataDir: resolve('.data'),
      databaseUrl: undefined,
      redisUrl: undefined,
      host: '127.0.0.1',
      port: 5000,
      processes: { api: 1, worker: 2, scheduler: 1 },
      scanCron: '*/10 * * * *',
      scanTimeZone: 'UTC',
      sources: SOURCE_NAMES,
      sourceUrls: {},
      sourceBudgets: {},
      sourceKeys: {},
      adminToken: undefined,
      metricsPort: undefined,
    });
  });

  test('that are empty count as unset', () => {
    expect(loadConfig(Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '']))).port).toBe(5000);
  });

  test('that are wrong are all named at once, each with what it may be', () => {
    const faults = faultsOf({ PORT: '70000', API_PROCESSES: 'two', SCAN_TIME_ZONE: 'Mars/Base', LOG_LEVEL: 'loud' });
    expect(faults).toEqual([
      'PORT is "70000", it must be a whole number from 1 to 65535',
      'API_PROCESSES is "two", it must be a whole number from 1 to 64',
      'SCAN_TIME_ZONE is "Mars/Base", it must be a time zone name such as "UTC" or "Europe/Berlin"',
      'LOG_LEVEL is "loud", it must be one of error, warn, info, debug',
    ]);
  });

  test.each([
    ['PORT', '0'],
    ['PORT', '-1'],
    ['PORT', '5000.5'],
    ['PORT', '1e3'],
    ['PORT', ' 5000'],
    ['HOST', 'example.org'],
    ['DATABASE_URL', 'localhost:5432'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['REDIS_URL', 'http://localhost'],
    ['SCAN_CRON', '* * * *'],
    ['SCAN_CRON', '61 * * * *'],
    ['SOURCES', 'lever,monster'],
    ['SOURCES', ' , '],
    ['ADZUNA_COUNTRIES', 'US'],
    ['ADZUNA_COUNTRIES', 'us;de'],
    ['JSEARCH_PATH', '/search/'],
    ['CONTACT', 'me at home'],
    ['CONTACT', 'a\r\nX-Evil: 1'],
    ['BOARDS_FILE', '/no/such/file.json'],
    ['TRUST_PROXY', 'true'],
    ['SHUTDOWN_TIMEOUT_MS', '99'],
    ['SOURCE_URL_LEVER', 'ftp://x'],
    ['SOURCE_BUDGET_LEVER', 'day:-1'],
    ['SOURCE_BUDGET_LEVER', 'fortnight:9'],
    ['SOURCE_BUDGET_LEVER', 'day:1.5'],
    ['SOURCE_BUDGET_LEVER', 'day:1,day:2'],
    ['I_KNOW_THIS_IS_PLAIN_HTTP', 'true'],
  ])('refuse %s=%j', (name, value) => {
    const faults = faultsOf({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(name);
  });

  test('of addresses of sources that do not exist are refused, a misspelling would read the real internet', () => {
    expect(faultsOf({ SOURCE_URL_LEVR: 'http://127.0.0.1:1' })).toEqual([
      `SOURCE_URL_LEVR names no source; there are: ${SOURCE_NAMES.join(', ')}`,
    ]);
  });

  test('that give one port to two servers are refused', () => {
    expect(() => loadConfig({ PORT: '5001', METRICS_PORT: '5001' })).toThrow(/METRICS_PORT is the same as PORT/);
    expect(loadConfig({ PORT: '5001', METRICS_PORT: '5002' }).metricsPort).toBe(5002);
  });

  test('may switch the timetable off, move a source and name sources twice', () => {
    const config = loadConfig({
      SCAN_CRON: 'off',
      SOURCE_URL_LEVER: 'http://127.0.0.1:99/x//',
      SOURCES: 'lever, lever',
    });
    expect(config.scanCron).toBeUndefined();
    expect(config.sourceUrls).toEqual({ lever: 'http://127.0.0.1:99/x' });
    expect(config.sources).toEqual(['lever']);
  });
});

describe('secrets', () => {
  test('never appear in what is said about them', () => {
    const secrets = Object.entries(SETTINGS).filter(([, setting]) => setting.secret === true);
    expect(secrets.length).toBeGreaterThan(5);
    const env = Object.fromEntries(secrets.map(([name]) => [name, 'hush-hush']));
    expect(faultsOf(env).join('\n')).not.toContain('hush');
    expect(faultsOf(env).join('\n')).toContain('ADMIN_TOKEN');
  });

  test('are all keys of sources, and each one reaches those who read with it', () => {
    for (const name of SOURCE_KEYS) expect(SETTINGS[name], name).toMatchObject({ secret: true, default: undefined });
    const env = Object.fromEntries(
      SOURCE_KEYS.map((name) => [name, name.endsWith('_EMAIL') ? 'me@example.org' : name]),
    );
    expect(loadConfig(env).sourceKeys).toEqual(env);
    expect(Object.keys(env).length).toBeGreaterThan(2);
  });

  test('can be read from a file, whose last line break does not count', () => {
    const path = join(folder, 'token');
    writeFileSync(path, `${STRONG}\n`);
    expect(loadConfig({ ADMIN_TOKEN_FILE: path }).adminToken).toBe(STRONG);
  });

  test('that are given twice, or in a file that cannot be read, are refused', () => {
    expect(faultsOf({ ADMIN_TOKEN: STRONG, ADMIN_TOKEN_FILE: '/x' })).toEqual([
      'ADMIN_TOKEN and ADMIN_TOKEN_FILE are both set; keep one',
    ]);
    expect(faultsOf({ METRICS_TOKEN_FILE: '/no/such/file' })).toEqual([
      'METRICS_TOKEN_FILE is "/no/such/file", which cannot be read',
    ]);
  });

  test.each([
    ['short', 'abc123', /6 characters/],
    ['a word that everybody tries', 'adminadminadminadminadminadminadmin', /everybody tries first/],
    ['one letter repeated', 'a'.repeat(64), /fewer than 10 different characters/],
  ])('that are weak (%s) are refused', (_how, secret, why) => {
    expect(weakness(secret)).toMatch(why);
    expect(faultsOf({ ADMIN_TOKEN: secret })[0]).toMatch(why);
  });
});

describe('listening beyond loopback', () => {
  const COMPLETE = {
    HOST: '0.0.0.0',
    PUBLIC_URL: 'https://jobs.example.org',
    ADMIN_TOKEN: STRONG,
    METRICS_TOKEN: `${STRONG}m`,
    SECRET_KEY: `${STRONG}s`,
    TRUST_PROXY: '1',
  };

  test('is possible with everything that protects it', () => {
    expect(loadConfig(COMPLETE).host).toBe('0.0.0.0');
    expect(loadConfig({ ...COMPLETE, TRUST_PROXY: '0' }).trustProxy).toBe(0);
  });

  test.each(['PUBLIC_URL', 'ADMIN_TOKEN', 'METRICS_TOKEN', 'SECRET_KEY', 'TRUST_PROXY'] as const)(
    'is refused without %s',
    (name) => {
      const { [name]: _left, ...rest } = COMPLETE;
      const faults = faultsOf(rest);
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatch(new RegExp(`^${name} must be set when HOST is 0\\.0\\.0\\.0`));
    },
  );

  test.each(['0.0.0.0', '::', '192.168.1.5', 'fe80::1'])('names all that is missing at once on %s', (host) => {
    expect(faultsOf({ HOST: host })).toHaveLength(5);
  });

  test('is not needed to be held to secrets: production is, on any address', () => {
    expect(faultsOf({ NODE_ENV: 'production' })).toEqual([
      'ADMIN_TOKEN must be set when NODE_ENV is production (openssl rand -hex 32)',
      'SECRET_KEY must be set when NODE_ENV is production (openssl rand -hex 32)',
    ]);
    expect(faultsOf({ NODE_ENV: 'production', ADMIN_TOKEN: STRONG, SECRET_KEY: `${STRONG}s` })).toEqual([]);
  });

  test('is refused with an address that is not https, unless somebody insists', () => {
    const plain = { ...COMPLETE, PUBLIC_URL: 'http://jobs.example.org' };
    expect(faultsOf(plain)[0]).toContain('must be https');
    expect(faultsOf({ ...plain, I_KNOW_THIS_IS_PLAIN_HTTP: 'yes' })).toEqual([]);
  });

  test.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['10.0.0.1', false],
  ])('knows that %s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
    expect(faultsOf({ HOST: host }).length === 0).toBe(expected);
  });
});

describe('accounts', () => {
  test.each([
    [{ SECRET_KEY: 'short' }, /^SECRET_KEY has 5 characters/],
    [{ SECRET_KEY: STRONG, SECRET_KEY_PREVIOUS: 'a'.repeat(64) }, /^SECRET_KEY_PREVIOUS has fewer than 10/],
    [{ SECRET_KEY: STRONG, SECRET_KEY_PREVIOUS: STRONG }, /^SECRET_KEY_PREVIOUS is the same/],
    [{ SECRET_KEY_PREVIOUS: STRONG }, /^SECRET_KEY_PREVIOUS is set without SECRET_KEY/],
    [{ OIDC_ISSUER: 'http://idp.example.org', OIDC_CLIENT_ID: 'scout' }, /^OIDC_ISSUER is .* must be an https URL/],
    [{ OIDC_ISSUER: 'https://idp.example.org/?tenant=1', OIDC_CLIENT_ID: 'scout' }, /without query/],
    [{ OIDC_ISSUER: 'https://idp.example.org' }, /^OIDC_ISSUER and OIDC_CLIENT_ID belong together/],
    [{ OIDC_CLIENT_SECRET: 'secret' }, /^OIDC_CLIENT_SECRET means nothing without OIDC_ISSUER/],
    [{ REGISTRATION: 'open' }, /needs SMTP_URL or OIDC_ISSUER/],
    [{ REGISTRATION: 'everybody' }, /must be "invite" or "open"/],
    [{ SMTP_URL: 'https://mail.example.org' }, /^SMTP_URL must be a URL that starts with smtp/],
    [{ ANONYMOUS_READING: 'yes' }, /must be true or false/],
  ])('are refused with %o', (env, why) => {
    expect(faultsOf(env)).toContainEqual(expect.stringMatching(why));
  });

  test('take a provider over plain http on this machine only, and any issuer over https', () => {
    const of = (issuer: string) =>
      loadConfig({ OIDC_ISSUER: issuer, OIDC_CLIENT_ID: 'scout' }).accounts.provider?.issuer;
    expect(of('http://127.0.0.1:4000')).toBe('http://127.0.0.1:4000');
    expect(of('https://idp.example.org/realms/work/')).toBe('https://idp.example.org/realms/work');
  });

  test('are local while nothing but loopback reaches them and nobody says production', () => {
    expect(loadConfig({}).isLocal).toBe(true);
    expect(loadConfig({ NODE_ENV: 'production', ADMIN_TOKEN: STRONG, SECRET_KEY: STRONG }).isLocal).toBe(false);
  });
});

describe('the environment of a child', () => {
  test('has none of our settings, in either form, but keeps what is not ours', () => {
    const env = { PATH: '/bin', PORT: '1', ADMIN_TOKEN_FILE: '/x', NOTHING: undefined };
    expect(environmentWith({ HOST: '::1' }, env)).toEqual({ PATH: '/bin', HOST: '::1' });
  });
});
