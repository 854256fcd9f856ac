import { userInfo } from 'node:os';

/** Who sits at the terminal, for the trail. A container may run as a number that has no name. */
export function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
