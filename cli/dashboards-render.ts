/** `npm run dashboards:render`: panels as pictures for the documents, drawn by Grafana's own components in Chromium. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { DASHBOARDS } from '../monitoring/grafana/all.ts';
import { StartError } from '../shared/errors.ts';
import { findTool } from '../test/tools.ts';
import { parsed, runCommand, UnavailableError } from './command.ts';

const ROOT = join(import.meta.dirname, '..');
const RENDER = join(ROOT, 'monitoring/render');

const USAGE = `Usage: npm run dashboards:render -- [--prometheus URL] [--minutes N]

  --prometheus  whose data is drawn (default: http://127.0.0.1:9090, where npm run monitor has it)
  --minutes     how far back (default: 15)

Draws three panels of the overview into docs/panels. Installs monitoring/render first (400 MB) where that is missing.`;

/** Panels of the overview by the name of their picture, with the size in pixels. */
const PICTURES = {
  requests: { title: 'HTTP Requests per Second', width: 640, height: 240 },
  latency: { title: 'Response Time (95th percentile)', width: 640, height: 240 },
  jobs: { title: 'Total Jobs in Database', width: 240, height: 120 },
} as const;

/** What an overview's panel has that is needed here; the SDK's type knows no more than "a panel". */
interface Panel {
  readonly title: string;
  readonly type: string;
  readonly fieldConfig: { readonly defaults: object };
  readonly targets: readonly { readonly expr: string; readonly legendFormat?: string }[];
}

interface Series {
  readonly name: string;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

const STEP_SECONDS = 5;

await runCommand(USAGE, async (args) => {
  const { values } = parsed(() =>
    parseArgs({
      args,
      options: {
        prometheus: { type: 'string', default: 'http://127.0.0.1:9090' },
        minutes: { type: 'string', default: '15' },
      },
    }),
  );
  const executablePath = findTool('chromium');
  if (executablePath === undefined) throw new UnavailableError('chromium cannot be found on PATH: install it.');
  const to = Math.floor(Date.now() / 1000);
  const from = to - Number(values.minutes) * 60;
  const panels = await Promise.all(
    Object.entries(PICTURES).map(async ([name, picture]) => {
      const { type, fieldConfig, targets } = panelOf(picture.title);
      const asked = targets.map((target) => ask(values.prometheus, target, from, to));
      return { name, ...picture, type, defaults: fieldConfig.defaults, series: (await Promise.all(asked)).flat() };
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'jobscout-render-'));
  try {
    bundle(join(folder, 'app.js'));
    writeFileSync(join(folder, 'index.html'), pageOf({ panels, from: from * 1000, to: to * 1000 }));
    await draw(executablePath, join(folder, 'index.html'), Object.keys(PICTURES));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
});

function panelOf(title: string): Panel {
  const panels = (DASHBOARDS.overview?.().panels ?? []) as unknown as Panel[];
  const panel = panels.find((one) => one.title === title);
  if (panel === undefined) throw new StartError(`The overview has no panel ${JSON.stringify(title)}.`);
  return panel;
}

async function ask(prometheus: string, target: Panel['targets'][number], from: number, to: number): Promise<Series[]> {
  const query = target.expr.replaceAll('$job', 'iam-job-scout');
  const parameters = new URLSearchParams({ query, start: `${from}`, end: `${to}`, step: `${STEP_SECONDS}` });
  const answer = await fetch(`${prometheus}/api/v1/query_range?${parameters}`).catch((error: unknown) => {
    throw new UnavailableError(`${prometheus} does not answer: npm run monitor starts a Prometheus.`, { cause: error });
  });
  const { data } = (await answer.json()) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  const all = data.result.map(({ metric, values }) => ({
    name: (target.legendFormat ?? '').replace(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? ''),
    times: values.map(([time]) => time * 1000),
    values: values.map(([, value]) => Number(value)),
  }));
  // A picture has no room for routes that nobody asked.
  return all.filter(({ values }) => values.some((value) => value > 0));
}

/** @throws StartError when npm or esbuild fails */
function bundle(outfile: string): void {
  if (!existsSync(join(RENDER, 'node_modules'))) command('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
  const loaders = ['ttf', 'woff', 'woff2', 'svg'].map((type) => `--loader:.${type}=dataurl`);
  command(join(RENDER, 'node_modules/.bin/esbuild'), [
    'app.jsx',
    '--bundle',
    '--jsx=automatic',
    '--minify',
    '--log-level=error',
    ...loaders,
    `--outfile=${outfile}`,
  ]);
}

function command(program: string, args: readonly string[]): void {
  const { status } = spawnSync(program, [...args], { cwd: RENDER, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) throw new StartError(`${program} ${args[0]} failed (${status}).`);
}

function pageOf(data: unknown): string {
  const json = JSON.stringify(data).replaceAll('<', '\\u003c');
  return `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="app.css"><body style="margin:0;width:700px"><div id="root"></div>
<script>window.PANELS = ${json}; window.global = window; window.process = { env: {} };</script><script src="app.js"></script>`;
}

async function draw(executablePath: string, page: string, names: readonly string[]): Promise<void> {
  const pictures = join(ROOT, 'docs/panels');
  mkdirSync(pictures, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const tab = await browser.newPage({ viewport: { width: 700, height: 900 } });
    tab.on('pageerror', (error) => process.stderr.write(`${error.message}\n`));
    await tab.goto(pathToFileURL(page).href);
    await tab.waitForFunction(`document.querySelectorAll('.panel').length === ${names.length}`);
    // uPlot draws in the frame after its size is known.
    await tab.waitForFunction("document.querySelector('.panel canvas') !== null");
    const panels = await tab.locator('.panel').all();
    for (const [index, panel] of panels.entries()) {
      const path = join(pictures, `${names[index]}.png`);
      await panel.screenshot({ path });
      process.stdout.write(`${path}: ${readFileSync(path).length} bytes\n`);
    }
  } finally {
    await browser.close();
  }
}
