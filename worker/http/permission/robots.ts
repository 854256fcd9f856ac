/** robots.txt, as RFC 9309 reads it. */
import type { PathRule } from './path-rules.ts';

/** Of a file so much is read (RFC 9309 2.5 asks for at least 500 KiB). */
const CHARACTERS_MAX = 512 * 1024;
const RULES_MAX = 10_000;

/**
 * The rules for one robot: those of all groups that name it, else those of the groups for all (`*`).
 * @param product the product token of the User-Agent, such as "IAM-Job-Scout"; letter case does not matter
 */
export function robotsRules(text: string, product: string): PathRule[] {
  const own: PathRule[] = [];
  const forAll: PathRule[] = [];
  let isNamed = false;
  /** Which of the two lists the group at hand goes to; a group begins with the first User-agent line after a rule. */
  let targets = new Set<PathRule[]>();
  let inRules = true;
  for (const line of text
    .slice(0, CHARACTERS_MAX)
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)) {
    const [, name = '', value = ''] = /^\s*([A-Za-z-]+)\s*:\s*([^#]*?)\s*(?:#.*)?$/.exec(line) ?? [];
    switch (name.toLowerCase()) {
      case 'user-agent':
        if (inRules) targets = new Set();
        inRules = false;
        if (value === '*') targets.add(forAll);
        else if (productOf(value) === product.toLowerCase()) {
          targets.add(own);
          isNamed = true;
        }
        break;
      case 'allow':
      case 'disallow':
        inRules = true;
        for (const rules of targets) {
          if (rules.length < RULES_MAX) rules.push({ pattern: value, allow: name.toLowerCase() === 'allow' });
        }
        break;
      default:
      // Anything else (Sitemap, Crawl-delay) belongs to no group.
    }
  }
  return isNamed ? own : forAll;
}

/** Some write a version behind the product; only letters, "_" and "-" are part of it (RFC 9309 2.2.1). */
function productOf(value: string): string {
  return (/^[a-z_-]+/i.exec(value)?.[0] ?? '').toLowerCase();
}
