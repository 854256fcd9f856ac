/** Patterns of paths as robots.txt has them (RFC 9309 2.2.2, 2.2.3), which TDMRep uses, too. */

export interface PathRule {
  /** Begins with "/" or "*"; `*` stands for any characters, `$` at the end for the end. */
  readonly pattern: string;
  readonly allow: boolean;
}

/** Characters of a pattern; a longer one is no rule that a person wrote. */
const PATTERN_MAX = 2_000;

/**
 * The rule that fits with the longest pattern decides, an allowing one between equals. Without one everything is allowed.
 * @param path with its query, as it is sent
 */
export function isAllowed(rules: readonly PathRule[], path: string): boolean {
  const target = normal(path);
  let best: { length: number; allow: boolean } | undefined;
  for (const { pattern, allow } of rules) {
    if (pattern === '' || pattern.length > PATTERN_MAX) continue;
    const wanted = normal(pattern);
    if (!fits(wanted, target)) continue;
    const { length } = wanted;
    if (best === undefined || length > best.length || (length === best.length && allow)) best = { length, allow };
  }
  return best?.allow ?? true;
}

/** In time of pattern times path at the worst, whatever stars a hostile pattern has: a regular expression would not end. */
function fits(pattern: string, path: string): boolean {
  const isWhole = pattern.endsWith('$');
  const [head = '', ...rest] = (isWhole ? pattern.slice(0, -1) : pattern).split('*');
  if (!path.startsWith(head)) return false;
  let at = head.length;
  for (const [i, part] of rest.entries()) {
    const isLast = i === rest.length - 1;
    if (isLast && isWhole) return path.length - part.length >= at && path.endsWith(part);
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return !isWhole || at === path.length;
}

/** Equal octets are written alike: what need not be encoded is not, and what is encoded is so in capitals. */
function normal(text: string): string {
  return text
    .replace(/[^\x21-\x7e]+/gu, (characters) => encodeURIComponent(characters))
    .replace(/%([0-9a-f]{2})/gi, (encoded, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase();
    });
}
