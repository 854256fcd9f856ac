/** The folder of one test run, named by its process, so that a killed run can be cleaned up after. */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAlive, readPostmaster, stopServer } from '../shared/embedded/running.ts';

/** The migrated database that every test database is a copy of. */
export const TEMPLATE = 'jobscout_template';

const NAME = /^jobscout-test-(\d+)$/;

export function makeRunFolder(): string {
  const folder = join(tmpdir(), `jobscout-test-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // When root runs the tests, the database's own user must get through.
  chmodSync(folder, 0o711);
  return folder;
}

/** Ends the database servers whose data lies in the folder, then removes it. */
export async function removeRunFolder(folder: string): Promise<void> {
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (basename(file) !== 'postmaster.pid') continue;
    const data = join(folder, dirname(file));
    await stopServer(data, readPostmaster(data)?.pid ?? 0);
  }
  rmSync(folder, { recursive: true, force: true });
}

/** Clears away what runs left behind that were killed. */
export async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(NAME.exec(name)?.[1] ?? process.pid);
    if (pid !== process.pid && !isAlive(pid)) await removeRunFolder(join(tmpdir(), name));
  }
}
