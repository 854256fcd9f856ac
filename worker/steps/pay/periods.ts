/** The period that stands beside a figure: "per year", "/hr", "brutto/Jahr", "p.a.", "hourly rate of". */
import type { PayPeriod } from '../../posting.ts';

const words = (text: string) => text.split(' ');

/** Units behind "per", "a", "/", "pro", "par", ... */
const UNITS: Readonly<Record<PayPeriod, readonly string[]>> = {
  year: words('year years yr yrs y annum ann jahr jahre année annee an año ano anno jaar år året rok roku év'),
  month: words(
    'month months mo mth mon m monat mois mes mese maand mies miesiąc miesiąca månad månaden mån måned måneden mdr mês mc měsíc hó hónap lună luna kk',
  ),
  week: words('week weeks wk w woche semaine semana settimana vecka uke uge tydzień'),
  day: words('day days d diem tag jour j día dia giorno dag dzień manday'),
  hour: words(
    'hour hours hr hrs h stunde std heure hora ora uur timme timmen time timen godz godzinę godzina godziny hod hodinu oră tunti',
  ),
};
/** Words that tell the period alone, behind a figure. */
const ADVERBS: Readonly<Record<PayPeriod, readonly string[]>> = {
  year: words(
    'pa py annually annual yearly annualized annualised peryear perannum jährlich jahresbrutto annuel annuels annuelle brutan anual anuales annui annuo annue rocznie årligen årlig årligt jaarlijks ročně rocne éves ctc lpa',
  ),
  month: words(
    'pm pcm monthly permonth monatlich mtl mensuel mensuels mensual mensuales mensili miesięcznie maandelijks månadsvis månedlig månedligt mensais mensal měsíčně mesicne lunar havi kk',
  ),
  week: words('pw weekly perweek wöchentlich hebdomadaire wekelijks'),
  day: words('pd daily perday täglich tagessatz tjm dziennie tjd denně'),
  hour: words('ph hourly perhour stündlich stundenlohn horaire hodinově'),
};
/** Words before a figure, by their stem. Only where they speak of pay: "40 hours a week" does not. */
const BEFORE: readonly (readonly [RegExp, PayPeriod])[] = [
  [
    /\b(?:hourly|per[ -]hour|an hour|hour(?:ly)? rate)\b|stunden(?:lohn|satz)|\buurtarief|\buurloon|taux horaire|timlön|timeløn/giu,
    'hour',
  ],
  [/\b(?:day[ -]rate|daily|per[ -]day)\b|tagessatz|tagesatz|\btjm\b|dagtarief|dagvergoeding/giu, 'day'],
  [/\b(?:weekly|per[ -]week)\b|wochenlohn|weekloon/giu, 'week'],
  [
    /\b(?:monthly|per[ -]month)\b|monats|mensuel|mensual|mensile|maandsalaris|månadslön|månedsløn|miesięczn|月給|月収/giu,
    'month',
  ],
  [
    /\b(?:annual(?:ly|ized|ised)?|yearly|per[ -](?:year|annum)|p\.a\.|ctc|ral)\b|jahres|jährlich|annuel|anual|annuo|annua|jaarsalaris|årslön|årsløn|roczn|年収|年俸/giu,
    'year',
  ],
];
/** Words that may stand between a figure and its period. */
const FILLERS = new Set(
  words(
    'gross net netto brutto brut bruts brute bruto brutos lordi lordo netti netta nettos netos b2b base basic salary pay basis wage equivalent usd eur gbp cad aud cash total plus? vat vast fixed fixe uop',
  ),
);
const CONNECTORS = new Set(words('per a an each every pro im par al por je na za pr i le la el p de om pe'));

const UNIT_OF = byWord(UNITS);
const ADVERB_OF = byWord(ADVERBS);
/** One word with its dots ("p.a."), or a slash. */
const TOKEN = /[ \t\u00a0\u202f]*(?:[),(+–-]{1,2} ?)?(?:(\/)|([\p{L}][\p{L}\d.]*))/uy;
const TOKENS_MAX = 5;

/**
 * @param sign of the figure: "/MD" is a man-day in złoty and koruna and a month in kroner
 * @returns the period told directly behind `at`, with where it ends
 */
export function periodBehind(text: string, at: number, sign: string | null): { period: PayPeriod; end: number } | null {
  let end = at;
  let isUnitNext = false;
  for (let n = 0; n < TOKENS_MAX; n++) {
    TOKEN.lastIndex = end;
    const match = TOKEN.exec(text);
    if (match === null) return null;
    const [whole, slash, raw] = match;
    end = TOKEN.lastIndex;
    if (slash !== undefined) {
      isUnitNext = true;
      continue;
    }
    const word = (raw ?? '').replaceAll('.', '').toLowerCase();
    const unit = isUnitNext ? (UNIT_OF.get(word) ?? ADVERB_OF.get(word)) : undefined;
    if (unit !== undefined) return { period: unit, end };
    if (isUnitNext && word === 'md')
      return { period: sign === 'CZK' || sign === 'PLN' || sign === 'EUR' ? 'day' : 'month', end };
    const adverb = isSpoken(word, whole) ? ADVERB_OF.get(word) : undefined;
    if (adverb !== undefined) return { period: adverb, end };
    const glued = /^\s?p$/i.test(whole) && text[end] === '/'; // "p/h"
    if (glued || CONNECTORS.has(word)) {
      isUnitNext = true;
      continue;
    }
    if (!FILLERS.has(word)) return null;
    isUnitNext = false;
  }
  return null;
}

/** "PM" and "PA" behind a figure are periods where they touch it or stand in small letters or capitals alone. */
function isSpoken(word: string, whole: string): boolean {
  return word.length > 2 || !/[,(]/.test(whole);
}

/** @returns the period of the last pay word in the text before a figure */
export function periodBefore(text: string): PayPeriod | null {
  let best: PayPeriod | null = null;
  let bestAt = -1;
  for (const [stem, period] of BEFORE) {
    for (const match of text.matchAll(stem)) {
      if (match.index < bestAt) continue;
      best = period;
      bestAt = match.index;
    }
  }
  return best;
}

/** @param word a token of a structured field: "YEAR", "per-hour-wage", "PA", "Y", "1 MONTH", "monthly" */
export function periodOfToken(word: string): PayPeriod | null {
  const token = word.toLowerCase().replaceAll('.', '');
  const [, stem] =
    /^(?:per[ -])?(year|annu|month|week|da[yi]|hour)(?:ly|al|ally|m)?(?:[ -](?:salary|wage|rate))?$/.exec(token) ?? [];
  return stem === undefined ? (TOKEN_PERIODS[token] ?? null) : (STEM_PERIODS[stem] ?? null);
}

const STEM_PERIODS: Readonly<Record<string, PayPeriod>> = {
  year: 'year',
  annu: 'year',
  month: 'month',
  week: 'week',
  day: 'day',
  dai: 'day',
  hour: 'hour',
};
/** Codes of USAJOBS (PA, PH, PD, PM, PW), Careerjet (Y M W D H). "BW" is every two weeks and is none of ours. */
const TOKEN_PERIODS: Readonly<Record<string, PayPeriod>> = {
  pa: 'year',
  py: 'year',
  y: 'year',
  yr: 'year',
  pm: 'month',
  m: 'month',
  mo: 'month',
  pw: 'week',
  w: 'week',
  wk: 'week',
  pd: 'day',
  d: 'day',
  ph: 'hour',
  h: 'hour',
  hr: 'hour',
};

function byWord(lists: Readonly<Record<PayPeriod, readonly string[]>>): ReadonlyMap<string, PayPeriod> {
  return new Map(
    Object.entries(lists).flatMap(([period, all]) => all.map((word) => [word, period as PayPeriod] as const)),
  );
}
