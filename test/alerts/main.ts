/**
 * `npm run test:alerts`: the real system, with the internet played on this machine, watched by a real Prometheus with the project's rules on a
 * faster clock and a real Alertmanager with the project's routes. The system is broken in earnest; each alert must arrive at a webhook, at the
 * right receiver, and must be told to be over. Prints a JSON table; the last line is "N passed, N failed".
 * `-- --only WORD` plays the faults whose name has it.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../../shared/embedded/free-port.ts';
import { startEmbedded } from '../../shared/embedded/launch.ts';
import { isAlive } from '../../shared/embedded/running.ts';
import { DEMO_BOARDS_FILE, DEMO_KEYS, demoData } from '../internet/demo-data.ts';
import { startInternet } from '../internet/internet.ts';
import { type Prometheus, startAlertmanager, startPrometheus } from '../monitoring/prometheus.ts';
import { namesIn } from '../monitoring/promql.ts';
import { alertsOf, readRuleFiles } from '../monitoring/rules.ts';
import { until } from '../until.ts';
import {
  dyingWorker,
  scan,
  silencedSource,
  slowDatabase,
  startReader,
  stoppedWorkers,
  writeTargets,
} from './faults.ts';
import { writeFasterRules } from './scale.ts';
import { startRunning } from './system.ts';
import { watchAlerts } from './watch.ts';
import { alertmanagerFor, startWebhook } from './webhook.ts';

/** All of it, on a machine that does ten other things; it ends by itself whatever happens. */
const LIMIT_MS = 12 * 60_000;
const RECEIVERS: Readonly<Record<string, string>> = { critical: 'pager', warning: 'team' };
/** Not on a system without Redis, or made by faults that this one does not have. */
const MAY_BE_MISSING = ['metrics_bus_redis_up'];

const { values: options } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const startedAt = performance.now();
let limitedPort = 0;
const checks: { readonly name: string; readonly failed: string | undefined }[] = [];
const releases: (() => unknown)[] = [];
const limit = setTimeout(() => {
  say(`it took longer than ${LIMIT_MS / 60_000} minutes`);
  say(
    `${checks.filter((one) => one.failed === undefined).length} passed, ${checks.filter((one) => one.failed !== undefined).length + 1} failed`,
  );
  process.exit(1);
}, LIMIT_MS);

try {
  await run();
} catch (error) {
  checks.push({
    name: 'the run itself',
    failed: error instanceof Error ? (error.stack ?? error.message) : String(error),
  });
}
for (const release of releases.reverse())
  await Promise.resolve(release()).catch((error: unknown) => checks.push({ name: 'the end', failed: String(error) }));
clearTimeout(limit);
for (const { name, failed } of checks) if (failed !== undefined) say(`FAILED  ${name}: ${failed}`);
const failures = checks.filter((one) => one.failed !== undefined).length;
say(`${checks.length - failures} passed, ${failures} failed`);
process.exit(failures === 0 ? 0 : 1);

async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'jobscout-alerts-'));
  // When root runs this, the database's own user must get through.
  chmodSync(folder, 0o711);
  releases.push(() => rmSync(folder, { recursive: true, force: true }));
  const internet = await startInternet(demoData());
  releases.push(() => internet.close());
  const openPostgres = (port?: number) => startEmbedded(join(folder, 'postgres'), port === undefined ? {} : { port });
  let postgres = await openPostgres();
  releases.push(() => postgres.stop());
  // Also when the limit above ends everything.
  process.once('exit', () => isAlive(postgres.pid) && process.kill(postgres.pid, 'SIGINT'));
  const settings = await settingsFor(join(folder, 'data'), postgres.url, internet.urls);
  let system = await startRunning(settings);
  releases.push(() => system.kill());
  const limited = await startRunning({ ...settings, ...(await secondHost(folder)) }, ['worker']);
  releases.push(() => limited.kill());
  say(`${clock()} the system runs`);

  const webhook = await startWebhook();
  releases.push(() => webhook.close());
  const alertmanager = await startAlertmanager(folder, alertmanagerFor(webhook.address, system.address));
  releases.push(() => alertmanager.stop());
  const rules = join(folder, 'rules');
  mkdirSync(rules);
  const targets = join(folder, 'targets.json');
  const first = { 'web-1': system.address };
  writeTargets(targets, first);
  const prometheus = await startPrometheus({
    folder,
    target: targets,
    alertmanager: alertmanager.address.replace('http://', ''),
    rules: writeFasterRules(rules),
    everySeconds: 2,
  });
  releases.push(() => prometheus.stop());
  releases.push(startReader(() => system));
  // One board is gone for good; every source answers all the same.
  await scan(system, undefined, 'partial');
  const { rows, fault } = watchAlerts(webhook, (line) => say(`${clock()} ${line}`), options.only);
  const tested = [
    'ServiceDown',
    'HighErrorRate',
    'SlowResponseTime',
    'NoRecentScan',
    'ScanFailures',
    'HighMemoryUsage',
    'SourceStale',
    'ProcessesMissing',
  ];
  await until(async () => isHealthy(prometheus, tested), {
    timeoutMs: 120_000,
    everyMs: 500,
    what: 'a healthy system has no such alert',
  });
  say(`${clock()} it is healthy`);

  const current = () => system;
  await fault({
    name: 'a second host whose workers have more memory than they may',
    alerts: ['HighMemoryUsage'],
    inject: async () => writeTargets(targets, { ...first, 'web-2': `127.0.0.1:${limitedPort}` }),
    heal: async () => writeTargets(targets, first),
  });
  // Its worker would do what those of the first host leave, and count it where nobody looks.
  await limited.stop();
  await fault({
    name: 'a source answers with a page for people, and 40 days pass',
    alerts: ['ScanFailures', 'SourceStale', 'NoRecentScan'],
    ...silencedSource(current, internet, postgres.url),
  });
  await fault({
    name: 'a table is locked, and nine readers want it',
    alerts: ['SlowResponseTime', 'DatabaseConnectionsSaturated'],
    ...slowDatabase(current, postgres.url, 9),
  });
  await fault({
    name: 'a table is locked, and thirty readers want it',
    alerts: ['DatabasePoolExhausted'],
    ...slowDatabase(current, postgres.url, 30),
  });
  await fault({
    name: 'a worker is killed, and each that follows',
    alerts: ['ProcessesMissing'],
    ...dyingWorker(current),
  });
  await fault({
    name: 'all workers stand still, and a scan is asked for',
    alerts: ['QueueBacklogOld'],
    ...stoppedWorkers(current),
  });
  await fault({
    name: 'PostgreSQL is stopped',
    alerts: ['HighErrorRate', 'DatabaseErrors'],
    inject: () => postgres.stop(),
    heal: async () => {
      postgres = await openPostgres(postgres.port);
    },
  });
  await known(prometheus);
  await fault({
    name: 'the supervisor is stopped',
    alerts: ['ServiceDown'],
    inject: () => system.stop(),
    heal: async () => {
      system = await startRunning(settings);
    },
  });

  judge(rows);
  say(JSON.stringify({ seconds: Math.round((performance.now() - startedAt) / 1000), alerts: rows }, undefined, 2));
}

/** Another machine of the same installation, with an own page of metrics. */
async function secondHost(folder: string): Promise<Record<string, string>> {
  limitedPort = await freePort();
  return {
    DATA_DIR: join(folder, 'second'),
    PORT: `${await freePort()}`,
    METRICS_PORT: `${limitedPort}`,
    WORKER_PROCESSES: '1',
    // Less than any of our processes takes.
    MEMORY_LIMIT_MB: '32',
  };
}

async function settingsFor(dataDir: string, databaseUrl: string, urls: Readonly<Record<string, string>>) {
  return {
    DATA_DIR: dataDir,
    DATABASE_URL: databaseUrl,
    PORT: `${await freePort()}`,
    WORKER_PROCESSES: '2',
    SCAN_CRON: 'off',
    // A source at another address has no budget but the one that it is given.
    SOURCE_BUDGET_REMOTEOK: 'day:1000,month:20000',
    // Readers that hang on locks, not on what they may ask.
    RATE_LIMITS: 'off',
    SOURCES: 'remoteok,greenhouse,lever',
    BOARDS_FILE: DEMO_BOARDS_FILE,
    ...DEMO_KEYS,
    ...Object.fromEntries(Object.entries(urls).map(([name, url]) => [`SOURCE_URL_${name.toUpperCase()}`, url])),
  };
}

/** Scraped for a while, and none of these fires or waits for its time. */
async function isHealthy(prometheus: Prometheus, tested: readonly string[]): Promise<boolean> {
  const [up] = await prometheus.query('sum_over_time(up{job="iam-job-scout"}[20s])');
  const active = await prometheus.query(`ALERTS{alertname=~"${tested.join('|')}"}`);
  const [found] = await prometheus.query('max(iam_last_successful_scan_timestamp{job="iam-job-scout"})');
  return (up?.value ?? 0) >= 5 && active.length === 0 && (found?.value ?? 0) > 0;
}

/** After all this, a real Prometheus has seen everything that the rules ask for, and Watchdog has reached the application. */
async function known(prometheus: Prometheus): Promise<void> {
  const seen = new Set(await prometheus.get<string[]>('label/__name__/values'));
  const names = new Set(
    readRuleFiles().flatMap(({ groups }) =>
      groups.flatMap(({ rules }) => rules.flatMap((rule) => [...namesIn(rule.expr)])),
    ),
  );
  const missing = [...names].filter((name) => !name.includes(':') && !seen.has(name) && !MAY_BE_MISSING.includes(name));
  checks.push({
    name: 'every metric that a rule asks for is there',
    failed: missing.length === 0 ? undefined : missing.join(', '),
  });
  const [received] = await prometheus.query(
    'max(iam_alert_watchdog_last_received_timestamp_seconds{job="iam-job-scout"})',
  );
  checks.push({
    name: 'Watchdog has reached the application',
    failed: (received?.value ?? 0) > 0 ? undefined : 'it never did',
  });
  const failing = await prometheus.query('sum(prometheus_rule_evaluation_failures_total{job="prometheus"}) > 0');
  checks.push({
    name: 'no rule failed',
    failed: failing.length === 0 ? undefined : `${failing[0]?.value} evaluations did`,
  });
}

function judge(rows: ReturnType<typeof watchAlerts>['rows']): void {
  const severities = new Map(alertsOf(readRuleFiles()).map(({ alert, labels }) => [alert, labels?.severity ?? '']));
  for (const { alert, receiver, firedAfter, resolvedAfter, failed } of rows) {
    const should = RECEIVERS[severities.get(alert) ?? ''];
    const wrong = receiver === should ? undefined : `it went to ${receiver}, not ${should}`;
    checks.push({ name: `${alert} fires`, failed: firedAfter === undefined ? (failed ?? 'it did not') : wrong });
    checks.push({
      name: `${alert} is over`,
      failed: resolvedAfter === undefined ? (failed ?? 'it was not') : undefined,
    });
  }
}

function clock(): string {
  return `${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s `;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
