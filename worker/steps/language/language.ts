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
/** Places in `LANGUAGES`. */
const BY_WORD = new Map<string, number[]>();
for (const [language, words] of Object.values(STOP_WORDS).entries()) {
  for (const word of words.split(' ')) BY_WORD.set(word, [...(BY_WORD.get(word) ?? []), language]);
}
const NONE: readonly number[] = [];

const LANGUAGES = Object.keys(STOP_WORDS) as Language[];
const LOOKED_AT = 800;
const HITS_MIN = 4;
const BETWEEN_WORDS = /[^a-z\u00df-\u024f]+/;

/** @param text plain text; its first 800 characters count */
export function languageOf(text: string): Language | null {
  const hits = new Array<number>(LANGUAGES.length).fill(0);
  for (const word of text.slice(0, LOOKED_AT).toLowerCase().split(BETWEEN_WORDS)) {
    for (const language of BY_WORD.get(word) ?? NONE) hits[language] = (hits[language] ?? 0) + 1;
  }
  const [first = 0, second = 0] = hits.toSorted((a, b) => b - a);
  // An English advert with a German paragraph, or two languages that share words: no lead, no answer
  if (first < HITS_MIN || second * 1.5 > first) return null;
  return LANGUAGES[hits.indexOf(first)] ?? null;
}
