/** How a role lives: settings, log, metrics, start, drain, end. Each role's `main.ts` calls `runRole` and nothing else. */
import { type Config, loadConfig } from './config.ts';
import { findEmbedded } from './embedded/launch.ts';
import { ConfigError, EXIT_CONFIG, StartError } from './errors.ts';
import { listenFault } from './listen.ts';
import { createLog, type Log } from './log.ts';
import { applicationErrorType, countApplicationError, NO_ENDPOINT } from './metrics/application-errors.ts';
import { joinMetrics, type Metrics } from './metrics/bus.ts';
import { type Role, registerProcessMetrics } from './metrics/process.ts';
import { type FromChild, isStop } from './supervisor/messages.ts';

export interface RoleContext {
  readonly config: Config;
  readonly log: Log;
  /** The database that the supervisor prepared: migrated, with its boards. */
  readonly databaseUrl: string;
  /** The numbers of all processes. */
  readonly metrics: Metrics;
  /** Tells that the role does its work now; `line` is for people, one short line. */
  ready(line?: string): void;
}

/** Ends the role's work: takes nothing new, finishes what is under way, lets go of connections. */
export type Close = () => Promise<void>;

const TELL_TIMEOUT_MS = 1_000;

/**
 * Runs one role in this process until it is told to stop; the process then ends by itself.
 * Exit codes: 0 drained, 78 wrong settings, 1 anything else (start failed, drain took too long, unexpected error).
 * @param start opens what the role needs, begins to work and returns how to end it
 */
export async function runRole(name: Role, start: (context: RoleContext) => Promise<Close>): Promise<void> {
  const supervised = process.send !== undefined;
  let log: Log | undefined;
  try {
    const config = loadConfig();
    log = createLog(name, config.logLevel);
    endOnUnexpected(log);
    registerProcessMetrics(name, config);
    const metrics = joinMetrics(name, config.metricsBus);
    const context: RoleContext = {
      config,
      log,
      metrics,
      databaseUrl: await roleDatabaseUrl(config),
      ready: (line) => announce(name, line, supervised),
    };
    const started = start(context);
    onStop(supervised, () => drain(started, config.shutdownTimeoutMs, context));
    await started;
  } catch (error) {
    await endWith(error, log, supervised);
  }
}

/** The supervisor hands its embedded database down as DATABASE_URL; a role that is started alone looks for it. */
async function roleDatabaseUrl(config: Config): Promise<string> {
  const url = config.databaseUrl ?? (await findEmbedded(config.dataDir));
  if (url !== undefined) return url;
  throw new StartError('No database is running: start everything with `npm start`, or set DATABASE_URL.');
}

function announce(name: Role, line: string | undefined, supervised: boolean): void {
  if (supervised)
    process.send?.({ type: 'jobscout:ready', ...(line === undefined ? {} : { line }) } satisfies FromChild);
  else process.stdout.write(`${name} ready${line === undefined ? '' : `: ${line}`}\n`);
}

/**
 * Alone: the first signal drains, the second exits. Under a supervisor its message drains, signals count as nothing more than
 * that (a terminal's Ctrl-C reaches every process of the group), and when it is gone node:cluster ends this process.
 */
function onStop(supervised: boolean, stop: () => void): void {
  let stopping = false;
  const once = () => {
    if (stopping && !supervised) process.exit(1);
    if (!stopping) stop();
    stopping = true;
  };
  process.on('SIGTERM', once);
  if (!supervised) {
    process.on('SIGINT', once);
    return;
  }
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.on('message', (message) => {
    if (isStop(message)) once();
  });
  process.on('disconnect', () => process.exit(0));
}

function drain(started: Promise<Close>, timeoutMs: number, { log, metrics }: RoleContext): void {
  setTimeout(() => {
    log.error({ timeoutMs }, 'the work under way did not end in time and is left to be taken up again');
    process.exit(1);
  }, timeoutMs).unref();
  started
    .then((close) => close())
    .then(() => metrics.leave())
    .then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'closing failed');
        process.exit(1);
      },
    );
}

/** What nobody expected leaves an unknown state: the supervisor starts a fresh process. */
function endOnUnexpected(log: Log): void {
  process.on('uncaughtException', (error, origin) => {
    countApplicationError(applicationErrorType(error), NO_ENDPOINT, 'critical');
    log.fatal({ err: error, origin }, 'unexpected error');
    process.exit(1);
  });
}

async function endWith(error: unknown, log: Log | undefined, supervised: boolean): Promise<void> {
  const fault = listenFault(error) ?? error;
  const expected = fault instanceof ConfigError || fault instanceof StartError;
  if (!expected) log?.fatal({ err: fault }, 'the start failed');
  const message = fault instanceof Error ? fault.message : String(fault);
  if (supervised) await tell({ type: 'jobscout:fault', message });
  else if (expected || log === undefined) process.stderr.write(`${message}\n`);
  process.exit(fault instanceof ConfigError ? EXIT_CONFIG : 1);
}

/** `process.exit` would cut off a message that is still on its way. */
async function tell(message: FromChild): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, TELL_TIMEOUT_MS);
    process.send?.(message, undefined, undefined, () => resolve());
  });
}
