/** A real Prometheus that scrapes one address each second, for as long as a test takes. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from '../../shared/embedded/free-port.ts';
import { atEnd } from '../at-end.ts';
import { testFolder } from '../folder.ts';
import { until } from '../until.ts';

/** Debian's package `prometheus` has both. */
export const prometheusCommand = command('prometheus');
export const promtoolCommand = command('promtool');

function command(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export interface Prometheus {
  /** An instant query: the value of each series, by its labels without `instance` and `job`. */
  query(expression: string): Promise<Record<string, number>>;
  exemplars(selector: string): Promise<{ labels: Record<string, string>; value: string }[]>;
}

export async function startPrometheus(targetPort: number): Promise<Prometheus> {
  const folder = join(testFolder(), 'prometheus');
  mkdirSync(folder);
  const port = await freePort();
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [{ job_name: 'bus', static_configs: [{ targets: [`127.0.0.1:${targetPort}`] }] }],
  };
  // JSON is YAML.
  writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const args = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`];
  const child = spawn(
    prometheusCommand ?? '',
    [...args, `--web.listen-address=127.0.0.1:${port}`, '--enable-feature=exemplar-storage'],
    { stdio: 'ignore' },
  );
  const gone = once(child, 'exit');
  atEnd(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  const get = async (path: string) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    return ((await answer.json()) as { data: never }).data;
  };
  await until(async () => (await fetch(`http://127.0.0.1:${port}/-/ready`)).ok, {
    timeoutMs: 30_000,
    what: 'Prometheus is ready',
  });
  return {
    async query(expression) {
      const { result } = (await get(`/api/v1/query?query=${encodeURIComponent(expression)}`)) as {
        result: { metric: Record<string, string>; value: [number, string] }[];
      };
      return Object.fromEntries(
        result.map(({ metric: { instance, job, ...labels }, value }) => [JSON.stringify(labels), Number(value[1])]),
      );
    },
    async exemplars(selector) {
      const start = Date.now() / 1000 - 3600;
      const data = await get(
        `/api/v1/query_exemplars?query=${encodeURIComponent(selector)}&start=${start}&end=${start + 7200}`,
      );
      return (data as { exemplars: { labels: Record<string, string>; value: string }[] }[]).flatMap(
        ({ exemplars }) => exemplars,
      );
    },
  };
}

/** What `promtool check metrics` has to say about a page; empty when it is content. */
export function checkMetrics(text: string): string {
  const { stdout, stderr } = spawnSync(promtoolCommand ?? '', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  return `${stdout}${stderr}`.trim();
}
