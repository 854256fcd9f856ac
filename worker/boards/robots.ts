/** What a site's robots.txt says to us (RFC 9309). Pure. */

/** Our name in such files, in lower case: the product of our User-Agent. */
const OUR_NAME = 'iam-job-scout';
/** Crawlers must read 500 KiB and may stop there (RFC 9309 2.5). */
export const ROBOTS_LENGTH_MAX = 500 * 1024;
const RULES_MAX = 2000;
const PATTERN_LENGTH_MAX = 500;

interface Rule {
  readonly allow: boolean;
  readonly pattern: string;
}

/**
 * @param text of the robots.txt
 * @param path with its query, as it will be asked for
 * @returns the rule that forbids the path to us ("Disallow: /jobs"), or undefined when it may be read
 */
export function forbiddenBy(text: string, path: string): string | undefined {
  if (path === '/robots.txt') return undefined;
  let best: Rule | undefined;
  for (const rule of rulesForUs(text.slice(0, ROBOTS_LENGTH_MAX))) {
    if (!fits(rule.pattern, normal(path))) continue;
    const isBetter =
      best === undefined ||
      rule.pattern.length > best.pattern.length ||
      (rule.pattern.length === best.pattern.length && rule.allow);
    if (isBetter) best = rule;
  }
  return best === undefined || best.allow ? undefined : `Disallow: ${best.pattern}`;
}

/** The rules of the groups that name us; where none does, those for everybody. */
function rulesForUs(text: string): Rule[] {
  const [ours, everybodys]: [Rule[], Rule[]] = [[], []];
  let namesUs = false;
  // Whom the group is for that is being read.
  let [forUs, forAll, inRules] = [false, false, false];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [, field = '', value = ''] = LINE.exec(line.slice(0, 2 * PATTERN_LENGTH_MAX)) ?? [];
    const name = field.toLowerCase();
    if (name === 'user-agent') {
      if (inRules) [forUs, forAll, inRules] = [false, false, false];
      const agent = value.trim().toLowerCase();
      if (isOurs(agent)) [forUs, namesUs] = [true, true];
      if (agent === '*') forAll = true;
    } else if (name === 'allow' || name === 'disallow') {
      inRules = true;
      const pattern = normal(value.trim().slice(0, PATTERN_LENGTH_MAX));
      // An empty rule says nothing.
      if (pattern === '' || ours.length + everybodys.length >= RULES_MAX) continue;
      const rule = { allow: name === 'allow', pattern };
      if (forUs) ours.push(rule);
      if (forAll) everybodys.push(rule);
    }
  }
  return namesUs ? ours : everybodys;
}

const LINE = /^[ \t]*([a-z-]{1,20})[ \t]*:([^#]*)/i;

/** A group names us by our product, with or without a version behind it. */
function isOurs(agent: string): boolean {
  return agent.split(/[/\s]/, 1)[0] === OUR_NAME;
}

/** `*` stands for anything, `$` at the end for the end; without it the pattern is a beginning. Linear in both lengths times stars. */
function fits(pattern: string, path: string): boolean {
  const toEnd = pattern.endsWith('$');
  const pieces = (toEnd ? pattern.slice(0, -1) : pattern).split('*');
  const [head = '', ...others] = pieces;
  if (!path.startsWith(head)) return false;
  let at = head.length;
  for (const [i, piece] of others.entries()) {
    const isLast = i === others.length - 1;
    if (isLast && toEnd) return path.length - piece.length >= at && path.endsWith(piece);
    const next = path.indexOf(piece, at);
    if (next < 0) return false;
    at = next + piece.length;
  }
  return !toEnd || at === path.length;
}

/** Escapes are compared in capitals, what need not be escaped without them; everything else as it stands. */
function normal(path: string): string {
  return path
    .replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) => {
      const character = String.fromCharCode(Number.parseInt(hex, 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : `%${hex.toUpperCase()}`;
    })
    .replace(/[^\x21-\x7e]/gu, (character) => encodeURIComponent(character));
}
