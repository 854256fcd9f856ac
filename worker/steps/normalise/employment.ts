/** Employment words of sources and languages, as a set of our own. A word that is not known is dropped, never guessed at. */
import type { Employment } from '../../posting.ts';

/** Whole expressions, lower-cased and with single blanks. "Contract" means ours only when it stands alone: "permanent contract" does not. */
const WORDS: Readonly<Record<Employment, readonly string[]>> = {
  full_time: [
    ...['full time', 'fulltime', 'full time employee', 'regular full time', 'vollzeit', 'temps plein', 'plein temps'],
    ...['tiempo completo', 'jornada completa', 'tempo pieno', 'tempo integral', 'voltijd', 'fulltime job', 'heltid'],
  ],
  part_time: [
    ...['part time', 'parttime', 'part time employee', 'regular part time', 'teilzeit', 'temps partiel'],
    ...['tiempo parcial', 'media jornada', 'tempo parziale', 'deeltijd', 'deltid'],
  ],
  permanent: [
    ...[
      'permanent',
      'permanent employee',
      'permanent contract',
      'permanent position',
      'cdi',
      'unbefristet',
      'festanstellung',
    ],
    ...['indefinido', 'contrato indefinido', 'tempo indeterminato', 'indeterminato', 'vast', 'vast contract'],
  ],
  contract: [
    'contract',
    'contractor',
    'contractors',
    'contractual',
    'contract to hire',
    'contract position',
    'c2h',
    'b2b',
  ],
  temporary: [
    ...['temporary', 'temp', 'temporary employee', 'seasonal', 'fixed term', 'fixed term contract', 'befristet', 'cdd'],
    ...['interim', 'intérim', 'temporal', 'tijdelijk', 'tempo determinato'],
  ],
  internship: [
    'intern',
    'interns',
    'internship',
    'internships',
    'co op',
    'coop',
    'praktikum',
    'stage',
    'stagiaire',
    'prácticas',
  ],
  freelance: ['freelance', 'freelancer', 'freelancers', 'freiberuflich'],
};

const BY_WORD = new Map(
  Object.entries(WORDS).flatMap(([employment, words]) =>
    words.map((word) => [word, employment as Employment] as const),
  ),
);

/** @param stated words as the source states them ("Full-time and Contractor", "FULLTIME", "fulltime_permanent") */
export function mapEmployment(stated: readonly string[]): Employment[] {
  const found = stated.flatMap((text) => expressions(text).flatMap((word) => BY_WORD.get(word) ?? []));
  return [...new Set(found)].sort();
}

function expressions(text: string): string[] {
  const plain = text.toLowerCase().replace(/[\s_-]+/g, ' ');
  const parts = plain.split(/[,;/|+&()]| and | or | und | et /);
  // "fulltime permanent", "permanent full time": two facts without a word between them
  return parts.flatMap((part) => {
    const whole = part.trim();
    const [, permanent] = /^(permanent|temporary)\b/.exec(whole) ?? [];
    const rest = whole.replace(/^(permanent|temporary) | (permanent|temporary)$/, '').trim();
    const [, last] = / (permanent|temporary)$/.exec(whole) ?? [];
    return BY_WORD.has(whole) ? [whole] : [rest, permanent ?? '', last ?? ''];
  });
}
