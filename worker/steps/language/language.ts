/** Which language an advert is written in, by its commonest words. Light: it looks at the beginning only, and says when it cannot tell. */

/** ISO 639-1 of the languages that are told apart; null for all others and for texts that are too short. */
export type Language = 'en' | 'de' | 'fr' | 'es' | 'nl' | 'it' | 'pt' | 'pl' | 'sv';

/** Words that are frequent in one language and rare in the others; words of several are left out. */
const STOP_WORDS: Readonly<Record<Language, string>> = {
  en: 'the and of to with for you your our will is are this that as be or from have work team we by an on at their experience',
  de: 'und der die das mit für von zu ist sind wir du sie ihr eine einen einer im auf bei sowie oder auch dich dein deine unser unsere als nicht werden',
  fr: 'et les des une vous nous avec pour dans sur votre notre est sont au aux du le ou vos nos être cette qui que par',
  es: 'el los las con para una del por nuestro nuestra tu tus como es y se más trabajo su equipo somos',
  nl: 'het een van voor met je jij wij ons onze zijn bij aan naar ook als heb hebt dat deze werken jouw wordt binnen',
  it: 'il gli della con per di una nel sono alla delle che nostro lavoro ed dei presso si',
  pt: 'os da com para uma em você nossa nosso do das na no são mais sua ou ao trabalho',
  pl: 'w i z na do oraz się jest dla nie od jako przez lub praca doświadczenie naszego',
  sv: 'och att det som för med är du vi på till av en ett har våra om eller kommer',
};
const BY_WORD = new Map<string, Language[]>();
for (const [language, words] of Object.entries(STOP_WORDS)) {
  for (const word of words.split(' ')) BY_WORD.set(word, [...(BY_WORD.get(word) ?? []), language as Language]);
}

const LOOKED_AT = 800;
const HITS_MIN = 4;
const WORD = /[a-z\u00df-\u024f]+/g;

/** @param text plain text; its first 800 characters count */
export function languageOf(text: string): Language | null {
  const hits = new Map<Language, number>();
  for (const [word] of text.slice(0, LOOKED_AT).toLowerCase().matchAll(WORD)) {
    for (const language of BY_WORD.get(word) ?? []) hits.set(language, (hits.get(language) ?? 0) + 1);
  }
  const [first, second] = [...hits].toSorted(([, a], [, b]) => b - a);
  if (first === undefined || first[1] < HITS_MIN) return null;
  // An English advert with a German paragraph, or two languages that share words: no lead, no answer
  return second !== undefined && second[1] * 1.5 > first[1] ? null : first[0];
}
