/** The folder of one test run, named by its process, so that a killed run can be cleaned up after. */
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, readPostmaster, stopServer } from '../shared/embedded/running.ts';

/** The migrated database that every test database is a copy of. */
export const TEMPLATE = 'jobscout_template';

const NAME = /^jobscout-test-(\d+)$/;

export function runFolder(): string {
  const folder = join(tmpdir(), `jobscout-test-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  // When root runs the tests, the database's own user must get through.
  chmodSync(folder, 0o711);
  return folder;
}

/** Ends the servers and removes the folders of runs whose process is gone. */
export async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(NAME.exec(name)?.[1] ?? process.pid);
    if (pid === process.pid || isAlive(pid)) continue;
    const folder = join(tmpdir(), name);
    const server = readPostmaster(join(folder, 'postgres'));
    if (server !== undefined) await stopServer(join(folder, 'postgres'), server.pid);
    rmSync(folder, { recursive: true, force: true });
  }
}
