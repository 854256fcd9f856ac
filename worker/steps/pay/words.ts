/** What the words around a figure say it is: pay, something else that is paid, or nothing. */

/** Words that speak of the pay for the work itself. */
const PAY =
  'salar(?:y|ies)|pay|pays|paying|payrate|paid|compensation|comp|base|basic|wages?|remuneration|earn(?:ing)?s?|rates?|ctc|range|(?:pay)?band|offer(?:s|ing|ed)?|' +
  '\\p{L}*gehalt\\p{L}*|vergütung|verg\\.|entgelt|\\p{L}*lohn|brutto\\p{L}*|tagessatz|stundensatz|salaires?|rémunération|tjm|fixe|package|' +
  'sueldo|salarios?|salarial|retribuci[oó]n|remuneraci[oó]n|banda|\\p{L}*salaris\\p{L}*|\\p{L}*loon|uurtarief|dagtarief|tarief|lön|løn|lønn|\\p{L}+l[öø]n|' +
  'wynagrodzenie|stawka|widełki|ral|retribuzione|stipendio|remuneração|plat|mzda|gross|bruto|brut';
/** Money that is not the pay for the work, or more than it. */
const OTHER =
  'total (?:target |annual |yearly |potential |on-target )*(?:cash |direct )?(?:compensation|comp|earnings?|rewards?|cash|package|remuneration|reward)(?: range| band| package)?|' +
  'on[- ]target|target (?:earnings|cash|total)|ote|zielgehalt|jahreszielgehalt|zieleinkommen|tc|all[- ]in|uncapped|potential earnings|earning potential|' +
  'bonus(?:es)?|incentives?|commissions?|stipends?|allowances?|reimburse\\p{L}*|sign(?:ing)?[- ]?on|signing|joining|relocation|referrals?|refer|retention|' +
  'equity|stocks?|rsus?|options|shares|grants?|budgets?|training|learning|education\\p{L}*|tuition|development|conference|wellness|wellbeing|well-being|gym|fitness|health|' +
  'lifestyle|perks?|401|pension|match\\p{L}*|contributions?|contribute|insurance|cover|deductible|premium|hsa|fsa|credits?|vouchers?|discounts?|gifts?|' +
  'raised|raise|raising|funding|funded|funds?|series|seed|valuation|valued|revenues?|arr|turnover|sales|assets|aum|customers?|clients?|deals?|quota|portfolio|' +
  'savings?|saved|save|saves|donat\\p{L}*|charity|fined?|penalt\\p{L}*|costs?|fees?|prices?|pricing|worth|transactions?|volume|home[- ]?office|office setup|equipment|laptop|phone|' +
  'internet|mobile|commut\\p{L}*|transport\\p{L}*|travel|meals?|lunch|food|childcare|adoption|fertility|prizes?|awards?|scholarships?|invest\\p{L}*|backed|ipo|gmv|spend\\p{L}*|variable|' +
  'threshold|visa|claims?|losses|loss|loans?|debt|fraud|market|industry|project|contract value|' +
  'prämien?|zuschuss|zuschüsse|weiterbildung\\p{L}*|jobrad|fahrtkosten|prime|primes|intéressement|participation|tickets?|bonificaci[oó]n|incentivos?|vergoeding|premie|premia|dodatek';
/** What follows these is said not to be in the figure. */
const LEFT_OUT =
  /\b(?:excluding|excludes|exclusive of|excl\.?|not including|not include|before|without|in addition to|on top of|separate from|zzgl\.?|zuzüglich|hors|sin incluir)\b[^,;:()]{0,60}(?=[,;:)]|\bis\b|\bare\b)/giu;
const KEYWORD_SOURCE = `(?<![\\p{L}\\d])(?:(${OTHER})|(${PAY}))(?![\\p{L}\\d])`;
const KEYWORD = new RegExp(KEYWORD_SOURCE, 'iu');
const KEYWORDS = new RegExp(KEYWORD_SOURCE, 'giu');
const WEAK = /^(?:range|band|rates?|offer(?:s|ing|ed)?|paid|pay(?:ing)?|earn(?:ing)?s?)$/i;
const BRACKETS = /\([^()]{0,80}\)/g;
/** Ends of what belongs to one figure. */
const CUT_BEHIND =
  /[.;:,+|(&\n•·]|\s[-–—]\s|(?<!\p{L})(?:plus|and|with|und|et|y|e|en|as well|dependent|depending|based on|pro-?rata)(?!\p{L})/iu;
const CUT_BEFORE = /[;+|•·&]|(?<!\p{L})(?:plus|as well as|und|along with)(?!\p{L})/giu;

export type Kind = 'pay' | 'other' | null;

/** The keyword nearest to the figure among the words before it. @param words from the figure before, or the sentence's start */
export function kindBefore(words: string): Kind {
  const plain = words.replace(BRACKETS, ' ').replace(LEFT_OUT, ' ');
  let from = 0;
  for (const cut of plain.matchAll(CUT_BEFORE)) from = cut.index + cut[0].length;
  return lastKind(plain.slice(from));
}

/** The keyword nearest to the figure among the words that belong to it. @param words up to the next figure */
export function kindBehind(words: string): Kind {
  const cut = CUT_BEHIND.exec(words);
  const match = KEYWORD.exec(cut === null ? words : words.slice(0, cut.index));
  if (match === null) return null;
  return match[1] === undefined ? 'pay' : 'other';
}

function lastKind(words: string): Kind {
  let kind: Kind = null;
  let end = -9;
  for (const match of words.matchAll(KEYWORDS)) {
    // "bonus range", "commission rate": the word before says what it is
    const isWeak = match.index - end <= 1 && WEAK.test(match[0]);
    end = match.index + match[0].length;
    if (!isWeak) kind = match[1] === undefined ? 'pay' : 'other';
  }
  return kind;
}

/** "up to", "from": which bound a single figure is. */
const AT_MOST =
  /(?:\bup ?to|\bmax(?:imum)?\.?(?: of)?|\bmaxima(?:a)?l|\bbis(?: zu)?|\bjusqu['’]\s?[àa]|\bhasta|\btot(?: maximaal)?|\bfino a|\bop ?til|\bunder|\bno more than|\bnot exceed(?:ing)?|\bat[ée]|\bdo|\bupp till|≤|<):?\s*(?:circa|ca\.?)?\s*$/iu;
const AT_LEAST =
  /(?:\bfrom|\bstart(?:s|ing)?(?: salary)?(?: at| from| of)?|\bmin(?:imum)?\.?(?: of)?|\bmindestens|\bab|(?:^|\s)à partir de|\bdès|\bdesde|\ba partir de|\bvanaf|\bminimaal|\bal menos|\bat least|\bno less than|\bod|\bfra|\bfrån|\bover|\babove|\bmore than|\bupwards of|\bnorth of|≥|>):?\s*$/iu;
const AT_LEAST_BEHIND =
  /^(?:\+(?![\s]*\p{L}*\d)|\s*(?:and up(?:wards)?|and above|or more|upwards|minimum|min\.?(?!\p{L})|aufwärts|et plus|o más))/iu;
const AT_MOST_BEHIND = /^\s*(?:max(?:imum)?\.?(?!\p{L})|or less|or below)/iu;

/** @param before a few words up to the figure, also across a dot ("max. 80k"); @param behind a few after it */
export function boundOf(before: string, behind: string): 'min' | 'max' | null {
  if (AT_MOST.test(before)) return 'max';
  if (AT_LEAST.test(before)) return 'min';
  if (AT_LEAST_BEHIND.test(behind)) return 'min';
  return AT_MOST_BEHIND.test(behind) ? 'max' : null;
}
