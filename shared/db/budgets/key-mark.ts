import { createHmac } from 'node:crypto';
import { type SourceName, sourceInfo } from '../../sources.ts';

/**
 * Tells one key of a source from another without saying anything about it: a keyed hash with the installation's own salt. Quotas
 * belong to keys, so spending is counted for each, and what a source refused one key it did not refuse the next one.
 * @returns '' for a source that is read without a key
 */
export function keyMark(source: SourceName, keys: Readonly<Record<string, string>>, salt: string): string {
  const { keys: needed, optionalKeys = [] } = sourceInfo(source);
  const used = [...needed, ...optionalKeys].map((name) => keys[name] ?? '');
  if (used.every((value) => value === '')) return '';
  return createHmac('sha256', salt)
    .update(JSON.stringify([source, ...used]))
    .digest('base64url')
    .slice(0, 22);
}
