/** What was opened and how to let go of it, last first; whatever moment the end comes at. */

export type Release = () => Promise<unknown>;

export class Releases {
  readonly #stack: Release[] = [];
  #ending = false;

  /** Once true, nothing more should be opened. */
  get ending(): boolean {
    return this.#ending;
  }

  add(release: Release): void {
    this.#stack.push(release);
  }

  /**
   * Adds something that is still being opened: an end that comes meanwhile waits for it and lets go of it then.
   * @returns the thing itself
   */
  async opening<T extends { release(): Promise<unknown> }>(thing: Promise<T>): Promise<T> {
    this.add(async () => (await thing.catch(() => undefined))?.release());
    return thing;
  }

  /** Lets go of everything. @returns what failed; one failure does not keep the rest open */
  async run(): Promise<readonly unknown[]> {
    this.#ending = true;
    const faults: unknown[] = [];
    for (let release = this.#stack.pop(); release !== undefined; release = this.#stack.pop()) {
      try {
        await release();
      } catch (error) {
        faults.push(error);
      }
    }
    return faults;
  }
}
