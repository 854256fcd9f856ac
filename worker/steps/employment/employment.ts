/**
 * Employment words of a posting as a set of ours. "Full-time contract" is two facts. A word that is not known is told apart and
 * never guessed at: who maps unknown words to full-time hides every other kind of work.
 */
import type { Employment } from '../../posting.ts';
import { SILENT, WORDS } from './words.ts';

export interface EmploymentReading {
  readonly employment: readonly Employment[];
  /** Expressions of the source that no word is known for; worth a line in the log. */
  readonly unknown: readonly string[];
}

const BY_WORD = new Map(
  Object.entries(WORDS).flatMap(([employment, words]) =>
    words.map((word) => [word, employment as Employment] as const),
  ),
);
/** Expressions of one field that are looked at, and the characters of one. */
const PARTS_MAX = 20;
const PART_LENGTH_MAX = 60;
const TEXT_MAX = 1000;
const MARKS = /[,;/|+&()[\]•·\n]| - | – /;
/** Tried only where the whole is not known: "umowa o pracę" is one expression. */
const ANDS = / (?:and|or|und|oder|et|ou|y|o|e|en|of) /;
/** "12 month contract", "6-monats": how long is no kind of employment. */
const DURATION =
  /^(?:\d+|one|two|three|six|twelve)(?:\s?to\s?\d+)? ?(?:months?|mths?|years?|weeks?|monate?|mois|meses|maanden)\b/;
/** "Employment type: Full-time" in a description: found by its end, then read as a line. */
const LABEL_END = /types? ?[:–-]|type de contrat|tipo de contrato|tungsart|gungsart|vertragsart|dienstverband/gi;
const LABELLED =
  /^(?:[*-] )?(?:(?:employment|job|contract|position|engagement)[ -]?types?|anstellungsart|beschäftigungsart|vertragsart|type de contrat|tipo de contrato|contracttype|dienstverband) ?[:–-] ?(.{2,60})$/iu;
const LINES_MAX = 20;

/** @param stated words as the source states them ("Full-time and Contractor", "FULLTIME", "fulltime_permanent") */
export function readEmployment(stated: readonly string[]): EmploymentReading {
  const found = new Set<Employment>();
  const unknown = new Set<string>();
  for (const text of stated) {
    for (const part of partsOf(text)) {
      const kinds = kindsOf(part);
      for (const kind of kinds) found.add(kind);
      if (kinds.length === 0 && part !== '' && !SILENT.has(part)) unknown.add(part);
    }
  }
  return { employment: [...found].sort(), unknown: [...unknown] };
}

/**
 * What the advert's own words say where the source states nothing: a part of the title that is such an expression and nothing
 * else ("IAM Engineer - Contract"), or a labelled line of the text.
 */
export function employmentInWords(title: string, text: string): Employment[] {
  const ofTitle = title
    .split(/[()[\]|,/–—]| - /)
    .slice(1)
    .flatMap((part) => kindsOf(plain(part)));
  return [...new Set([...ofTitle, ...readEmployment(labelledIn(text)).employment])].sort();
}

function labelledIn(text: string): string[] {
  const values: string[] = [];
  LABEL_END.lastIndex = 0;
  for (let match = LABEL_END.exec(text), n = 0; match !== null && n < LINES_MAX; match = LABEL_END.exec(text), n++) {
    const from = text.lastIndexOf('\n', match.index) + 1;
    const end = text.indexOf('\n', match.index);
    const line = text.slice(from, end < 0 ? undefined : end);
    const value = line.length > 120 ? undefined : LABELLED.exec(line)?.[1];
    if (value !== undefined) values.push(value);
  }
  return values;
}

function partsOf(text: string): string[] {
  return text
    .replaceAll('_', ' ')
    .slice(0, TEXT_MAX)
    .split(MARKS)
    .slice(0, PARTS_MAX)
    .flatMap((part) => (kindsOf(plain(part)).length > 0 ? [part] : ` ${part.toLowerCase()} `.split(ANDS)))
    .map((part) => plain(part).slice(0, PART_LENGTH_MAX));
}

function plain(part: string): string {
  return part
    .toLowerCase()
    .replace(/[\s_'’.-]+/g, ' ')
    .trim()
    .replace(DURATION, '')
    .trim();
}

/** Also two expressions without a word between them: "fulltime permanent", "part time temporary". */
function kindsOf(part: string): Employment[] {
  const whole = BY_WORD.get(part);
  if (whole !== undefined) return [whole];
  const words = part.split(' ');
  for (let n = 1; n < words.length; n++) {
    const first = BY_WORD.get(words.slice(0, n).join(' '));
    const second = BY_WORD.get(words.slice(n).join(' '));
    if (first !== undefined && second !== undefined) return [first, second];
  }
  return [];
}
