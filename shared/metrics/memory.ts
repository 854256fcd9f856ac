/** How near this process is to the memory at which it would be killed. */
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';

export interface Memory {
  /** Bytes: the limit of the container, else the memory of the machine. */
  readonly limit: number;
  /** Bytes that count towards it. */
  readonly used: number;
}

/**
 * How near this process is to its end, by whichever of its limits is nearer.
 * @param ownLimit bytes that this process alone may hold (`MEMORY_LIMIT_MB`)
 */
export function nearestLimit(ownLimit: number | undefined, machine = readMemory()): Memory {
  if (ownLimit === undefined) return machine;
  const own = { limit: ownLimit, used: process.memoryUsage.rss() };
  return own.used / own.limit >= machine.used / machine.limit ? own : machine;
}

/**
 * In a container the kernel kills by what all its processes use together, so that is what counts there, not the resident
 * memory of this one. Page cache that can be given back does not count: the kernel gives it back first.
 * @param folder where the container's control group (version 2) is seen from inside
 */
export function readMemory(folder = '/sys/fs/cgroup', constrained = process.constrainedMemory()): Memory {
  const own = process.memoryUsage.rss();
  const machine = totalmem();
  if (constrained <= 0 || constrained >= machine) return { limit: machine, used: own };
  return { limit: constrained, used: Math.max(own, groupMemory(folder)) };
}

/** 0 where there is no such group, or an older kind of it. */
function groupMemory(folder: string): number {
  try {
    const current = Number(readFileSync(join(folder, 'memory.current'), 'utf8'));
    const cache = /^inactive_file (\d+)$/m.exec(readFileSync(join(folder, 'memory.stat'), 'utf8'))?.[1];
    return current - Number(cache ?? 0);
  } catch {
    return 0;
  }
}
