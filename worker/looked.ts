/**
 * Postings whose text was asked for and is no IAM work, so that the next read of their board does not ask again. They are stored
 * nowhere, so this memory is all there is: bounded, and lost with the process, which then asks once more.
 */
export interface Looked {
  has(boardId: number, nativeId: string, hash: Buffer): boolean;
  add(boardId: number, nativeId: string, hash: Buffer): void;
}

/** Some 100 bytes each. */
const LOOKED_MAX = 20_000;

export function createLooked(max = LOOKED_MAX): Looked {
  const known = new Set<string>();
  const key = (boardId: number, nativeId: string, hash: Buffer) =>
    `${boardId} ${hash.toString('base64')} ${nativeId.slice(0, 100)}`;
  return {
    has: (...posting) => known.has(key(...posting)),
    add: (...posting) => {
      known.add(key(...posting));
      if (known.size <= max) return;
      // A set keeps its order: the first one is the oldest.
      for (const oldest of known) {
        known.delete(oldest);
        return;
      }
    },
  };
}
