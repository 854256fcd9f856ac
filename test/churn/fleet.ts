/** The processes of a churn: started, hurt and killed, and what they counted in truth. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChurnProcess, ChurnSystem } from './system.ts';

export class ChurnFleet {
  readonly #system: ChurnSystem;
  readonly #folder: string;
  readonly #random: () => number;
  readonly #ever: string[] = [];
  #live: ChurnProcess[] = [];
  /** Not to be killed while something else is done to them. */
  readonly #spared = new Set<ChurnProcess>();
  kills = 0;

  constructor(system: ChurnSystem, folder: string, random: () => number) {
    this.#system = system;
    this.#folder = folder;
    this.#random = random;
  }

  get size(): number {
    return this.#live.length;
  }

  /** What all processes that ever were have counted. */
  truth(): number {
    return this.#ever.reduce((sum, file) => {
      const bytes = readFileSync(file);
      return sum + (bytes.length < 8 ? 0 : bytes.readDoubleLE(0));
    }, 0);
  }

  /** Processes that are too many are asked to end. */
  async scale(count: number): Promise<void> {
    while (this.#live.length > count) {
      const last = this.#live.pop() as ChurnProcess;
      process.kill(last.pid, 'SIGTERM');
      await last.gone;
    }
    // One at a time: processes that start are no part of what is tested, and leave nothing of a small machine to a scrape.
    while (this.#live.length < count) await this.#start();
  }

  /** Kills one at random and resolves when it is gone. */
  async kill(): Promise<void> {
    const victim = this.#pick();
    this.#live = this.#live.filter((one) => one !== victim);
    this.kills++;
    process.kill(victim.pid, 'SIGKILL');
    await victim.gone;
  }

  /** One at random stops for so long. */
  async stop(ms: number): Promise<void> {
    await this.#sparing(this.#pick(), async ({ pid }) => {
      process.kill(pid, 'SIGSTOP');
      await sleep(ms);
      process.kill(pid, 'SIGCONT');
    });
  }

  /** One at random computes for so long and answers nothing. */
  async hang(ms: number): Promise<void> {
    await this.#sparing(this.#pick(), async ({ pid }) => {
      process.kill(pid, 'SIGUSR2');
      await sleep(ms);
    });
  }

  /** From now on nobody counts. */
  rest(): void {
    for (const { pid } of this.#live) process.kill(pid, 'SIGHUP');
  }

  async #start(): Promise<void> {
    const truth = join(this.#folder, `truth-${this.#ever.length}`);
    this.#ever.push(truth);
    this.#live.push(await this.#system.start(truth));
  }

  /** Any but the first, whose socket is cut now and then. */
  #pick(): ChurnProcess {
    const candidates = this.#live.slice(1).filter((one) => !this.#spared.has(one));
    const picked = candidates[Math.floor(this.#random() * candidates.length)];
    if (picked === undefined) throw new Error('no process is left to be hurt');
    return picked;
  }

  async #sparing(one: ChurnProcess, work: (one: ChurnProcess) => Promise<void>): Promise<void> {
    this.#spared.add(one);
    await work(one);
    this.#spared.delete(one);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
