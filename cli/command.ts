/** How every command of the operator ends: its exit code, and one message for what was expected to go wrong. */
import { ConfigError, EXIT_CONFIG, StartError } from '../shared/errors.ts';

/** `sysexits.h` EX_USAGE and EX_UNAVAILABLE. */
export const EXIT_USAGE = 64;
export const EXIT_UNAVAILABLE = 69;

/** The arguments are wrong; the message says which, and the usage follows it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Nothing that the command could talk to; the message says what to start or to set. */
export class UnavailableError extends StartError {}

/**
 * Runs a command and sets the exit code of the process: what `run` returns, 64 for a UsageError, 78 for wrong settings, 69
 * where nothing answers, 1 for any other failure that was expected. `--help` prints the usage.
 */
export async function runCommand(usage: string, run: (args: string[]) => Promise<number>): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  try {
    process.exitCode = await run(args);
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    const said = (error as Error).message;
    process.stderr.write(error instanceof UsageError ? `${said}\n\n${usage}\n` : `${said}\n`);
  }
}

/** @throws what nobody expected: its stack is worth seeing */
function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT_USAGE;
  if (error instanceof ConfigError) return EXIT_CONFIG;
  if (error instanceof UnavailableError) return EXIT_UNAVAILABLE;
  if (error instanceof StartError) return 1;
  throw error;
}

/** For `node:util` parseArgs, whose errors are about what was typed. */
export function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
