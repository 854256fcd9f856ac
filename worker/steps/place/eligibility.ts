/** Where a candidate must live or may work, and in which time zones, as sentences of the advert say it. */
import { countryByCode, countryByName, worldRegion } from './countries.ts';
import { fold } from './fold.ts';
import { regionsByName } from './gazetteer.ts';
import type { Signal } from './signals.ts';

export interface TextEligibility {
  readonly countries: readonly string[];
  readonly regions: readonly string[];
  readonly timeZones: readonly string[];
  readonly phrase: string | null;
  readonly zonesPhrase: string | null;
}

/** What opens a list of places where the candidate must be. The employer's own place ("we are based in") is none. */
const MUST_LIVE =
  /(?:\b(?:must|should|need to|needs to|required to|have to|has to|able to|candidates?|applicants?|you|be|only|employees|individuals|people|anyone|someone|residents?)\b[^.]{0,40}?\b(?:be )?(?:based|located|residing|reside|live|living)\s(?:with)?in|\bresidents? of|\bremote(?:ly)?\s?\(?(?:within|in|from(?: anywhere in)?|across|anywhere (?:in|within)|throughout)|\b(?:authori[sz]ed|right|eligible|permitted|authori[sz]ation|legally able) to work (?:(?:permanently|legally|lawfully|full[- ]time|and live|and reside|for any employer) )*(?:with)?in|\b(?:can|only|currently|able to|we) (?:only |currently )?(?:hir(?:e|ing)|employ) (?:remotely |people |employees )?in|\bhiring (?:remotely |exclusively |only )?in|\bopen to (?:candidates|applicants|residents)(?: based| located| living| residing)? (?:in|from|of|across|within)|\b(?:candidates|applicants) (?:in|from|within|across)|\bwork(?:ing)?(?: remotely)? from anywhere (?:in|within)|\b(?:location|based) ?: ?anywhere in)\s*:?\s*/giu;
const WE_ARE =
  /\b(?:we(?:'re| are)?|our (?:team|company|office|offices|headquarters|hq|clients?|customers?)|company|headquartered|team is|teams? (?:are )?|startup|firm|client)\b[^.]{0,30}\b(?:based|located|living|live)\s(?:with)?in/iu;
const PERK =
  /\b(?:up to|for)\s(?:an? |\d+ |one |two |three |four |six )?(?:\p{L}+ )?(?:weeks?|months?|days)\b|abroad|\ba month\b/iu;
const LIST_BREAK = /\s*(?:,|;|\/|\bor\b|\band\b|&|\bor the\b|\bas well as\b)\s*/iu;
const LEAD =
  /^(?:the|one of(?: the following)?|any of|either|following|countries|states|locations|areas?|of|a|an|in|within|our|approved|these|mainland|continental|contiguous|greater|of the)\s+/iu;
const LIST_MAX = 300;
const COUNTRIES_MAX = 60;

const ZONE =
  '(UTC|GMT|CET|CEST|EET|WET|EST|EDT|ET|PST|PDT|PT|CST|CDT|CT|MST|MDT|MT|BST|IST|SGT|AEST|JST|Eastern|Pacific|Central European|Central|Mountain|European|US|American)';
const OFFSET = '(?:\\s?([+-−–±]\\s?/?-?\\s?\\d{1,2})(?::\\d\\d)?)?';
const ZONE_RANGE =
  /\b(UTC|GMT)\s?([+−–-]\s?\d{1,2})(?::\d\d)?\s?(?:to|-|–|and|through)\s?(?:UTC|GMT)?\s?([+−–-]\s?\d{1,2})/iu;
const ZONES = new RegExp(
  `\\b${ZONE}${OFFSET}(?![\\p{L}\\d])(?: standard| daylight)?(?: time ?zones?| time| business hours| working hours| hours| timezones?)?`,
  'gu',
);
const ZONE_TALK =
  /time ?zones?|\boverlap|(?:working|business|core|office|standard) hours|\bhours of\b|\bhours\b.{0,20}\b(?:utc|gmt|cet|est|pst|et|pt|eastern|pacific)\b|\b(?:utc|gmt|cet|est|edt|pst|pdt|cst|mst|bst|ist|et|pt)\b.{0,14}\b(?:hours|time|business)\b|\b(?:eastern|pacific|central|mountain|european) (?:standard |daylight )?(?:time|hours|business hours|time ?zone)/iu;
const CLOCK = /\b\d{1,2}(?::\d\d)?\s?(?:am|pm|a\.m\.|p\.m\.)/iu;

/** @param sentences those of the description that may say it, see `signals.ts` */
export function eligibilityOfSentences(sentences: readonly Signal[]): TextEligibility {
  const countries = new Set<string>();
  const regions = new Set<string>();
  const timeZones = new Set<string>();
  let phrase: string | null = null;
  let zonesPhrase: string | null = null;
  for (const { text, ofEligibility, ofZones } of sentences) {
    if (ofEligibility && readPlaces(text, countries, regions)) phrase ??= text;
    if (ofZones && readZones(text, timeZones)) zonesPhrase ??= text;
  }
  return { countries: [...countries], regions: [...regions], timeZones: [...timeZones], phrase, zonesPhrase };
}

function readPlaces(sentence: string, countries: Set<string>, regions: Set<string>): boolean {
  if (
    PERK.test(sentence) ||
    WE_ARE.test(sentence) ||
    /\b(?:not|don't|cannot|unable)\b[^.]{0,30}\b(?:hire|hiring|employ|accept|consider)/iu.test(sentence)
  )
    return false;
  let isRead = false;
  for (const match of sentence.matchAll(MUST_LIVE)) {
    const list = sentence.slice(match.index + match[0].length, match.index + match[0].length + LIST_MAX);
    if (readList(list, countries, regions)) isRead = true;
  }
  return isRead;
}

/** Names up to the first part that is none: "Germany, Austria or Switzerland and hold a permit". */
function readList(list: string, countries: Set<string>, regions: Set<string>): boolean {
  let isRead = false;
  for (const part of list.split(LIST_BREAK).slice(0, COUNTRIES_MAX)) {
    if (part === '') continue;
    const place = leadingPlace(part);
    if (place === undefined) return isRead;
    isRead = true;
    if (place.country !== undefined) countries.add(place.country);
    else if (place.world !== undefined) regions.add(place.world);
  }
  return isRead;
}

/** The longest name that a part begins with. "Georgia" is none: it may be the state. */
function leadingPlace(part: string): { country?: string; world?: string } | undefined {
  if (/\btime ?zones?\b|\bhours\b/i.test(part)) return undefined;
  let text = part;
  for (let n = 0; n < 4 && LEAD.test(text); n++) text = text.replace(LEAD, '');
  const words = text
    .split(/[\s()]+/)
    .filter(Boolean)
    .slice(0, 5);
  for (let size = words.length; size > 0; size--) {
    const some = words
      .slice(0, size)
      .join(' ')
      .replace(/[.:!?]+$/, '');
    const name = fold(some);
    if (name === 'georgia') return undefined;
    const world = worldRegion(name);
    if (world !== undefined) return { world };
    const country = countryByName(name) ?? (/^[A-Z]{2}$/.test(some) && some !== 'US' ? undefined : countryByCode(some));
    if (country !== undefined && /^\p{Lu}/u.test(some)) return { country };
    const state = regionsByName(name).find((area) => area.country === 'US' && /^\p{Lu}/u.test(some));
    if (state !== undefined) return { country: state.country };
  }
  return undefined;
}

function readZones(sentence: string, zones: Set<string>): boolean {
  const range = ZONE_RANGE.exec(sentence);
  if (range !== null) {
    zones.add(`UTC${signed(range[2] ?? '')}..UTC${signed(range[3] ?? '')}`);
    return true;
  }
  // "the support line is open 9am to 5pm EST" is no rule for the candidate
  if (
    !ZONE_TALK.test(sentence) ||
    (CLOCK.test(sentence) && !/\b(?:overlap|time ?zone|must|able to work|working hours|core hours)\b/iu.test(sentence))
  )
    return false;
  let isRead = false;
  for (const [, zone = '', offset] of sentence.matchAll(ZONES)) {
    zones.add(`${NAMES[zone] ?? zone}${offset === undefined ? '' : spread(offset)}`);
    isRead = true;
  }
  return isRead;
}

const NAMES: Readonly<Record<string, string>> = {
  GMT: 'UTC',
  Eastern: 'ET',
  EST: 'ET',
  EDT: 'ET',
  Pacific: 'PT',
  PST: 'PT',
  PDT: 'PT',
  Central: 'CT',
  CST: 'CT',
  CDT: 'CT',
  Mountain: 'MT',
  MST: 'MT',
  MDT: 'MT',
  'Central European': 'CET',
  CEST: 'CET',
  European: 'EUROPE',
  American: 'US',
};

function signed(offset: string): string {
  return offset.replace(/\s/g, '').replace(/[−–]/, '-');
}

/** "CET +/- 2" and "CET ±2" */
function spread(offset: string): string {
  const plain = offset.replace(/\s/g, '');
  return /^(?:±|\+\/-|\+-)/.test(plain) ? `±${plain.replace(/\D/g, '')}` : signed(plain);
}
