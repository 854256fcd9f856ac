/**
 * Memory for whole bodies, used again and again: a page of some hundred kilobytes otherwise lies in new memory each time, which the
 * system has to find and the garbage collector has to look for (a tenth of what fetching a page costs).
 */

/** Bodies that are looked at in the same moment are few. */
const SPARES_MAX = 4;
/** A larger body is seldom, and its memory would be held for nothing. */
const BYTES_MAX = 2 * 1024 * 1024;

const spares: Buffer[] = [];
const lent = new WeakMap<Buffer, Buffer>();

/** The pieces as one; it is the caller's until `giveBack`, and for ever without it. */
export function joined(pieces: readonly Buffer[]): Buffer {
  const [first] = pieces;
  if (first !== undefined && pieces.length === 1) return first;
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (bytes > BYTES_MAX) return Buffer.concat(pieces, bytes);
  const whole = spares.pop() ?? Buffer.allocUnsafeSlow(BYTES_MAX);
  let at = 0;
  for (const piece of pieces) at += piece.copy(whole, at);
  const body = whole.subarray(0, bytes);
  lent.set(body, whole);
  return body;
}

/** Nothing may look into the bytes any more: the next body has them. */
export function giveBack(body: Buffer): void {
  const whole = lent.get(body);
  if (whole === undefined) return;
  lent.delete(body);
  if (spares.length < SPARES_MAX) spares.push(whole);
}
