/** One spelling for names that are written in several: "St. Louis", "Saint Louis", "München", "MUENCHEN" are not, "Zürich" is "zurich". */

/** Latin letters that are no base letter with a mark. */
const LETTERS: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  ß: 'ss',
  đ: 'd',
  ı: 'i',
  æ: 'ae',
  œ: 'oe',
  ð: 'd',
  þ: 'th',
};
const PLAIN = /^[a-z ]*$/;
const MARKS = /[\u0300-\u036f]/g;

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
  return lower
    .replace(/[łøßđıæœðþ]/g, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFD')
    .replace(MARKS, '')
    .replace(/[.'’‘`´]/g, '')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .normalize('NFC');
}
