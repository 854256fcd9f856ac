/** What people type, as texts of adverts are kept: other spellings of the same words would find nothing. */

/** Soft hyphen, zero-width characters, byte order mark. */
const INVISIBLE = /[\u00AD\u200B-\u200F\u2060\uFEFF]/g;

/** As worker/steps/normalise/text.ts writes texts of adverts: one Unicode form, nothing invisible, one blank between words. */
export function asStored(text: string): string {
  return text.normalize('NFC').replace(INVISIBLE, '').replace(/\s+/g, ' ').trim();
}
