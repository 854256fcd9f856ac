/** `npm run fire-drill -- ALERT`: does an alert of this name reach somebody, and how long does that take? */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type AlertRule, MONITORING, readAlerts } from '../monitoring/files.ts';
import { type Config, loadConfig } from '../shared/config.ts';
import { ensureDataDir } from '../shared/data-dir.ts';
import { freePort } from '../shared/embedded/free-port.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import { type DrillResult, fireDrill } from './monitor/drill.ts';
import { findMonitor, type MonitorState, ruleFiles, startStack } from './monitor/stack.ts';

const USAGE = `Usage: npm run fire-drill -- ALERT [--json]

  ALERT   name of an alert of monitoring/rules, such as ServiceDown
  --json  print one JSON object and nothing else on standard output

A test alert with that name and its severity travels from Prometheus through Alertmanager to its receiver. Uses the monitor
that runs (npm run monitor), or starts one for the drill. Real alerts are neither joined nor kept silent.

Ends with 0 when the notice arrived, 1 when it did not, or when its route tells nobody.`;

const RULES = [join(MONITORING, 'rules', '*.yml')];

await runCommand(USAGE, async (args) => {
  const { rule, json } = readOptions(args);
  const config = loadConfig();
  const result = await withMonitor(config, (monitor) =>
    fireDrill(monitor, rule, (what, after) => {
      if (!json) process.stdout.write(`${after.toFixed(1).padStart(6)} s  ${what}\n`);
    }),
  );
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${summary(result)}\n`);
  return result.toldAfter === undefined ? 1 : 0;
});

function readOptions(args: string[]): { rule: AlertRule; json: boolean } {
  const { values, positionals } = parsed(() =>
    parseArgs({ args, allowPositionals: true, options: { json: { type: 'boolean', default: false } } }),
  );
  const alerts = readAlerts(ruleFiles(RULES));
  const names = [...alerts.keys()].sort().join(', ');
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError(`Name one alert. There are: ${names}.`);
  const rule = alerts.get(name);
  if (rule === undefined) throw new UsageError(`There is no alert ${JSON.stringify(name)}. There are: ${names}.`);
  return { rule, json: values.json };
}

async function withMonitor<T>(config: Config, use: (monitor: MonitorState) => Promise<T>): Promise<T> {
  const running = findMonitor(join(config.dataDir, 'monitor'));
  if (running !== undefined) return use(running);
  ensureDataDir(config.dataDir);
  const stack = await startStack({
    folder: join(config.dataDir, 'fire-drill'),
    target: `127.0.0.1:${config.port}`,
    application: `http://127.0.0.1:${config.port}`,
    prometheusPort: await freePort(),
    alertmanagerPort: await freePort(),
    metricsToken: undefined,
    // Only the drill is to fire: nothing is watched here.
    rules: [],
    send: false,
  });
  try {
    return await use(stack.state);
  } finally {
    await stack.stop();
  }
}

function summary({ alert, severity, receivers, toldAfter }: DrillResult): string {
  const way = `${alert} (${severity}) goes to ${receivers.join(', ')}`;
  return toldAfter === undefined
    ? `${way}, which tells nobody: it is only on dashboards.`
    : `${way}: told after ${toldAfter.toFixed(1)} s.`;
}
