/** When an ended process is started again, and when that is given up. Pure: the clock and the dice are handed in. */

export interface RestartRules {
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  /** A process that lived this long starts again with the first delay. */
  readonly steadyAfterMs: number;
  /** An end within this time after the start is early. */
  readonly earlyMs: number;
  /** That many early ends in a row, and it is given up. */
  readonly earlyEndsMax: number;
}

export const RESTART_RULES: RestartRules = {
  firstDelayMs: 500,
  delayMsMax: 30_000,
  steadyAfterMs: 60_000,
  earlyMs: 10_000,
  earlyEndsMax: 5,
};

export type Verdict = { readonly restartInMs: number } | { readonly gaveUpAfter: number };

/** One for each process that is to be kept running. */
export class RestartPolicy {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #rules: RestartRules;
  #startedAt = 0;
  #earlyEnds = 0;
  #delayMs: number;

  /**
   * @param now milliseconds of a clock that never goes back
   * @param random from 0 to below 1
   */
  constructor(now: () => number, random: () => number, rules: RestartRules = RESTART_RULES) {
    this.#now = now;
    this.#random = random;
    this.#rules = rules;
    this.#delayMs = rules.firstDelayMs;
  }

  started(): void {
    this.#startedAt = this.#now();
  }

  /** The wait is between half and all of the delay, so that processes that ended together do not come back together. */
  ended(): Verdict {
    const livedMs = this.#now() - this.#startedAt;
    this.#earlyEnds = livedMs < this.#rules.earlyMs ? this.#earlyEnds + 1 : 0;
    if (this.#earlyEnds >= this.#rules.earlyEndsMax) return { gaveUpAfter: this.#earlyEnds };
    if (livedMs >= this.#rules.steadyAfterMs) this.#delayMs = this.#rules.firstDelayMs;
    const delayMs = this.#delayMs;
    this.#delayMs = Math.min(delayMs * 2, this.#rules.delayMsMax);
    return { restartInMs: Math.round(delayMs * (0.5 + this.#random() / 2)) };
  }
}
