/**
 * Letters without their marks, one for one, so that conditions are plain ASCII expressions: the engine's own `\b` and `\w` know
 * no other letters, and boundaries that do are ten times as slow.
 */
/** Letters that have no mark to lose. */
const BY_HAND = new Map(
  Object.entries({ ß: 's', æ: 'a', Æ: 'A', ø: 'o', Ø: 'O', ł: 'l', Ł: 'L', đ: 'd', Đ: 'D', œ: 'o', Œ: 'O' }),
);
const FIRST = 0xc0;
const LAST = 0x17f;
const PLAIN = Array.from({ length: LAST - FIRST + 1 }, (_, i) => plainOf(String.fromCharCode(FIRST + i))).join('');
const MARKED = /[\u00c0-\u017f]/g;

/** @returns text of the same length: "Électricien (H/F)" becomes "Electricien (H/F)" */
export function plain(text: string): string {
  return text.replace(MARKED, (letter) => PLAIN.charAt(letter.charCodeAt(0) - FIRST));
}

function plainOf(letter: string): string {
  const bare = BY_HAND.get(letter) ?? letter.normalize('NFD').charAt(0);
  return /[a-z]/i.test(bare) ? bare : letter;
}
