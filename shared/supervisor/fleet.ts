/** The processes of all roles: starts them, starts them again, and ends them. Lives in the primary of node:cluster. */
import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT_CONFIG } from '../errors.ts';
import type { Log } from '../log.ts';
import { isFromChild, STOP } from './messages.ts';
import { RestartPolicy } from './restart-policy.ts';
import type { RunnableRole } from './roles.ts';

export interface FleetOptions {
  readonly roles: readonly { readonly role: RunnableRole; readonly file: string; readonly processes: number }[];
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: Log;
  /** Called each time that a process says that it does its work. */
  onReady(role: RunnableRole): void;
  /** A role cannot be kept running; the sentence says why. Called once. */
  onGaveUp(sentence: string, exitCode: number): void;
}

interface Slot {
  readonly role: RunnableRole;
  readonly file: string;
  readonly policy: RestartPolicy;
  worker?: Worker | undefined;
  /** What it said before it ended. */
  fault?: string | undefined;
  restart?: NodeJS.Timeout | undefined;
}

/** What a process may take beyond its own deadline before it is killed. */
const KILL_AFTER_MS = 2_000;
const KILLED_WITHIN_MS = 2_000;

export class Fleet {
  readonly #options: FleetOptions;
  readonly #slots: readonly Slot[];
  #stopping = false;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.#slots = options.roles.flatMap(({ role, file, processes }) =>
      Array.from({ length: processes }, () => ({
        role,
        file,
        policy: new RestartPolicy(() => performance.now(), Math.random),
      })),
    );
  }

  start(): void {
    for (const slot of this.#slots) this.#fork(slot);
  }

  /**
   * Lets every process finish its work.
   * @param timeoutMs the deadline that the processes keep themselves; a moment later they are killed
   * @returns the roles that had to be killed
   */
  async stop(timeoutMs: number): Promise<readonly RunnableRole[]> {
    this.#stopping = true;
    for (const slot of this.#slots) {
      clearTimeout(slot.restart);
      // The callback takes the error of a process that is gone already; without one it would be an event that nobody hears.
      slot.worker?.send(STOP, () => undefined);
    }
    await this.#untilEnded(timeoutMs + KILL_AFTER_MS);
    const late = this.#running();
    if (late.length > 0) {
      this.kill();
      await this.#untilEnded(KILLED_WITHIN_MS);
    }
    return late.map((slot) => slot.role);
  }

  async #untilEnded(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (this.#running().length > 0 && performance.now() < deadline) await sleep(10);
  }

  /** At once and hard. */
  kill(): void {
    this.#stopping = true;
    for (const slot of this.#running()) slot.worker?.process.kill('SIGKILL');
  }

  /** Names a process for people. */
  describe(worker: Worker): string {
    const role = this.#slots.find((slot) => slot.worker === worker)?.role ?? 'a role';
    return `${role} (pid ${worker.process.pid})`;
  }

  #running(): Slot[] {
    return this.#slots.filter((slot) => slot.worker !== undefined);
  }

  #fork(slot: Slot): void {
    cluster.setupPrimary({ exec: slot.file, args: [] });
    const worker = cluster.fork(this.#options.env);
    slot.worker = worker;
    slot.fault = undefined;
    slot.policy.started();
    worker.on('message', (message: unknown) => {
      if (!isFromChild(message)) return;
      if (message.type === 'jobscout:fault') slot.fault = message.message;
      else this.#options.onReady(slot.role);
    });
    worker.once('exit', (code, signal) => this.#ended(slot, code, signal));
    worker.on('error', (error) => {
      // Without a process there will be no exit: it could not be started at all.
      if (worker.process.pid === undefined) this.#ended(slot, 1, undefined);
      this.#options.log.warn({ err: error, otherRole: slot.role }, 'a role could not be reached');
    });
  }

  #ended(slot: Slot, code: number | null, signal: string | null | undefined): void {
    const pid = slot.worker?.process.pid;
    slot.worker = undefined;
    if (this.#stopping) return;
    const how = signal ? `signal ${signal}` : `exit code ${code}`;
    if (code === EXIT_CONFIG) {
      this.#giveUp(slot.fault ?? `The role ${slot.role} says that its settings are wrong.`, EXIT_CONFIG);
      return;
    }
    const verdict = slot.policy.ended();
    if ('gaveUpAfter' in verdict) {
      const reason = slot.fault ?? `${how}; its log lines above say more`;
      this.#giveUp(
        `The role ${slot.role} ended ${verdict.gaveUpAfter} times right after its start, so everything is stopped. ${reason}`,
        1,
      );
      return;
    }
    const { restartInMs } = verdict;
    this.#options.log.warn(
      { otherRole: slot.role, otherPid: pid, how, fault: slot.fault, restartInMs },
      'a role ended and is started again',
    );
    slot.restart = setTimeout(() => this.#fork(slot), restartInMs);
  }

  #giveUp(sentence: string, exitCode: number): void {
    this.#stopping = true;
    for (const slot of this.#slots) clearTimeout(slot.restart);
    this.#options.onGaveUp(sentence, exitCode);
  }
}
