/** Abbreviations that an advert itself spells out: "Investment & Asset Management (IAM)" is not ours, whatever else it says. */
const LOOKED_AT = 120;
const OCCURRENCES_MAX = 5;
const LEFT_OUT = new Set([
  'and',
  'of',
  'the',
  'for',
  'in',
  'on',
  'to',
  'a',
  'und',
  'et',
  'de',
  'des',
  'du',
  'y',
  'en',
  'la',
]);

/**
 * @param acronym as it stands in the text @param means what its expansion must match
 * @returns true when the text spells it out as something else, and nowhere as what is meant
 */
export function isSpeltOutAsOther(text: string, acronym: string, means: RegExp): boolean {
  let other = false;
  for (const expansion of expansionsOf(text, acronym)) {
    if (means.test(expansion)) return false;
    other = true;
  }
  return other;
}

function* expansionsOf(text: string, acronym: string): Generator<string> {
  for (const [mark, read] of [
    [`(${acronym}`, expansionBefore],
    [`${acronym} (`, expansionBehind],
  ] as const) {
    let at = text.indexOf(mark);
    for (let seen = 0; at >= 0 && seen < OCCURRENCES_MAX; seen++) {
      const expansion = read(text, at, mark.length, acronym.toLowerCase());
      if (expansion !== undefined) yield expansion;
      at = text.indexOf(mark, at + mark.length);
    }
  }
}

function expansionBefore(text: string, at: number, _length: number, acronym: string): string | undefined {
  const words = wordsOf(text.slice(Math.max(0, at - LOOKED_AT), at));
  return spells(words.slice(-acronym.length), acronym);
}

function expansionBehind(text: string, at: number, length: number, acronym: string): string | undefined {
  const inside = text.slice(at + length, at + length + LOOKED_AT).split(')', 1)[0] ?? '';
  return spells(wordsOf(inside), acronym);
}

function spells(words: readonly string[], acronym: string): string | undefined {
  const initials = words.map((word) => word[0]).join('');
  return initials === acronym ? words.join(' ') : undefined;
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
  return words.filter((word) => !LEFT_OUT.has(word));
}
