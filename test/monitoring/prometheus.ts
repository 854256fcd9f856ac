/** A real Prometheus, and a real Alertmanager, with the project's own files bent to loopback. They need nothing of a test runner. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type MonitorServer, requireTools, startServer } from '../../cli/monitor/server.ts';
import { MONITORING, movePrometheus, readPrometheusFile } from '../../monitoring/files.ts';
import { freePort } from '../../shared/embedded/free-port.ts';

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** NaN and the infinities included. */
  readonly value: number;
}

export interface Prometheus extends MonitorServer {
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
}

/** Starts Prometheus on a free port and waits until it is ready. @throws Error with what it said */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const home = join(options.folder, 'prometheus');
  mkdirSync(home);
  const port = await freePort();
  const file = join(home, 'prometheus.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(configFor(options, port)));
  requireTools();
  const server = await startServer('prometheus', port, [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(home, 'data')}`,
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
function configFor({ target, alertmanager, rules, everySeconds = 1 }: PrometheusOptions, port: number): unknown {
  const every = `${everySeconds}s`;
  const moved = movePrometheus(readPrometheusFile(), {
    target,
    prometheus: `127.0.0.1:${port}`,
    alertmanager,
    tokenFile: undefined,
    rules: rules ?? [join(MONITORING, 'rules/*.yml')],
  });
  const watched = { static_configs: undefined, file_sd_configs: [{ files: [target], refresh_interval: '1s' }] };
  return {
    ...moved,
    global: { ...moved.global, scrape_interval: every, scrape_timeout: every, evaluation_interval: every },
    scrape_configs: moved.scrape_configs.map((job) => ({
      ...job,
      scrape_interval: every,
      scrape_timeout: every,
      ...(job.job_name === 'iam-job-scout' && target.endsWith('.json') && watched),
    })),
  };
}

/** Starts Alertmanager with a configuration. @param folder an existing one; a folder `alertmanager` is made in it */
export async function startAlertmanager(folder: string, config: unknown): Promise<MonitorServer> {
  const home = join(folder, 'alertmanager');
  mkdirSync(home);
  const port = await freePort();
  const file = join(home, 'alertmanager.yml');
  writeFileSync(file, JSON.stringify(config));
  requireTools();
  return startServer('alertmanager', port, [
    `--config.file=${file}`,
    `--storage.path=${join(home, 'data')}`,
    // Alone: no port for others.
    '--cluster.listen-address=',
  ]);
}

function numberOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
