import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { environmentWith } from '../../shared/config.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const TIMEOUT_MS = 120_000;

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a file of the project as an operator would, with only these settings. */
export function run(file: string, args: readonly string[], settings: Record<string, string> = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: environmentWith(settings), timeout: TIMEOUT_MS, maxBuffer: 32 * 1024 * 1024 };
    const child = execFile(process.execPath, [join(ROOT, file), ...args], options, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
