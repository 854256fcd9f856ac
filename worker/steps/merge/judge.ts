/**
 * Are two postings about one opening? Proofs first (the same number at the same system, the same page, the same requisition),
 * then what proves the contrary, then likeness. Where it is open they stay two: a job shown twice is a nuisance, a job hidden
 * behind another one is lost. Symmetric, and a function of the two postings alone.
 */
import { type Company, type CompanyRelation, compareCompanies } from './company.ts';
import { employersOwn } from './requisitions.ts';
import type { Sign } from './sign.ts';
import { hashOf, type Likeness, likenessOf, type Text } from './text.ts';
import { compareTitles, type TitleRelation } from './title.ts';
import { compareWhere, placeWords, type WhereRelation } from './where.ts';

export interface Verdict {
  readonly same: boolean;
  /** What decided. */
  readonly rule: Rule;
  /** Order of links where not all can hold: 1000 for one and the same record, below 700 for likeness; 0 when not the same. */
  readonly strength: number;
  /** What was seen, in the postings' own words. */
  readonly evidence: readonly string[];
}

export type Rule =
  | 'same_record'
  | 'same_id'
  | 'same_page'
  | 'same_requisition'
  | 'alike'
  | 'repost'
  | 'translation'
  | 'through_agency'
  | 'level'
  | 'requisition'
  | 'opening'
  | 'company'
  | 'title'
  | 'place'
  | 'contract'
  | 'pay'
  | 'text'
  | 'not_enough';

/** Days after which an employer that lists the same text anew lists the same opening again. */
const REPOST_DAYS = 14;
/** Adverts this far apart need the same text to be about one opening. */
const FAR_DAYS = 90;

/** @returns undefined when the texts must be looked at */
export function judgeSigns(a: Sign, b: Sign): Verdict | undefined {
  return proof(a, b) ?? otherLevel(a, b) ?? entriesOfOneList(a, b) ?? contrary(relate(a, b), a, b);
}

export function judge(a: Sign, b: Sign, texts: () => readonly [Text, Text]): Verdict {
  const decided = judgeSigns(a, b);
  if (decided !== undefined) return decided;
  const [left, right] = texts();
  const names = { left: mentions(left, b.company), right: mentions(right, a.company) };
  return byLikeness(relate(a, b), a, b, likenessOf(left, right), names.left || names.right);
}

interface Relation {
  readonly company: CompanyRelation;
  readonly title: TitleRelation;
  readonly where: WhereRelation;
  /** Both are told and touch; null when one is not told. */
  readonly pay: 'equal' | 'touching' | 'apart' | null;
  /** The two are entries of one employer's own list. */
  readonly isOneList: boolean;
  /** Between the stated dates; null when one is not told. */
  readonly days: number | null;
}

function relate(a: Sign, b: Sign): Relation {
  const company = companyRelation(a, b);
  const names = [...placeWords(a.where), ...placeWords(b.where), ...a.company.words, ...b.company.words];
  return {
    company,
    title: compareTitles(a.title, b.title, new Set(names)),
    where: compareWhere(a.where, b.where),
    pay: comparePay(a, b),
    isOneList: isOneList(a, b, company),
    days: daysBetween(a, b),
  };
}

function daysBetween(a: Sign, b: Sign): number | null {
  return a.day === null || b.day === null ? null : Math.abs(a.day - b.day);
}

/** A feed may put the employer's name into the title only. */
function companyRelation(a: Sign, b: Sign): CompanyRelation {
  const relation = compareCompanies(a.company, b.company);
  if (relation !== 'unnamed') return relation;
  const [named, unnamed] = a.company.key === '' ? [b, a] : [a, b];
  if (named.company.key !== '' && unnamed.title.perhapsCompany.includes(named.company.key)) return 'equal';
  return a.speaksOfClient || b.speaksOfClient ? 'agency' : 'unnamed';
}

function proof(a: Sign, b: Sign): Verdict | undefined {
  const company = companyRelation(a, b);
  const apart = company === 'different';
  if (a.source === b.source && a.nativeId === b.nativeId && !apart) {
    return same('same_record', 1000, [`both are ${a.source} ${a.nativeId}`]);
  }
  const id = a.ids.find((own) => b.ids.includes(own));
  if (id !== undefined && !isLevelApart(a, b)) return same('same_id', 900, [`both link to ${id}`]);
  const page = a.pages.find((own) => b.pages.includes(own));
  if (page !== undefined && isOneTrade(a, b)) return same('same_page', 850, [`both link to ${page}`]);
  const requisition = a.requisitions.find((own) => b.requisitions.includes(own));
  const isOneFirm = company === 'equal' || company === 'scope' || company === 'related';
  if (requisition !== undefined && isOneFirm && !a.company.isAgency && isOneTrade(a, b)) {
    return same('same_requisition', 800, [`both are requisition ${requisition} of ${a.company.words.join(' ')}`]);
  }
  return undefined;
}

function isOneTrade(a: Sign, b: Sign): boolean {
  const names = new Set([...placeWords(a.where), ...placeWords(b.where), ...a.company.words, ...b.company.words]);
  const title = compareTitles(a.title, b.title, names);
  return !isLevelApart(a, b) && (title !== 'different' || a.language !== b.language);
}

function otherLevel(a: Sign, b: Sign): Verdict | undefined {
  return isLevelApart(a, b) ? not('level', `levels ${words(a.title.levels)} and ${words(b.title.levels)}`) : undefined;
}

/** Most pairs are an employer's new posting and another one that it has, so this comes before what takes longer. */
function entriesOfOneList(a: Sign, b: Sign): Verdict | undefined {
  const days = daysBetween(a, b);
  if ((days !== null && days >= REPOST_DAYS) || !isOneList(a, b, companyRelation(a, b))) return undefined;
  return not('opening', `two entries of one employer's list: ${openingText(a)} and ${openingText(b)}`);
}

/** What proves that they are two, without a look at the texts. */
function contrary(r: Relation, a: Sign, b: Sign): Verdict | undefined {
  if (r.title === 'different' && !mayBeTranslated(a, b)) {
    return not('title', `"${a.title.words.join(' ')}" and "${b.title.words.join(' ')}"`);
  }
  if (r.company === 'different' && !perhapsThroughOther(r)) {
    return not('company', `${a.company.words.join(' ')} and ${b.company.words.join(' ')}`);
  }
  if (isRequisitionApart(r, a, b)) {
    return not('requisition', `requisitions ${words(a.requisitions)} and ${words(b.requisitions)}`);
  }
  if (r.where === 'different') return not('place', `${placesOf(a)} and ${placesOf(b)}`);
  if (isContractApart(a, b)) return not('contract', `${contractOf(a)} and ${contractOf(b)}`);
  if (r.pay === 'apart') return not('pay', `${payText(a)} and ${payText(b)} a year`);
  return undefined;
}

/** The text of both, or of one, may be missing; then the rest must be exact. */
function byLikeness(r: Relation, a: Sign, b: Sign, l: Likeness, namesOther: boolean): Verdict {
  const seen = seenOf(r, l, a, b);
  const isSameText = (l.runs >= 8 && l.share >= 0.6) || (l.words >= 3 && l.wordShare >= 0.9 && l.runs < 40);
  const isCopy = l.runs >= 12 && l.share >= 0.8;
  // A piece of a text shares its words with the whole, a summary most of them; two pieces may share none.
  const isPiece = a.textIsCut && b.textIsCut;
  const isOtherText =
    !isPiece &&
    ((l.runs >= 40 && l.share < 0.3 && l.wordShare < 0.6) || (l.words >= 6 && l.share < 0.1 && l.wordShare < 0.35));
  const strength = strengthOf(r, l);
  const isAgency = a.company.isAgency || b.company.isAgency || a.speaksOfClient || b.speaksOfClient;

  if (r.isOneList) {
    return r.title === 'equal' && l.runs >= 12 && l.share >= 0.9
      ? same('repost', strength, seen)
      : not('opening', `two entries of one employer's list: ${openingText(a)} and ${openingText(b)}`);
  }
  if (r.days !== null && r.days > FAR_DAYS && !isSameText) {
    return not('not_enough', `${r.days} days apart, and the texts are not the same`);
  }
  if (isTranslated(a, b)) return byTranslation(r, l, seen, strength);
  if (r.company === 'agency' || r.company === 'different' || (r.company === 'equal' && isAgency)) {
    return throughAgency(r, l, namesOther, seen, strength);
  }
  if (r.company === 'unnamed') {
    const isExact = r.title === 'equal' && r.where === 'equal' && isSameText;
    return isExact || (isCopy && r.title !== 'different')
      ? same('alike', strength, seen)
      : not('not_enough', 'one does not name the employer, and the texts are not the same');
  }
  if (isOtherText && !(r.pay === 'equal' && r.title === 'equal')) {
    return not('text', `the texts share ${percent(l.share)} of ${l.runs} runs of words`);
  }
  if (r.company === 'related') {
    return r.title === 'equal' && l.runs >= 8 && l.share >= 0.5
      ? same('alike', strength, seen)
      : not('not_enough', 'the names of the firms are alike, and nothing else shows that they are one');
  }
  if (r.title === 'near') {
    return isSameText || (l.runs >= 25 && l.share >= 0.5 && r.where !== 'compatible')
      ? same('alike', strength, seen)
      : not('not_enough', 'the titles are not equal, and the texts are not the same');
  }
  if (r.title !== 'equal') return not('title', `"${a.title.words.join(' ')}" and "${b.title.words.join(' ')}"`);
  return same('alike', strength, seen);
}

/**
 * Who advertises for others copies the employer's words, often behind a sentence of its own. Of a firm that nobody knows as an
 * agency it is believed where its text names the other firm.
 */
function throughAgency(
  r: Relation,
  l: Likeness,
  namesOther: boolean,
  seen: readonly string[],
  strength: number,
): Verdict {
  const isExact = r.title === 'equal' && r.where === 'equal';
  const isNear = r.where === 'equal' || r.where === 'remote' || l.runs >= 40;
  const isPart = l.runs >= 20 && l.share >= (r.pay === 'equal' ? 0.55 : 0.65);
  const isCopy = l.runs >= 12 && l.share >= 0.8;
  const isSame =
    r.title !== 'different' &&
    (r.company === 'different'
      ? namesOther && l.runs >= 30 && l.share >= 0.85 && r.title === 'equal' && isNear
      : (isExact && isPart) || (isCopy && isNear));
  return isSame
    ? same('through_agency', strength, seen)
    : not('not_enough', 'one advertises for others, and the texts are not the same');
}

/** The text has every word of the firm's name. */
function mentions({ words }: Text, { words: name }: Company): boolean {
  return name.length > 0 && name.every((word) => words.includes(hashOf(word)));
}

function byTranslation(r: Relation, l: Likeness, seen: readonly string[], strength: number): Verdict {
  const sameNames = l.names >= 3 && l.nameShare >= 0.6;
  const isFirm = r.company === 'equal' || r.company === 'scope';
  const isPlace = r.where === 'equal' || r.where === 'remote';
  const isSame =
    isFirm &&
    isPlace &&
    (r.title === 'equal' ? l.names < 3 || l.nameShare >= 0.3 : r.title === 'near' ? sameNames : false);
  return isSame
    ? same('translation', strength, [...seen, 'the texts are in two languages'])
    : not('not_enough', 'the texts are in two languages, and the rest is not exact');
}

function isLevelApart(a: Sign, b: Sign): boolean {
  const [left, right] = [a.title.levels, b.title.levels];
  return left.length !== right.length || left.some((level) => !right.includes(level));
}

/** Between languages the words of titles differ; the table of synonyms knows the trades, not every word. */
function mayBeTranslated(a: Sign, b: Sign): boolean {
  return isTranslated(a, b) && a.title.words.some((word) => b.title.words.includes(word));
}

const isTranslated = (a: Sign, b: Sign) => a.language !== null && b.language !== null && a.language !== b.language;

/** A firm that nobody knows as an agency may be one: then it copies title and place. */
const perhapsThroughOther = (r: Relation) => r.title === 'equal' && (r.where === 'equal' || r.where === 'remote');

function isRequisitionApart(r: Relation, a: Sign, b: Sign): boolean {
  const [left, right] = [employersOwn(a.requisitions), employersOwn(b.requisitions)];
  if (left.length === 0 || right.length === 0 || left.some((id) => right.includes(id))) return false;
  return r.company === 'equal' || r.company === 'scope' || r.company === 'related';
}

/** Both have numbers of one employer at one system, and none in common. */
function isOneList(a: Sign, b: Sign, company: CompanyRelation): boolean {
  if (a.isOwn && a.source === b.source && (company === 'equal' || company === 'scope')) return true;
  return a.openings.some((own) =>
    b.openings.some((other) => {
      const [system, owner] = own.owner.split('/');
      const [otherSystem, otherOwner] = other.owner.split('/');
      if (system !== otherSystem || own.id === other.id) return false;
      return owner === otherOwner
        ? owner !== '' || company === 'equal'
        : (owner === '' || otherOwner === '') && company === 'equal';
    }),
  );
}

function isContractApart(a: Sign, b: Sign): boolean {
  if (a.title.isContract !== b.title.isContract) {
    const other = a.title.isContract ? b : a;
    if (!other.employment.some(isTemporary)) return true;
  }
  const [left, right] = [a.employment, b.employment];
  if (left.length === 0 || right.length === 0) return false;
  return (
    (left.includes('permanent') && isOnlyTemporary(right)) ||
    (right.includes('permanent') && isOnlyTemporary(left)) ||
    (isOnly(left, 'part_time') && isOnly(right, 'full_time')) ||
    (isOnly(right, 'part_time') && isOnly(left, 'full_time')) ||
    left.includes('internship') !== right.includes('internship')
  );
}

const isTemporary = (kind: string) => kind === 'contract' || kind === 'freelance' || kind === 'temporary';
const isOnlyTemporary = (kinds: readonly string[]) => kinds.some(isTemporary) && !kinds.includes('permanent');
const isOnly = (kinds: readonly string[], kind: string) =>
  kinds.includes(kind) && !kinds.includes(kind === 'part_time' ? 'full_time' : 'part_time');

/** Amounts of two sources differ by rounding; sums that are a tenth apart are two. */
function comparePay({ pay: a }: Sign, { pay: b }: Sign): Relation['pay'] {
  if (a === null || b === null || (a.currency !== null && b.currency !== null && a.currency !== b.currency))
    return null;
  const near = (x: number, y: number) => Math.abs(x - y) <= 0.02 * Math.max(x, y);
  if (near(a.min, b.min) && near(a.max, b.max)) return 'equal';
  const isApart = a.min > b.max * 1.1 || b.min > a.max * 1.1;
  return isApart && !a.isWide && !b.isWide ? 'apart' : 'touching';
}

function strengthOf(r: Relation, l: Likeness): number {
  const firm = { equal: 150, scope: 120, related: 90, unnamed: 60, agency: 60, different: 30 }[r.company];
  const title = { equal: 120, near: 60, different: 0 }[r.title];
  const where = { equal: 120, remote: 90, compatible: 40, different: 0 }[r.where];
  const text = Math.round(200 * l.share * Math.min(1, l.runs / 25) + 40 * l.wordShare);
  return firm + title + where + text + (r.pay === 'equal' ? 50 : 0);
}

function seenOf(r: Relation, l: Likeness, a: Sign, b: Sign): string[] {
  const firm: Record<CompanyRelation, string> = {
    equal: `employer ${a.company.words.join(' ') || b.company.words.join(' ')}`,
    scope: `employers ${a.company.words.join(' ')} and ${b.company.words.join(' ')}: one firm's parts`,
    related: `employers ${a.company.words.join(' ')} and ${b.company.words.join(' ')}`,
    unnamed: 'one does not name the employer',
    agency: 'one advertises for others',
    different: `${a.company.words.join(' ')} and ${b.company.words.join(' ')}`,
  };
  return [
    firm[r.company],
    r.title === 'equal'
      ? `title "${a.title.words.join(' ')}"`
      : `titles "${a.title.words.join(' ')}" and "${b.title.words.join(' ')}"`,
    `places ${placesOf(a)} and ${placesOf(b)}`,
    l.runs === 0 ? 'no text to compare' : `${percent(l.share)} of ${l.runs} runs of words in common`,
    ...(r.pay === 'equal' ? [`pay ${payText(a)} a year`] : []),
  ];
}

const same = (rule: Rule, strength: number, evidence: readonly string[]): Verdict => ({
  same: true,
  rule,
  strength,
  evidence,
});
const not = (rule: Rule, evidence: string): Verdict => ({ same: false, rule, strength: 0, evidence: [evidence] });

const words = (list: readonly string[]) => (list.length === 0 ? 'none' : list.join(', '));
const percent = (share: number) => `${Math.round(share * 100)} %`;
const payText = ({ pay }: Sign) => (pay === null ? 'no pay' : `${pay.min}–${pay.max} ${pay.currency ?? ''}`.trim());
const openingText = (sign: Sign) => sign.openings[0]?.id ?? `${sign.source}:${sign.nativeId}`;
const contractOf = ({ title, employment }: Sign) =>
  [...(title.isContract ? ['contract in the title'] : []), ...employment].join(', ') || 'nothing told';

function placesOf({ where }: Sign): string {
  const named = [...where.cities.slice(0, 4), ...where.regions.slice(0, 2)].map((place) => place.replace(/\/+$/, ''));
  const list = named.length > 0 ? named : where.countries.slice(0, 4);
  return [...(where.isRemote ? ['remote'] : []), ...list].join(' ') || 'not told';
}
