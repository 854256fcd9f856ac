/** Prometheus, Alertmanager and an inbox that belong together, with a folder in which they keep their data. */
import { appendFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moveAlertmanager, movePrometheus, readAlertmanagerFile, readPrometheusFile } from '../../monitoring/files.ts';
import { isAlive } from '../../shared/embedded/running.ts';
import { type Notice, openInbox } from './inbox.ts';
import { type MonitorServer, requireTools, startServer } from './server.ts';

/** What another process must know of a running monitor. */
export interface MonitorState {
  readonly pid: number;
  /** `http://127.0.0.1:<port>` */
  readonly prometheus: string;
  readonly alertmanager: string;
  /** Lines of JSON: every notice that arrived since it started. */
  readonly notices: string;
  /** Rule files in this folder are read as well. */
  readonly drills: string;
}

export interface StackOptions {
  /** Kept between runs. */
  readonly folder: string;
  /** host:port of /metrics. */
  readonly target: string;
  /** `http://host:port` of the page and the API. */
  readonly application: string;
  readonly prometheusPort: number;
  readonly alertmanagerPort: number;
  readonly metricsToken: string | undefined;
  /** Patterns of rule files. */
  readonly rules: readonly string[];
  /** Also tell the receivers of alertmanager.yml, not only the inbox here. */
  readonly send: boolean;
  readonly onNotice?: (notice: Notice) => void;
}

export interface Stack {
  readonly state: MonitorState;
  /** Resolves with a sentence when one of the servers ends by itself. */
  readonly broken: Promise<string>;
  stop(): Promise<void>;
}

/** @throws StartError, UnavailableError */
export async function startStack(options: StackOptions): Promise<Stack> {
  requireTools();
  const { folder, prometheusPort, alertmanagerPort } = options;
  for (const name of ['prometheus', 'alertmanager', 'drills']) mkdirSync(join(folder, name), { recursive: true });
  const notices = join(folder, 'notices.jsonl');
  writeFileSync(notices, '');
  const inbox = await openInbox((notice) => {
    appendFileSync(notices, `${JSON.stringify(notice)}\n`);
    options.onNotice?.(notice);
  });
  const servers: MonitorServer[] = [];
  const state: MonitorState = {
    pid: process.pid,
    prometheus: `http://127.0.0.1:${prometheusPort}`,
    alertmanager: `http://127.0.0.1:${alertmanagerPort}`,
    notices,
    drills: join(folder, 'drills'),
  };
  const stop = async () => {
    rmSync(stateFile(folder), { force: true });
    for (const server of servers.toReversed()) await server.stop();
    await inbox.close();
  };
  try {
    const files = writeFiles(options, inbox.url);
    servers.push(
      await startServer('alertmanager', alertmanagerPort, [
        `--config.file=${files.alertmanager}`,
        `--storage.path=${join(folder, 'alertmanager')}`,
        // Alone: no port for others.
        '--cluster.listen-address=',
      ]),
    );
    servers.push(
      await startServer('prometheus', prometheusPort, [
        `--config.file=${files.prometheus}`,
        `--storage.tsdb.path=${join(folder, 'prometheus')}`,
        // Objectives are over 30 days; the default keeps 15.
        '--storage.tsdb.retention.time=40d',
        '--enable-feature=exemplar-storage',
        '--web.enable-lifecycle',
        // An alert that fires before Alertmanager was found is sent again soon, not after a minute.
        '--rules.alert.resend-delay=5s',
      ]),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  writeFileSync(stateFile(folder), JSON.stringify(state));
  const broken = Promise.race(
    servers.map((server) => server.ended.then((said) => `${server.address} ended by itself. It said:\n${said}`)),
  );
  return { state, broken, stop };
}

/** The monitor that keeps its data in the folder, while it runs. */
export function findMonitor(folder: string): MonitorState | undefined {
  if (!existsSync(stateFile(folder))) return undefined;
  const state = JSON.parse(readFileSync(stateFile(folder), 'utf8')) as MonitorState;
  return isAlive(state.pid) ? state : undefined;
}

/** The rule files that patterns stand for. */
export function ruleFiles(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => globSync(pattern)).sort();
}

function stateFile(folder: string): string {
  return join(folder, 'running.json');
}

/** JSON is YAML. */
function writeFiles(options: StackOptions, inboxUrl: string): { prometheus: string; alertmanager: string } {
  const { folder, metricsToken } = options;
  const write = (name: string, text: string) => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const tokenFile = metricsToken === undefined ? undefined : write('metrics-token', metricsToken);
  const prometheus = movePrometheus(readPrometheusFile(), {
    target: options.target,
    prometheus: `127.0.0.1:${options.prometheusPort}`,
    alertmanager: `127.0.0.1:${options.alertmanagerPort}`,
    tokenFile,
    rules: [...options.rules, join(folder, 'drills', '*.yml')],
  });
  const alertmanager = moveAlertmanager(readAlertmanagerFile(), {
    application: options.application,
    tokenFile,
    inbox: inboxUrl,
    alone: !options.send,
  });
  return {
    prometheus: write('prometheus.yml', JSON.stringify(prometheus, null, 2)),
    alertmanager: write('alertmanager.yml', JSON.stringify(alertmanager, null, 2)),
  };
}
