/** One spelling for names that are written in several: "St. Louis", "Saint Louis", "München", "MUENCHEN" are not, "Zürich" is "zurich". */
import { baseLetters, MARKS } from '../letters.ts';

const PLAIN = /^[a-z ]*$/;

/** Lower case, without marks, dots and apostrophes; every other sign is a blank. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  const plain = PLAIN.test(lower) ? lower : unmarked(lower);
  return plain
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/^(?:saint|ste?) /, 'st ')
    .replace(/^fort /, 'ft ')
    .replace(/^mount /, 'mt ');
}

function unmarked(lower: string): string {
  return baseLetters(lower)
    .normalize('NFD')
    .replace(MARKS, '')
    .replace(/[.'’‘`´]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .normalize('NFC');
}
