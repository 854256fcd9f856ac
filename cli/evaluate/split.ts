/** Halves of a labelled set that stay what they are when rows are added: one is tuned on, the other is never looked at. */
import { createHash } from 'node:crypto';

export const HALVES = ['tune', 'hold-out'] as const;
export type Half = (typeof HALVES)[number];

/** @param key the row's own words, so that a row that is numbered anew does not change sides */
export function halfOf(key: string): Half {
  const [first = 0] = createHash('sha256').update(key).digest();
  return first % 2 === 0 ? 'tune' : 'hold-out';
}

/** @param keyOf what the row is known by; lines that are not JSON go with the tuned half, where they are reported */
export function linesOf(half: Half, lines: string): string {
  return lines
    .split('\n')
    .filter((line) => line.trim() !== '' && halfOf(keyOf(line)) === half)
    .join('\n');
}

function keyOf(line: string): string {
  try {
    const { id, raw, hint, ...row } = JSON.parse(line) as Record<string, unknown>;
    return typeof raw === 'string' ? `${raw}\n${String(hint ?? '')}` : String(id ?? JSON.stringify(row));
  } catch {
    return line;
  }
}
