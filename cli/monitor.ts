/** `npm run monitor`: a real Prometheus and a real Alertmanager beside a running system, with the project's own files. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MONITORING } from '../monitoring/files.ts';
import { type Config, loadConfig } from '../shared/config.ts';
import { ensureDataDir } from '../shared/data-dir.ts';
import { StartError } from '../shared/errors.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import type { Notice } from './monitor/inbox.ts';
import { requireOwnPort } from './monitor/port.ts';
import { requireTools } from './monitor/server.ts';
import { findMonitor, type Stack, startStack } from './monitor/stack.ts';
import { printable } from './terminal.ts';

const USAGE = `Usage: npm run monitor -- [--target HOST:PORT] [--prometheus-port N] [--alertmanager-port N] [--send]

  --target             where the system's /metrics is (default: this machine, METRICS_PORT or PORT)
  --prometheus-port    where Prometheus listens on this machine (default: 9090)
  --alertmanager-port  where Alertmanager listens on this machine (default: 9093)
  --send               also tell the receivers of monitoring/alertmanager.yml; without it alerts are only shown here

Reads monitoring/, keeps its data in the folder monitor of DATA_DIR, and shows every alert that fires. Ctrl-C ends it.`;

const PROMETHEUS_PORT = '9090';
const ALERTMANAGER_PORT = '9093';

await runCommand(USAGE, async (args) => {
  const options = readOptions(args);
  const config = loadConfig();
  const folder = join(config.dataDir, 'monitor');
  requireTools();
  const other = findMonitor(folder);
  if (other !== undefined)
    throw new StartError(`A monitor with data in ${folder} runs already: ${other.prometheus} (process ${other.pid}).`);
  await requireOwnPort(options.prometheusPort, '--prometheus-port');
  await requireOwnPort(options.alertmanagerPort, '--alertmanager-port');
  ensureDataDir(config.dataDir);
  const target = options.target ?? `127.0.0.1:${config.metricsPort ?? config.port}`;
  const stack = await startStack({
    folder,
    ...options,
    target,
    application: `http://127.0.0.1:${config.port}`,
    metricsToken: config.metricsToken,
    rules: [join(MONITORING, 'rules', '*.yml')],
    // The Watchdog comes each minute; that it came is not worth a line.
    onNotice: (notice) => {
      if (notice.labels.alertname !== 'Watchdog' || 'drill' in notice.labels) say(noticeLine(notice));
    },
  });
  try {
    say(whereToLook(stack, target));
    if (!(await answers(target, config)))
      say(
        `http://${target}/metrics does not answer yet: npm start starts the system, and Prometheus sees it when it comes.`,
      );
    const broken = await Promise.race([stack.broken, endAsked()]);
    if (broken !== undefined) throw new StartError(broken);
    return 0;
  } finally {
    await stack.stop();
  }
});

function readOptions(args: string[]) {
  const { values } = parsed(() =>
    parseArgs({
      args,
      options: {
        target: { type: 'string' },
        'prometheus-port': { type: 'string', default: PROMETHEUS_PORT },
        'alertmanager-port': { type: 'string', default: ALERTMANAGER_PORT },
        send: { type: 'boolean', default: false },
      },
    }),
  );
  if (values.target !== undefined && !/^[\w.-]+:\d{1,5}$|^\[[\da-f:]+\]:\d{1,5}$/i.test(values.target))
    throw new UsageError(`--target is ${JSON.stringify(values.target)}; it must be HOST:PORT, as in 10.0.0.5:5000.`);
  return {
    target: values.target,
    prometheusPort: portOf(values['prometheus-port'], '--prometheus-port'),
    alertmanagerPort: portOf(values['alertmanager-port'], '--alertmanager-port'),
    send: values.send,
  };
}

function portOf(text: string, option: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new UsageError(`${option} is ${JSON.stringify(text)}; it must be a number from 1 to 65535.`);
  return port;
}

async function answers(target: string, { metricsToken }: Config): Promise<boolean> {
  const headers = metricsToken === undefined ? {} : { authorization: `Bearer ${metricsToken}` };
  const answer = await fetch(`http://${target}/metrics`, { headers, signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  );
  await answer?.body?.cancel();
  return answer?.ok === true;
}

function whereToLook({ state }: Stack, target: string): string {
  return `prometheus    ${state.prometheus}/targets, /alerts, /graph
alertmanager  ${state.alertmanager}
watches       http://${target}/metrics
a fire drill  npm run fire-drill -- ServiceDown
ready         Ctrl-C ends it`;
}

function noticeLine({ status, receiver, labels, annotations }: Notice): string {
  const text = annotations.description ?? annotations.summary ?? '';
  return printable(
    `${new Date().toISOString()} ${status} ${labels.alertname} (${labels.severity}, to ${receiver}): ${text}`,
  );
}

function endAsked(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(undefined));
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
