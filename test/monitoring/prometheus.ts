/** A real Prometheus, and a real Alertmanager, with the project's own files bent to loopback. They need nothing of a test runner. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { freePort } from '../../shared/embedded/free-port.ts';
import { findTool, type ToolName } from '../tools.ts';
import { until } from '../until.ts';

export const MONITORING = join(import.meta.dirname, '../../monitoring');

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** NaN and the infinities included. */
  readonly value: number;
}

export interface Server {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  readonly pid: number;
  /** The end of what it has said on standard error. */
  said(): string;
  stop(): Promise<void>;
}

export interface Prometheus extends Server {
  /** An instant query. @throws Error with Prometheus' own words when the expression is wrong */
  query(expression: string): Promise<readonly Sample[]>;
  /** `GET /api/v1/<path>`, its `data`. */
  get<T>(path: string): Promise<T>;
}

export interface PrometheusOptions {
  /** An existing folder; a folder `prometheus` is made in it. */
  readonly folder: string;
  /** Where the system's /metrics is, as host:port; or a file of targets as in monitoring/targets, which may change. */
  readonly target: string;
  /** host:port of Alertmanager; none without it. */
  readonly alertmanager?: string;
  /** Rule files; the project's own unless given, none with an empty list. */
  readonly rules?: readonly string[];
  /** Between two scrapes and two evaluations, in seconds (1): the timeout of a scrape is the same. */
  readonly everySeconds?: number;
  readonly metricsToken?: string;
}

/** Starts Prometheus on a free port and waits until it is ready. @throws Error with what it said */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const home = join(options.folder, 'prometheus');
  mkdirSync(home);
  const port = await freePort();
  const file = join(home, 'prometheus.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configFor(options, port)));
  const server = await start('prometheus', port, [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(home, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--storage.tsdb.retention.time=40d',
    '--enable-feature=exemplar-storage',
    '--web.enable-lifecycle',
    '--rules.alert.resend-delay=2s',
  ]);
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`${server.address}/api/v1/${path}`, { signal: AbortSignal.timeout(15_000) });
    const body = (await answer.json()) as { status: string; error?: string; data: T };
    if (body.status !== 'success') throw new Error(`Prometheus says to ${path}: ${body.error}`);
    return body.data;
  };
  const query = async (expression: string) => {
    const { result } = await get<{
      result: readonly { metric: Record<string, string>; value: [number, string] }[];
    }>(`query?query=${encodeURIComponent(expression)}`);
    return result.map(({ metric, value }) => ({ labels: metric, value: numberOf(value[1]) }));
  };
  return { ...server, get, query };
}

/** The project's prometheus.yml with other addresses and a faster clock. */
function configFor(options: PrometheusOptions, port: number): unknown {
  const config = parse(readFileSync(join(MONITORING, 'prometheus.yml'), 'utf8')) as {
    global: Record<string, unknown>;
    rule_files: string[];
    alerting: unknown;
    scrape_configs: (Record<string, unknown> & { job_name: string })[];
  };
  const every = `${options.everySeconds ?? 1}s`;
  const targets: Readonly<Record<string, string | undefined>> = {
    prometheus: `127.0.0.1:${port}`,
    alertmanager: options.alertmanager,
    'iam-job-scout': options.target,
  };
  const rules = options.rules ?? [join(MONITORING, 'rules/*.yml')];
  return {
    ...config,
    global: { ...config.global, scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    rule_files: rules,
    alerting:
      options.alertmanager === undefined
        ? undefined
        : { alertmanagers: [{ static_configs: [{ targets: [options.alertmanager] }] }] },
    scrape_configs: config.scrape_configs.flatMap(({ file_sd_configs: _, ...job }) => {
      const target = targets[job.job_name];
      if (target === undefined) return [];
      const labels = job.job_name === 'iam-job-scout' ? { app: 'iam-job-scout', instance: 'web-1' } : {};
      const token = options.metricsToken;
      const authorization = token === undefined ? {} : { authorization: { type: 'Bearer', credentials: token } };
      return [
        {
          ...job,
          ...(job.job_name === 'iam-job-scout' ? authorization : {}),
          scrape_interval: every,
          scrape_timeout: every,
          ...(target.endsWith('.json')
            ? { file_sd_configs: [{ files: [target], refresh_interval: '1s' }] }
            : { static_configs: [{ targets: [target], labels }] }),
        },
      ];
    }),
  };
}

/** Starts Alertmanager with a configuration. @param folder an existing one; a folder `alertmanager` is made in it */
export async function startAlertmanager(folder: string, config: unknown): Promise<Server> {
  const home = join(folder, 'alertmanager');
  mkdirSync(home);
  const port = await freePort();
  const file = join(home, 'alertmanager.yml');
  writeFileSync(file, JSON.stringify(config));
  return start('alertmanager', port, [
    `--config.file=${file}`,
    `--storage.path=${join(home, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    // Alone: no port for others.
    '--cluster.listen-address=',
  ]);
}

async function start(tool: ToolName, port: number, args: readonly string[]): Promise<Server> {
  const command = findTool(tool);
  if (command === undefined)
    throw new Error(`${tool} is not installed (Debian: apt-get install prometheus-alertmanager)`);
  const child = spawn(command, [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said = (said + text).slice(-8_000);
  });
  const gone = once(child, 'exit');
  const stop = async () => {
    if (hasEnded(child)) return;
    child.kill('SIGKILL');
    await gone;
  };
  // Whatever ends this process ends the server.
  process.once('exit', () => child.kill('SIGKILL'));
  const address = `http://127.0.0.1:${port}`;
  try {
    await until(async () => hasEnded(child) || (await fetch(`${address}/-/ready`)).ok, {
      timeoutMs: 60_000,
      everyMs: 100,
      what: `${tool} is ready`,
    });
    if (hasEnded(child)) throw new Error(`${tool} ended at once`);
  } catch (error) {
    await stop();
    throw new Error(`${tool} did not start:\n${said}`, { cause: error });
  }
  return { address, pid: child.pid ?? 0, said: () => said, stop };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
