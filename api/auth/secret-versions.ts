import { createHash } from 'node:crypto';

/**
 * The keys as better-auth wants them, the present one first. What a key encrypted carries the key's number, so the number must
 * belong to the key: it is made of its hash.
 */
export function secretVersions(keys: readonly [string, ...string[]]): { version: number; value: string }[] {
  return keys.map((value) => ({
    version: createHash('sha256').update(`version of ${value}`).digest().readUInt32BE() >>> 1,
    value,
  }));
}
