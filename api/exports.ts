/** Answers that are long: written as they are read, so that a slow reader holds up the reading and no memory. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import { Problem } from './problems.ts';

/** Each holds a connection to the database while it runs. */
const AT_ONCE_MAX = 3;
/** Whoever takes nothing for so long has gone away. */
const STALL_MS = 30_000;

let running = 0;

/**
 * @param fileName for Content-Disposition; ASCII
 * @throws Problem too-many-exports
 */
export async function sendStream(
  res: Response,
  { type, fileName }: { readonly type: string; readonly fileName: string },
  parts: AsyncIterable<string>,
): Promise<void> {
  if (running >= AT_ONCE_MAX) throw new Problem('too-many-exports', { headers: { 'Retry-After': '10' } });
  running += 1;
  const { socket } = res;
  const stalled = () => void res.destroy();
  try {
    // The first part before the headers: what goes wrong at once is still answered as a problem.
    const iterator = parts[Symbol.asyncIterator]();
    const first = await iterator.next();
    res.attachment(fileName).set({ 'Content-Type': type, 'Cache-Control': 'no-store' });
    socket?.setTimeout(STALL_MS, stalled);
    await pipeline(Readable.from(withFirst(first, iterator)), res);
  } catch (error) {
    // A reader who left is no failure of ours.
    if (!res.headersSent || !res.destroyed) throw error;
  } finally {
    running -= 1;
    // With its listener: a connection that is kept open has one for each export otherwise.
    socket?.setTimeout(0, stalled);
  }
}

async function* withFirst(first: IteratorResult<string>, iterator: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    for (let part = first; part.done !== true; part = await iterator.next()) yield part.value;
  } finally {
    await iterator.return?.();
  }
}
