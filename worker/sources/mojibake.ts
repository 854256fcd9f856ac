/** Text that was UTF-8, was read as Windows-1252 somewhere on its way, and arrived as "GonaÃ¯ves". */

/** What Windows-1252 shows for the bytes 0x80 to 0x9F, in order; the five unused ones stay control characters. */
const CP1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
/** The first byte of a UTF-8 sequence as Windows-1252, followed by something that is no plain letter. */
const SUSPECT = /[Â-ô][\u0080-¿‚-›€™Œ-ž]/;

/**
 * The text as it was written, or the text itself. Only a text that is valid UTF-8 from first to last when its characters are
 * taken as bytes is repaired: a text with one rightly written "é" never is.
 */
export function repairMojibake(text: string): string {
  if (!SUSPECT.test(text)) return text;
  const bytes = toBytes(text);
  if (bytes === undefined) return text;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}

function toBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const high = CP1252.indexOf(text.charAt(i));
    if (high >= 0) bytes[i] = 0x80 + high;
    else if (code <= 0xff) bytes[i] = code;
    else return undefined;
  }
  return bytes;
}
