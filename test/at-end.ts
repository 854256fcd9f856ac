/** Releases what a test file opened, last first. vitest's own `afterAll` is lost when it is called from a hook or a test. */
type Release = () => unknown;

const releases: Release[] = [];

/** Runs `release` after the last test of this file; callable from anywhere: top level, hooks, tests, helpers. */
export function atEnd(release: Release): void {
  releases.push(release);
}

/** @throws AggregateError of what failed, after everything was tried: a leak fails the file */
export async function releaseAll(): Promise<void> {
  const faults: unknown[] = [];
  for (const release of releases.splice(0).reverse()) {
    try {
      await release();
    } catch (error) {
      faults.push(error);
    }
  }
  if (faults.length > 0) throw new AggregateError(faults, 'some things of this test file could not be released');
}
