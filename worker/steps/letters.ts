/** Latin letters that are no base letter with a mark, so that taking marks away does not reach them. */
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

/** What NFD and NFKD part from their letters. */
export const MARKS = /[\u0300-\u036f]/g;

/** @param lower text in lower case */
export function baseLetters(lower: string): string {
  return lower.replace(/[łøßđıæœðþ]/g, (letter) => LETTERS[letter] ?? letter);
}
