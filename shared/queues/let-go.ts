import { setTimeout as sleep } from 'node:timers/promises';

/** A server that is up answers a goodbye in milliseconds. */
const CLOSE_MS = 2000;

/**
 * Closes one of BullMQ's objects; when its server is away, and would be waited for without end, cuts the connection instead.
 * @param work what it does at this moment; it is waited for at the most `workMs`
 */
export async function letGo(
  held: { close(): Promise<void>; disconnect(): Promise<void> },
  work: () => Promise<unknown> = () => Promise.resolve(),
  workMs = 0,
): Promise<void> {
  // From here on it takes nothing new.
  const closing = held.close();
  closing.catch(() => undefined);
  await Promise.race([work(), sleep(workMs, undefined, { ref: false })]);
  const late = sleep(CLOSE_MS, 'late' as const, { ref: false });
  if ((await Promise.race([closing, late])) !== 'late') return;
  await Promise.race([held.disconnect().catch(() => undefined), sleep(CLOSE_MS, undefined, { ref: false })]);
}
