/** One spelling for the words of titles, names and texts. */
import { baseLetters, MARKS } from '../letters.ts';

const PLAIN = /^[\x20-\x7e\n]*$/;

/** Lower case, without marks. */
export function plain(text: string): string {
  const lower = text.toLowerCase();
  if (PLAIN.test(lower)) return lower;
  return baseLetters(lower.normalize('NFKD').replace(MARKS, ''))
    .replace(/[’‘`´]/g, "'")
    .normalize('NFC');
}

/** Words of letters and digits. "R&D" and "AT&T" stay one word, as do "C++" and "C#". */
export function tokensOf(text: string): string[] {
  return (
    plain(text)
      .replace(/(?<=\b\p{L})\.(?=\p{L}\b)/gu, '')
      .replace(/'(?=s\b)/g, '')
      .replace(/(?<=\b\p{L}{1,2})&(?=\p{L}{1,2}\b)/gu, '')
      .match(/[\p{L}\p{N}]+(?:\+\+|#(?!\d))?/gu) ?? []
  );
}

/** "ue" for "ü", which \`plain\` makes "u": one spelling for names. */
export const umlauts = (name: string): string => name.replace(/([aou])e/g, '$1');
