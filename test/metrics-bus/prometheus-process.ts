/** A real Prometheus that scrapes one address each second. It needs nothing of a test runner. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../shared/embedded/free-port.ts';
import { until } from '../until.ts';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since 1970 and the value, as scraped. */
  readonly values: readonly (readonly [number, number])[];
}

export interface RunningPrometheus {
  /** An instant query: the value of each series, by its labels without `instance` and `job`. */
  query(expression: string): Promise<Record<string, number>>;
  /** All that was scraped of some series. */
  samples(selector: string): Promise<readonly Series[]>;
  /** Names of all metrics that it has seen. */
  names(): Promise<readonly string[]>;
  exemplars(selector: string): Promise<{ labels: Record<string, string>; value: string }[]>;
  stop(): Promise<void>;
}

/** @param folder an existing one, where it keeps its data; a scrape that takes longer than a second is a failed one */
export async function runPrometheus(command: string, folder: string, targetPort: number): Promise<RunningPrometheus> {
  const home = join(folder, 'prometheus');
  mkdirSync(home);
  const port = await freePort();
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'bus', static_configs: [{ targets: [`127.0.0.1:${targetPort}`] }] }],
  };
  // JSON is YAML.
  writeFileSync(join(home, 'prometheus.yml'), JSON.stringify(config));
  const args = [`--config.file=${join(home, 'prometheus.yml')}`, `--storage.tsdb.path=${join(home, 'data')}`];
  const child = spawn(
    command,
    [...args, `--web.listen-address=127.0.0.1:${port}`, '--enable-feature=exemplar-storage'],
    { stdio: 'ignore' },
  );
  const gone = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGKILL');
    await gone;
  };
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return ((await answer.json()) as { data: T }).data;
  };
  const instant = async <T>(expression: string): Promise<readonly T[]> =>
    (await get<{ result: readonly T[] }>(`/api/v1/query?query=${encodeURIComponent(expression)}`)).result;
  try {
    await until(async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok, {
      timeoutMs: 30_000,
      what: 'Prometheus is ready',
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    stop,
    async query(expression) {
      const result = await instant<{ metric: Record<string, string>; value: [number, string] }>(expression);
      return Object.fromEntries(
        result.map(({ metric: { instance, job, ...labels }, value }) => [JSON.stringify(labels), Number(value[1])]),
      );
    },
    async samples(selector) {
      const result = await instant<{ metric: Record<string, string>; values: [number, string][] }>(`${selector}[1d]`);
      return result.map(({ metric, values }) => ({
        metric,
        values: values.map(([at, v]) => [at, Number(v)] as const),
      }));
    },
    names: () => get<string[]>('/api/v1/label/__name__/values'),
    async exemplars(selector) {
      const start = Date.now() / 1000 - 3600;
      const data = await get<{ exemplars: { labels: Record<string, string>; value: string }[] }[]>(
        `/api/v1/query_exemplars?query=${encodeURIComponent(selector)}&start=${start}&end=${start + 7200}`,
      );
      return data.flatMap(({ exemplars }) => exemplars);
    },
  };
}
