/** The supervisor: starts the roles of this machine, keeps them running, and ends them in order. */
import { join } from 'node:path';
import { type Config, loadConfig, startedByNpm } from './shared/config.ts';
import { ConfigError, EXIT_CONFIG, StartError } from './shared/errors.ts';
import { requireFreePort } from './shared/listen.ts';
import { createLog, type Log } from './shared/log.ts';
import { hostMetrics, type MetricsHost } from './shared/metrics/bus.ts';
import { registerProcessMetrics } from './shared/metrics/process.ts';
import { pingRedis } from './shared/queues/redis.ts';
import { openRedisCalls } from './shared/queues/redis-call.ts';
import { adminToken, secretKeys } from './shared/secrets.ts';
import { pageLine, plainHttpRisk, signInLine, startLines } from './shared/supervisor/banner.ts';
import { openAppDatabase, ownerLink } from './shared/supervisor/database.ts';
import { listenForEnd } from './shared/supervisor/end-signals.ts';
import { Fleet } from './shared/supervisor/fleet.ts';
import { serveMetrics } from './shared/supervisor/metrics-server.ts';
import { Releases } from './shared/supervisor/releases.ts';
import { EXIT_USAGE, parseRoles, type RunnableRole, UsageError } from './shared/supervisor/roles.ts';
import { openSystemMetrics } from './shared/supervisor/system-metrics.ts';

const releases = new Releases();
let fleet: Fleet | undefined;

// Whoever reads along may leave (`npm start | head`); the system runs on.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

await main(process.argv.slice(2)).catch((error: unknown) => end(exitCodeOf(error), sentenceOf(error)));

async function main(args: readonly string[]): Promise<void> {
  const roles = parseRoles(args);
  const config = loadConfig();
  const log = createLog('supervisor', config.logLevel);
  registerProcessMetrics('supervisor', config);
  endWhenAsked(config);
  endOnUnexpected(log);

  await check(config, roles);
  const database = await releases.opening(openAppDatabase(config, log, (error) => void end(1, sentenceOf(error))));
  if (releases.ending) return;
  // Made before the roles start, so that they all read the same one.
  if (roles.includes('api')) {
    adminToken(config);
    secretKeys(config);
  }
  for (const line of startLines(config, roles, database.about, new Date())) say(line);
  const risk = plainHttpRisk(config);
  if (risk !== undefined) log.warn({ publicUrl: config.publicUrl, host: config.host }, risk);
  const metrics = await releases.opening(startMetrics(config, roles, log));
  // An api process shows them, too; where there is none, METRICS_PORT has them all the same.
  if (!roles.includes('api')) await releases.opening(openSystemMetrics(config, database.url, log));
  const lines = [pageLine(config)];
  if (config.isLocal && roles.includes('api')) lines.push(signInLine(await ownerLink(database.url, config)));
  if (!releases.ending) startFleet(config, roles, { ...database.env, ...metrics.env }, lines, log);
}

/** What would otherwise fail later, in a role, where it is harder to understand. */
async function check(config: Config, roles: readonly RunnableRole[]): Promise<void> {
  if (roles.includes('api')) await requireFreePort(config.host, config.port, 'PORT');
  if (config.metricsPort !== undefined) await requireFreePort(config.host, config.metricsPort, 'METRICS_PORT');
  if (config.redisUrl !== undefined) await pingRedis(config.redisUrl);
}

/** The bus on which all processes of this host report, and its page where METRICS_PORT asks for one. */
async function startMetrics(config: Config, roles: readonly RunnableRole[], log: Log) {
  const redis = config.redisUrl === undefined ? undefined : openRedisCalls(config.redisUrl);
  const metrics = await hostMetrics({
    dataDir: config.dataDir,
    processes: Object.fromEntries(roles.map((role) => [role, config.processes[role]])),
    call: redis?.call,
    onError: (error) => log.warn({ err: error }, 'metrics hub'),
  });
  const server =
    config.metricsPort === undefined ? undefined : await serveMetricsPort(config, config.metricsPort, metrics);
  const release = async () => {
    await server?.();
    await metrics.close();
    redis?.close();
  };
  return { env: metrics.env, release };
}

function serveMetricsPort(config: Config, port: number, metrics: MetricsHost): Promise<() => Promise<void>> {
  return serveMetrics({ host: config.host, port, token: config.metricsToken, read: metrics.read });
}

/** @param pageLines what is said when the page answers */
function startFleet(
  config: Config,
  roles: readonly RunnableRole[],
  env: Record<string, string>,
  pageLines: readonly string[],
  log: Log,
): void {
  const silent = new Set(roles);
  fleet = new Fleet({
    roles: roles.map((role) => ({
      role,
      file: join(import.meta.dirname, role, 'main.ts'),
      processes: config.processes[role],
    })),
    // Compiled code is kept between starts: half the start-up time of a role.
    env: { ...env, NODE_COMPILE_CACHE: join(config.dataDir, 'compile-cache') },
    log,
    onReady: (role) => {
      if (!silent.delete(role)) return;
      if (role === 'api') for (const line of pageLines) say(line);
      if (silent.size === 0) say('ready      Ctrl-C ends it');
    },
    onGaveUp: (sentence, exitCode) => void end(exitCode, sentence),
  });
  releases.add(() => stopFleet(config.shutdownTimeoutMs));
  fleet.start();
}

async function stopFleet(timeoutMs: number): Promise<void> {
  const killed = (await fleet?.stop(timeoutMs)) ?? [];
  if (killed.length === 0) return;
  throw new StartError(
    `${killed.join(', ')} did not end within SHUTDOWN_TIMEOUT_MS (${timeoutMs}) and had to be killed.`,
  );
}

function endWhenAsked(config: Config): void {
  const onFirst = (reason: string) => {
    say(`Ending (${reason}): the roles have ${config.shutdownTimeoutMs / 1000} s for the work under way.`);
    void end(0);
  };
  const onSecond = () => {
    fleet?.kill();
    process.exit(1);
  };
  listenForEnd({ onFirst, onSecond }, startedByNpm());
}

/** The roles end by themselves when their supervisor is gone; an embedded database is found again by the next start. */
function endOnUnexpected(log: Log): void {
  process.on('uncaughtException', (error, origin) => {
    log.fatal({ err: error, origin }, 'unexpected error');
    fleet?.kill();
    process.exit(1);
  });
}

/** Lets go of everything, then ends the process. Only the first call decides how. */
async function end(exitCode: number, sentence?: string): Promise<void> {
  if (releases.ending) return;
  if (sentence !== undefined) process.stderr.write(`${sentence}\n`);
  const faults = await releases.run();
  for (const fault of faults) process.stderr.write(`${sentenceOf(fault)}\n`);
  process.exit(exitCode === 0 && faults.length > 0 ? 1 : exitCode);
}

function exitCodeOf(error: unknown): number {
  return error instanceof UsageError ? EXIT_USAGE : error instanceof ConfigError ? EXIT_CONFIG : 1;
}

function sentenceOf(error: unknown): string {
  const expected = error instanceof UsageError || error instanceof ConfigError || error instanceof StartError;
  return expected ? error.message : `Unexpected: ${error instanceof Error ? error.stack : String(error)}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
