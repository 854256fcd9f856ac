/**
 * What the sentences of an advert say about where the work is done. A sentence must speak of the work itself: "remote access",
 * "hybrid cloud" and "work from anywhere for a month" do not, and "this is not a remote position" denies.
 */
import type { WorkMode } from '../../posting.ts';
import type { Signal } from './signals.ts';

export interface TextMode {
  readonly mode: WorkMode;
  readonly daysOnSite: number | null;
  /** The sentences that say it, and one that denies remote work. */
  readonly phrase: string | null;
  readonly daysPhrase: string | null;
  readonly denied: string | null;
}

const PHRASE_MAX = 240;

const NUMBER =
  '(\\d|one|two|three|four|five|ein|eine[nm]?|zwei|drei|vier|fünf|un|deux|trois|quatre|uno|dos|tres|cuatro|twee|drie|vier)';
const RANGE = `${NUMBER}(?:\\s?(?:-|–|to|or|bis|oder|à|a|o|tot)\\s?${NUMBER})?\\+?`;
const OFFICE =
  '(?:(?:in|at|from|into|to)\\s(?:the|our|an|your|a)?\\s?(?:[\\p{L}-]+\\s){0,3}(?:offices?|headquarters|hq|hub)|on[- ]?site|in[- ]office|in[- ]person|im büro|vor ort|sur site|au bureau|en (?:la )?oficina|presencial(?:es)?|op kantoor|in-house)';
const DAYS = '(?:\\s?x|\\s?times|\\s?(?:full |working |work )?(?:days?|tagen?|tage|jours?|d[ií]as?|dagen))';
const WEEK = '(?:\\s?(?:a|per|each|every|/|pro|par|por|a la|per)?\\s?(?:week|wk|woche|semaine|semana|week))?';
/** Between the days and the office stands no other number of days, and no other place. */
const GAP = '(?:(?!home|remote|thuis|télétravail|teletrab|one |two |three |four |five )[^.,;\\d]){0,18}?';
const DAYS_THEN_OFFICE = new RegExp(
  `${RANGE}\\s(?:office|on-?site|in-office|in-person)[- ]?days?|${RANGE}${DAYS}${WEEK}(?:${GAP}\\s?${OFFICE}|\\s(?:de |in |at |im )?(?:office|oficina|büro|kantoor|bureau)(?!\\p{L}))`,
  'iu',
);
const OFFICE_THEN_DAYS = new RegExp(
  `${OFFICE}(?:(?!home|remote|thuis)[^.;]){0,30}?${RANGE}${DAYS}(?!\\s(?:remote|from home|wfh|of remote))`,
  'iu',
);
const HOME_DAYS = new RegExp(
  `${RANGE}\\s(?:remote|home[- ]?office|homeoffice)[- ]?(?:days?|tage|dagen)|${RANGE}${DAYS}${WEEK}\\s?(?:of |de |im |am |an |)?(?:remote(?! sens)|from home|wfh|home[- ]?office|homeoffice|mobiles arbeiten|télétravail|teletrabajo|thuis(?:werken)?|working from home|work from home)|(?:remote(?: work(?:ing)?)?|work(?:ing)? from home|wfh|home[- ]?office|télétravail|teletrabajo)\\s?[:(]?\\s?(?:up to |bis zu |jusqu'à |hasta |tot )?${RANGE}${DAYS}(?! (?:off|in (?:the|our)))`,
  'iu',
);
/** "60% remote": neither all of the week nor none of it. */
const PART_REMOTE =
  /(?<!\d)[1-9]\d ?% ?(?:remote|home[- ]?office|from home|télétravail|teletrabajo|im homeoffice|homeoffice)|\b(?:remote|home[- ]?office|homeoffice)(?:[- ]?(?:anteil|quote|share|work))?:? ?(?:bis zu |up to |ca\. ?)?[1-9]\d ?%/iu;
/** "up to four weeks of remote work a year": a perk, whatever else the sentence says. */
const PERK =
  /\b(?:up to|for|take|spend|enjoy|additional|extra|\d+|an?|few|several|one|two|three|four|six|eight|twelve|max\.?)\s(?:\p{L}+\s){0,2}?(?:\d+\s)?(?:weeks?|months?|wochen|monate|semaines|mois|calendar days|business days|working days|days (?:a|per|each|every) (?:year|calendar)|days annually|tage? (?:im|pro) jahr)\b|\b(?:from abroad|abroad|overseas|workation|another country|other countries|summer|fridays?|holiday season|im ausland|à l'étranger|desde el extranjero)\b/iu;
const REMOTE_WORD = /\bremot\p{L}*|home|anywhere|télétravail|teletrab|thuis/iu;
const DENIED =
  /\b(?:not|no|isn['’]t|never|cannot|can['’]t|unable to|without|kein\p{L}*|nicht|pas de|pas|sin|geen|niet)\b[^.,;]{0,28}\b(?:remote|home[- ]?office|homeoffice|télétravail|teletrabajo|telework\p{L}*|work(?:ing)? from home|thuiswerk\p{L}*)|\bnon-remote\b|\bremote(?: work(?:ing)?| option| arrangement| candidate)?s?\b[^.,;]{0,14}\b(?:is|are|isn['’]t|aren['’]t)?\s?(?:not|n['’]t|un)\s?(?:be\s)?(?:available|possible|offered|an option|permitted|supported|eligible|considered|allowed)|\bremote\b[^.,;]{0,20}\bunavailable/iu;
const REMOTE_ROLE = new RegExp(
  [
    '\\b(?:fully|100 ?%|completely|entirely|permanently|full|all|vollständig|komplett|rein|volledig)[- ]remote\\b(?! (?:week|day|month|access|support|sens|monitor|team of))',
    '\\bremote[- ](?:role|position|job|opportunity|contract|vacancy|first|based role|work opportunity|contractor)\\b',
    '\\b(?:role|position|job|work|opportunity|vacancy|location|workplace|stelle|poste|puesto|functie)\\b(?: type| model| mode| arrangement)?\\s?(?:is|will be|can be|may be|:|ist|est|es)\\s?(?:a |an |currently |open to |performed |done |carried out |based )?(?:\\p{L}+[ ,]+){0,3}?(?:remote(?:ly)?|home[- ]based)\\b(?! (?:access|support|sens|site|monitor|team|user|desktop|employee))',
    "\\b(?:this is|we offer|it's|it is)\\s(?:a |an )?(?:\\p{L}+[ ,-]+){0,3}?remote\\b(?! (?:access|support|sens|site|monitor|team|user|desktop|employee|identity|work(?:ing)? polic))",
    '\\bremote\\s(?:within|from|across|anywhere in|throughout|in (?:the )?(?:us|u\\.s|usa|uk|eu|europe|united|canada|germany|india|emea|latam|any)|candidates (?:are )?(?:welcome|considered)|applicants (?:are )?(?:welcome|considered))',
    '^(?:location|workplace|work ?type|work ?mode|arbeitsort|standort|lieu)\\s?[:\\-–]\\s?(?:\\p{L}+[ ,(]+){0,3}?remote\\b(?! (?:site|sens|access))',
    '^remote\\b(?:\\s?[–,(:|]|\\s-|\\s?$)',
    '#li-remote\\b',
    '\\b(?:work(?:s|ing)?|perform(?:ed)?|based|performed)\\s(?:fully |100 ?% |completely |entirely |permanently )remote(?:ly)?\\b',
    '\\bwork remotely (?:from anywhere|within|from (?:your )?home|full[- ]time)\\b',
    '\\b(?:100 ?%|full[- ]time|permanent(?:ly)?|fully|position|role|job) (?:work(?:ing)? from home|home[- ]based|homeoffice|home office|télétravail|teletrabajo|remoto|thuiswerk\\p{L}*)|(?:work[- ]from[- ]home|home[- ]based) (?:role|position|job|opportunity|contract)\\b',
    '\\b(?:full remote|télétravail (?:complet|total|à 100 ?%|100 ?%)|100 ?% (?:en )?télétravail|teletrabajo (?:completo|100 ?%)|(?:puesto|trabajo|posición) (?:100 ?% )?remot[oa]|100 ?% remot[oa])\\b',
  ].join('|'),
  'iu',
);
const HYBRID_ROLE = new RegExp(
  [
    '#li-hybrid\\b',
    '\\bhybrid (?:way|manner|fashion)\\b',
    '\\bhybrid[- ](?:remote|work(?:ing|place|ers?)?(?!\\p{L}| (?:security|load|tools?|solutions?|technolog))|role|position|schedule|job|opportunity|office|basis|arrangement|culture|contract|flexibility)\\b',
    '\\bhybrid (?:model|policy|set-?up|environment|team|approach|pattern|way)\\b(?=.{0,80}\\b(?:office|home|remote|days?|week|work(?:ing)?)\\b)',
    '\\b(?:role|position|job|this|location|workplace|opportunity|stelle|puesto|poste|functie)\\b(?: type| model| mode| arrangement)?\\s?(?:is|:|will be|operates|follows|ist|est|es)\\s?(?:on )?(?:a |an |currently )?(?:\\p{L}+ ){0,2}?h[yí]brid[aeo]?\\b(?!\\s(?:cloud|identit|azure|ad\\b|it\\b|infra|environment|join|network|architect|deploy|on-?prem|multi|data|active|between|of))',
    '^(?:location|workplace|work ?type|work ?mode|arbeitsort|standort|lieu|work model|working model)\\s?[:\\-–]\\s?(?:\\p{L}+[ ,(]+){0,3}?hybrid\\b',
    '^hybrid\\b(?:\\s?[-–,(:|]|\\s?$)',
    '\\bhybrid(?:es|e) (?:arbeit\\p{L}*|werken|arbeitsmodell|modell)|\\bhybrid werken|\\b(?:modalidad|modelo|trabajo|formato|régimen) h[íi]brid[oa]|\\bmode hybride|\\btravail hybride|\\btélétravail partiel|\\bteletrabajo parcial|\\bpartially remote|\\bpartly remote|\\bteilweise (?:remote|homeoffice|im homeoffice)',
  ].join('|'),
  'iu',
);
const ONSITE_ROLE =
  /\b(?:role|position|job|opportunity|work)\b(?: location| type| arrangement)?\s?(?:is|:|will be|requires?(?: working)?|must be)\s?(?:a |an |fully |100 ?% |performed |strictly |exclusively |to be |full[- ]time |\p{L}+ ){0,4}?(?:on[- ]?site|in[- ]office|in[- ]person|in the office|office[- ]based)\b|\b(?:fully|100 ?%|strictly|exclusively|full[- ]time) (?:on[- ]?site|in[- ]office|in[- ]person)\b|\b(?:on[- ]?site|in-person|in-office) (?:role|position|job|opportunity|only|in \p{Lu})|\bonsite only\b|\bwork(?:place)? location: ?(?:in person|on[- ]?site)|\b(?:must|required to|expected to|will) (?:be able to )?work (?:on[- ]?site|in the office|in person|in-office)\b|\b(?:100 ?% )?(?:présentiel|presencial)\b|\barbeitsort(?: ist)? vor ort|^(?:location|workplace|work location)\s?[:–-][^.]{0,60}\bon[- ]?site\b|#li-onsite\b/iu;
const NOT_THE_JOB =
  /\b(?:on-?site|in-office|in-person)[\s/-]+(?:support|gym|parking|visits?|services?|customers?|clients?|interviews?|training|cafe\p{L}*|canteen|meals|lunch\p{L}*|childcare|medical|fitness|events?|meetings?|perks|amenities|health|barista|massages?|collaboration)|\b(?:occasional|occasionally|as needed|if needed|when needed|from time to time|sometimes|once a (?:month|quarter)|quarterly|monthly|interview)/iu;
const ALL_WEEK = 5;

/** @param sentences those of the description that may say it, see `signals.ts` */
export function modeOfSentences(sentences: readonly Signal[]): TextMode {
  const found: Found = { hybrid: null, remote: null, onsite: null, denied: null };
  let days: { count: number; phrase: string } | undefined;
  for (const { text, ofMode, ofDays } of sentences) {
    if (ofMode) judge(text, found);
    if (ofDays) days ??= daysIn(text);
  }
  return decided(found, days);
}

/** A few short lines: places, a title. */
export function modeOfLines(lines: readonly string[]): TextMode {
  return modeOfSentences(
    lines.map((text) => ({ text, ofMode: true, ofDays: true, ofEligibility: false, ofZones: false })),
  );
}

function judge(
  sentence: string,
  found: { hybrid: string | null; remote: string | null; onsite: string | null; denied: string | null },
): void {
  const isRemoteTalk = REMOTE_WORD.test(sentence);
  if (isRemoteTalk && DENIED.test(sentence)) {
    found.denied ??= sentence;
    if (ONSITE_ROLE.test(sentence) && !NOT_THE_JOB.test(sentence)) found.onsite ??= sentence;
    return;
  }
  if (
    found.hybrid === null &&
    (HYBRID_ROLE.test(sentence) || HOME_DAYS.test(sentence) || PART_REMOTE.test(sentence)) &&
    !isYearly(sentence)
  )
    found.hybrid = sentence;
  else if (found.remote === null && isRemoteTalk && REMOTE_ROLE.test(sentence) && !PERK.test(sentence))
    found.remote = sentence;
  if (found.onsite === null && ONSITE_ROLE.test(sentence) && !NOT_THE_JOB.test(sentence) && !isRemoteTalk)
    found.onsite = sentence;
}

/** "20 days a year from home" is a perk, "two days a week from home" is hybrid work. */
function isYearly(sentence: string): boolean {
  return /\b(?:a|per|each|im|pro|par|al|por) (?:calendar )?(?:year|jahr|an|année|año)\b|\bannually\b/iu.test(sentence);
}

function daysIn(sentence: string): { count: number; phrase: string } | undefined {
  if (!/\d|one|two|three|four|five|zwei|drei|vier|fünf|deux|trois|quatre|dos|tres|cuatro|twee|drie|ein/i.test(sentence))
    return undefined;
  if (isYearly(sentence) || /\b(?:month|quarter|monat|mois|mes|maand)\b/i.test(sentence)) return undefined;
  const match = DAYS_THEN_OFFICE.exec(sentence) ?? OFFICE_THEN_DAYS.exec(sentence);
  if (match === null) return undefined;
  const [phrase, ...numbers] = match;
  const count = countOf(numbers.findLast((number) => number !== undefined) ?? '');
  return count === undefined || count > 7 || count === 0 ? undefined : { count, phrase };
}

type Found = { hybrid: string | null; remote: string | null; onsite: string | null; denied: string | null };

function decided(
  { hybrid, remote, onsite, denied }: Found,
  days: { count: number; phrase: string } | undefined,
): TextMode {
  const isHybrid = hybrid !== null || (days !== undefined && days.count < ALL_WEEK);
  const isOnsite = onsite !== null || days !== undefined;
  const mode = isHybrid
    ? 'hybrid'
    : remote !== null && !isOnsite
      ? 'remote'
      : isOnsite && remote === null
        ? 'onsite'
        : 'unknown';
  const phrase = {
    hybrid: hybrid ?? days?.phrase ?? null,
    remote,
    onsite: onsite ?? days?.phrase ?? null,
    unknown: null,
  }[mode];
  return {
    mode,
    daysOnSite: days === undefined ? null : days.count,
    phrase: cut(phrase),
    daysPhrase: cut(days?.phrase ?? null),
    denied: cut(denied),
  };
}

const NUMBER_WORDS: readonly (readonly string[])[] = [
  [],
  ['one', 'ein', 'eine', 'einen', 'einem', 'un', 'uno'],
  ['two', 'zwei', 'deux', 'dos', 'twee'],
  ['three', 'drei', 'trois', 'tres', 'drie'],
  ['four', 'vier', 'quatre', 'cuatro'],
  ['five', 'fünf'],
];

function countOf(word: string): number | undefined {
  if (/^\d$/.test(word)) return Number(word);
  const count = NUMBER_WORDS.findIndex((words) => words.includes(word.toLowerCase()));
  return count > 0 ? count : undefined;
}

function cut(phrase: string | null): string | null {
  const line = phrase?.replace(/\s+/g, ' ').trim() ?? null;
  return line === null || line.length <= PHRASE_MAX ? line : `${line.slice(0, PHRASE_MAX)}...`;
}
