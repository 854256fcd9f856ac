/** Which roles the command line asks for. */
import type { Config } from '../config.ts';

export const RUNNABLE_ROLES = ['api', 'worker', 'scheduler'] as const;
export type RunnableRole = (typeof RUNNABLE_ROLES)[number];

/** `sysexits.h` EX_USAGE: the command line is wrong. */
export const EXIT_USAGE = 64;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError that names what is no role */
export function parseRoles(args: readonly string[]): readonly RunnableRole[] {
  const unknown = args.filter((arg) => !RUNNABLE_ROLES.some((role) => role === arg));
  if (unknown.length > 0) {
    throw new UsageError(
      `No such role: ${unknown.map((arg) => JSON.stringify(arg)).join(', ')}. There are ${RUNNABLE_ROLES.join(', ')}, as in \`npm start -- api worker\`; without any, all run.`,
    );
  }
  return args.length === 0 ? RUNNABLE_ROLES : RUNNABLE_ROLES.filter((role) => args.includes(role));
}

/** The roles with the number of their processes, as in "api × 1, worker × 2". */
export function describeRoles(roles: readonly RunnableRole[], processes: Config['processes']): string {
  return roles.map((role) => `${role} × ${processes[role]}`).join(', ');
}
