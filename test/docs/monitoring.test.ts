/** docs/monitoring.md, followed literally from the top in an empty copy of the project. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { environmentWith } from '../../shared/config.ts';
import { freePort } from '../../shared/embedded/free-port.ts';
import { atEnd } from '../at-end.ts';
import { testFolder } from '../folder.ts';
import { ask } from '../monitoring/dashboard-check.ts';
import { findTool } from '../tools.ts';
import { until } from '../until.ts';
import { type Fence, fencesOf, queriesIn } from './fences.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const text = readFileSync(join(ROOT, 'docs/monitoring.md'), 'utf8');
const fences = fencesOf(text);
const of = (language: string) => fences.filter((fence) => fence.language === language);
const hasTools = (['prometheus', 'alertmanager', 'promtool', 'amtool'] as const).every(
  (tool) => findTool(tool) !== undefined,
);
/** A scan, a fire drill with its real waits, and starts of everything, on a busy machine. */
const TIMEOUT_MS = 400_000;

let folder: string;
let checkout: string;
let output = '';
let prometheus = '';

/** What a fresh clone has. `npm ci` is not run again: its result is linked. */
function copyProject(to: string): void {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  for (const path of list.split('\n').filter((p) => p !== '' && existsSync(join(ROOT, p)))) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(ROOT, path), join(to, path));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(to, 'node_modules'));
}

/** One session of a shell; what the page runs in a terminal of its own runs beside it. */
function scriptOf(commands: readonly Fence[]): string {
  const parts = commands.map(({ text: command, info, line }) => {
    const say = `echo "== line ${line}"\n`;
    return info === 'running' ? `${say}( ${command.trim()} ) > "$LOGS/${line}" 2>&1 &\n` : `${say}${command}`;
  });
  // Ends with its input: nothing is left when the test itself is killed.
  const end = "trap 'trap - EXIT TERM; kill 0' EXIT\n";
  return `${end}set -euo pipefail\n${parts.join('')}echo "== followed"\ncat > /dev/null\n`;
}

async function follow(): Promise<void> {
  const prometheusPort = await freePort();
  prometheus = `http://127.0.0.1:${prometheusPort}`;
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const shell = spawn('bash', ['-c', scriptOf(of('sh'))], {
    cwd: checkout,
    detached: true,
    // The variables that the page names; everything else is as a newcomer has it.
    env: environmentWith({
      PORT: `${await freePort()}`,
      DATA_DIR: join(folder, 'data'),
      PROMETHEUS_PORT: `${prometheusPort}`,
      ALERTMANAGER_PORT: `${await freePort()}`,
      GRAFANA: join(folder, 'grafana'),
      DASHBOARDS: join(folder, 'dashboards'),
      LOGS: logs,
    }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  atEnd(() => endGroup(shell));
  for (const stream of [shell.stdout, shell.stderr])
    stream.on('data', (part) => {
      output += part;
    });
  await until(() => output.includes('== followed') || shell.exitCode !== null, {
    timeoutMs: TIMEOUT_MS,
    everyMs: 200,
    what: 'the page is followed',
  }).catch((error: unknown) => {
    throw new Error(`${output}\n${logsIn(logs)}`, { cause: error });
  });
  if (shell.exitCode !== null) throw new Error(`a command of the page failed:\n${output}\n${logsIn(logs)}`);
}

function logsIn(logs: string): string {
  return readdirSync(logs)
    .map((name) => `${name}: ${readFileSync(join(logs, name), 'utf8')}`)
    .join('\n');
}

/** As closing the terminals does; then everything drains. */
async function endGroup(shell: ChildProcess): Promise<void> {
  const group = -(shell.pid ?? 0);
  const signal = (name: NodeJS.Signals | 0) => {
    try {
      return process.kill(group, name);
    } catch {
      return false;
    }
  };
  signal('SIGTERM');
  await until(() => !signal(0), { timeoutMs: 60_000, what: 'everything that the page started has ended' }).finally(() =>
    signal('SIGKILL'),
  );
}

beforeAll(async () => {
  folder = testFolder();
  checkout = join(folder, 'checkout');
  copyProject(checkout);
  if (hasTools) await follow();
}, TIMEOUT_MS + 90_000);

describe('docs/monitoring.md', () => {
  test('has commands, queries and code in fences that say what they are', () => {
    expect(of('sh').length).toBeGreaterThan(10);
    expect(of('promql').flatMap(queriesIn).length).toBeGreaterThan(20);
    expect(of('ts').length).toBeGreaterThanOrEqual(2);
    expect(fences.filter(({ language }) => !['sh', 'promql', 'ts', ''].includes(language))).toEqual([]);
    expect(of('').length).toBe(1);
    expect(
      of('sh')
        .filter(({ info }) => info === 'running')
        .map((fence) => fence.text.trim().split(' -- ')[0]),
    ).toEqual(['npm run demo', 'npm run monitor']);
  });

  test('links only to what exists', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map((match) => match[1]!);
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect([link, existsSync(join(ROOT, 'docs', link))]).toEqual([link, true]);
  });

  test.skipIf(!hasTools)('followed from the top on an empty folder ends with data in Prometheus', async () => {
    const value = async (query: string) => {
      const { result } = (await ask(prometheus, 'query', { query })) as { result: { value: [number, string] }[] };
      return Number(result[0]?.value[1]);
    };
    expect(await value('up{job="iam-job-scout"}')).toBe(1);
    expect(await value('max(iam_jobs_total{job="iam-job-scout"})')).toBeGreaterThan(0);
    expect(await value('sum(http_requests_total{job="iam-job-scout"})')).toBeGreaterThan(100);
    // Rules are judged each half minute.
    await until(async () => (await value('count(ALERTS{alertname="Watchdog"})')) === 1, {
      timeoutMs: 90_000,
      everyMs: 500,
      what: 'the rules are judged',
    });
    expect(output).toMatch(/ServiceDown \(critical\) goes to pager: told after [\d.]+ s/);
    expect(readdirSync(join(folder, 'dashboards')).length).toBeGreaterThanOrEqual(5);
    expect(existsSync(join(folder, 'grafana/provisioning/datasources/prometheus.yml'))).toBe(true);
  });

  test.skipIf(!hasTools)('has queries that all have numbers', async () => {
    for (const query of of('promql').flatMap(queriesIn)) {
      await until(
        async () => ((await ask(prometheus, 'query', { query })) as { result: unknown[] }).result.length > 0,
        {
          timeoutMs: 60_000,
          everyMs: 500,
          what: `data for ${query}`,
        },
      );
      const { result } = (await ask(prometheus, 'query', { query })) as { result: { value: [number, string] }[] };
      expect([query, result.every(({ value }) => Number.isFinite(Number(value[1])))]).toEqual([query, true]);
    }
  });

  test('has code that runs', () => {
    const outputs = of('ts').map(({ text: code, line }) => {
      const file = join(checkout, `example-${line}.ts`);
      writeFileSync(file, code);
      return execFileSync(process.execPath, [file], { cwd: checkout, encoding: 'utf8', env: environmentWith({}) });
    });
    expect(outputs[0]).toBe('1\n');
    expect(outputs[1]).toContain('example_status_updates_total{status="applied"} 1');
  });
});
