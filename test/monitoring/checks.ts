/** A small test runner for checks that are too long, or need too much, for the one of the other tests. */

export interface Check {
  readonly name: string;
  /** @throws Error that says what is wrong */
  readonly run: () => Promise<void> | void;
}

/** Runs them one after the other; the last line printed is "N passed, N failed". @returns how many failed */
export async function runChecks(checks: readonly Check[], say = print): Promise<number> {
  let failed = 0;
  for (const { name, run } of checks) {
    const startedAt = performance.now();
    try {
      await run();
      say(`ok      ${name} (${seconds(startedAt)})`);
    } catch (error) {
      failed++;
      say(
        `FAILED  ${name} (${seconds(startedAt)})\n        ${String(error instanceof Error ? error.message : error).replaceAll('\n', '\n        ')}`,
      );
    }
  }
  say(`${checks.length - failed} passed, ${failed} failed`);
  return failed;
}

/** @throws Error with all of them, when there are any */
export function expectNone(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.slice(0, 40).join('\n'));
}

/** @throws Error when the two lists differ, with what is on one side only */
export function expectSame(is: Iterable<string>, should: Iterable<string>): void {
  const [have, want] = [new Set(is), new Set(should)];
  expectNone([
    ...[...want].filter((one) => !have.has(one)).map((one) => `missing: ${one}`),
    ...[...have].filter((one) => !want.has(one)).map((one) => `too much: ${one}`),
  ]);
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
