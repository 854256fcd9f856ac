/** The country of a place text, where its end says so beyond doubt. Everything else is null: a wrong country hides a job. */
import { withoutWorkModel } from './work-mode.ts';

/** Names and unmistakable abbreviations, lower-cased. "Georgia" is missing on purpose. */
const NAMES: Readonly<Record<string, string>> = {
  'united states': 'US',
  'united states of america': 'US',
  usa: 'US',
  us: 'US',
  'u.s.': 'US',
  'u.s.a.': 'US',
  'usa only': 'US',
  'us only': 'US',
  canada: 'CA',
  mexico: 'MX',
  méxico: 'MX',
  brazil: 'BR',
  brasil: 'BR',
  argentina: 'AR',
  chile: 'CL',
  colombia: 'CO',
  peru: 'PE',
  'costa rica': 'CR',
  uruguay: 'UY',
  'united kingdom': 'GB',
  uk: 'GB',
  'u.k.': 'GB',
  'great britain': 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  ireland: 'IE',
  germany: 'DE',
  deutschland: 'DE',
  austria: 'AT',
  österreich: 'AT',
  switzerland: 'CH',
  schweiz: 'CH',
  suisse: 'CH',
  france: 'FR',
  belgium: 'BE',
  belgië: 'BE',
  belgique: 'BE',
  netherlands: 'NL',
  'the netherlands': 'NL',
  nederland: 'NL',
  luxembourg: 'LU',
  spain: 'ES',
  españa: 'ES',
  portugal: 'PT',
  italy: 'IT',
  italia: 'IT',
  poland: 'PL',
  polska: 'PL',
  czechia: 'CZ',
  'czech republic': 'CZ',
  slovakia: 'SK',
  hungary: 'HU',
  romania: 'RO',
  bulgaria: 'BG',
  greece: 'GR',
  croatia: 'HR',
  serbia: 'RS',
  slovenia: 'SI',
  denmark: 'DK',
  sweden: 'SE',
  sverige: 'SE',
  norway: 'NO',
  finland: 'FI',
  iceland: 'IS',
  estonia: 'EE',
  latvia: 'LV',
  lithuania: 'LT',
  ukraine: 'UA',
  turkey: 'TR',
  türkiye: 'TR',
  cyprus: 'CY',
  malta: 'MT',
  israel: 'IL',
  'united arab emirates': 'AE',
  uae: 'AE',
  'saudi arabia': 'SA',
  qatar: 'QA',
  egypt: 'EG',
  'south africa': 'ZA',
  kenya: 'KE',
  nigeria: 'NG',
  morocco: 'MA',
  india: 'IN',
  pakistan: 'PK',
  bangladesh: 'BD',
  'sri lanka': 'LK',
  china: 'CN',
  japan: 'JP',
  'south korea': 'KR',
  taiwan: 'TW',
  'hong kong': 'HK',
  singapore: 'SG',
  malaysia: 'MY',
  indonesia: 'ID',
  philippines: 'PH',
  thailand: 'TH',
  vietnam: 'VN',
  australia: 'AU',
  'new zealand': 'NZ',
};

const US_STATE_NAMES = new Set(
  (
    'alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana iowa kansas kentucky louisiana maine ' +
    'maryland massachusetts michigan minnesota mississippi missouri montana nebraska nevada|new hampshire|new jersey|new mexico|new york|north carolina|' +
    'north dakota|ohio oklahoma oregon pennsylvania|rhode island|south carolina|south dakota|tennessee texas utah vermont virginia washington|west virginia|' +
    'wisconsin wyoming|district of columbia'
  )
    .split('|')
    .flatMap((group) => (/^(new|north|south|rhode|west|district) /.test(group) ? [group] : group.split(' '))),
);

/** Postal codes of states that nobody writes for a country behind a city's name. CA, CO, DE, ID, IL, IN and more are both. */
const US_STATE_CODES = new Set(
  'AK AZ CT FL HI IA KS LA MA MD MI MN MO MS NC ND NH NJ NM NV NY OH OK OR RI SC SD TN TX UT VA VT WA WI WV WY DC'.split(
    ' ',
  ),
);
/** "City, CA" is California for these cities and Canada for others; the same for the other codes that are also countries. */
const US_CITIES_OF: Readonly<Record<string, RegExp>> = {
  CA: /^(san |los |santa |palo alto|mountain view|sunnyvale|cupertino|redwood city|menlo park|oakland|irvine|sacramento|fremont|burbank|costa mesa|el segundo|foster city|pleasanton|berkeley)/i,
  CO: /^(denver|boulder|colorado springs|broomfield|aurora|englewood|westminster)/i,
  DE: /^(wilmington|dover|newark)/i,
  GA: /^(atlanta|alpharetta|savannah|augusta|columbus|sandy springs)/i,
  ID: /^(boise|meridian|nampa)/i,
  IL: /^(chicago|naperville|schaumburg|deerfield|springfield|oak brook|rosemont)/i,
  IN: /^(indianapolis|fort wayne|bloomington|carmel)/i,
  PA: /^(philadelphia|pittsburgh|malvern|king of prussia|harrisburg|conshohocken)/i,
};

/**
 * @param places place texts of one posting
 * @returns ISO 3166-1 alpha-2 when every place says the same country, else null
 */
export function countryOf(places: readonly string[]): string | null {
  const real = places.map(withoutWorkModel).filter((place) => place !== '');
  const [only, ...others] = new Set(real.map(countryOfOne));
  return only !== undefined && others.length === 0 ? only : null;
}

/** A country field: a code, or a name where a source writes names. */
export function countryOfField(field: string | null): string | null {
  const text = field?.trim() ?? '';
  const named = NAMES[text.toLowerCase()];
  return named ?? (/^[a-z]{2}$/i.test(text) ? text.toUpperCase() : null);
}

function countryOfOne(place: string): string | undefined {
  if (/ or /i.test(place)) return undefined; // two places in one text: the end speaks for one of them only
  const parts = place.split(/\s*,\s*|\s+[-–—]\s+|\s*[()]\s*/).filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  const named = NAMES[last.toLowerCase()];
  if (named !== undefined) return namesAnother(parts, named) ? undefined : named;
  if (US_STATE_NAMES.has(last.toLowerCase())) return 'US';
  const before = parts.at(-2) ?? '';
  if (before === '') return undefined;
  return US_STATE_CODES.has(last) || US_CITIES_OF[last]?.test(before) === true ? 'US' : undefined;
}

/** "UK, Germany, France" is a list of countries and no place in France. */
function namesAnother(parts: readonly string[], named: string): boolean {
  return parts.some((part) => (NAMES[part.toLowerCase()] ?? named) !== named);
}
