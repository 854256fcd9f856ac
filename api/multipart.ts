/** One file of a form, as browsers send it without a script (RFC 7578). The whole body is in memory and bounded by its route. */

/** @returns the parts by their names: files as bytes, fields too; undefined when the body is no such form */
export function partsOf(body: Buffer, contentType: string | undefined): Map<string, Buffer> | undefined {
  const boundary = /boundary=(?:"([^"]{1,70})"|([^;\s]{1,70}))/i.exec(contentType ?? '');
  const name = boundary?.[1] ?? boundary?.[2];
  if (name === undefined) return undefined;
  const line = Buffer.from(`\r\n--${name}`);
  // The first boundary has no line before it.
  const whole = Buffer.concat([Buffer.from('\r\n'), body]);
  const parts = new Map<string, Buffer>();
  let at = whole.indexOf(line);
  for (let n = 0; at >= 0 && n < PARTS_MAX; n++) {
    const start = at + line.length;
    const end = whole.indexOf(line, start);
    if (end < 0) return whole.subarray(start, start + 2).toString() === '--' ? parts : undefined;
    const head = whole.indexOf('\r\n\r\n', start);
    if (head < 0 || head > end) return undefined;
    const field = /;\s*name="([^"\r\n]{1,100})"/i.exec(whole.subarray(start, head).toString('utf8'))?.[1];
    if (field !== undefined && !parts.has(field)) parts.set(field, whole.subarray(head + 4, end));
    at = end;
  }
  return undefined;
}

/** Parts of one form. */
const PARTS_MAX = 20;
