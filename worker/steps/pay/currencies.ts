/** Currencies as adverts write them: codes, signs, names, and the sizes by which an unmarked figure can be told. */

/**
 * What is known of one currency.
 * `unit`: how many of it are about one US dollar of pay, to one digit. It serves to see that a figure is absurd, and nothing is
 * ever converted with it. `yearFrom`: the smallest unmarked figure that can only be a year's pay, because no employer pays
 * that in a month; null where months and years overlap. `hourTo`: an unmarked figure in a pay field up to this can only be an
 * hour's pay; null where days are told as often.
 */
interface Size {
  readonly unit: number;
  readonly yearFrom: number | null;
  readonly hourTo: number | null;
}

const size = (unit: number, yearFrom: number | null = null, hourTo: number | null = null): Size => ({
  unit,
  yearFrom,
  hourTo,
});

export const SIZES: Readonly<Record<string, Size>> = {
  USD: size(1, 20_000, 180),
  EUR: size(1, 20_000, 150),
  GBP: size(1, 18_000, 120),
  CAD: size(1, 25_000, 180),
  AUD: size(1, 30_000, 180),
  NZD: size(2, 30_000, 180),
  CHF: size(1, 40_000, 180),
  SGD: size(1, 40_000),
  HKD: size(8, 250_000),
  TWD: size(30, 600_000),
  JPY: size(100, 2_000_000),
  CNY: size(7, 150_000),
  KRW: size(1000, 20_000_000),
  INR: size(80, 500_000),
  PKR: size(250),
  LKR: size(300),
  BDT: size(100),
  PHP: size(50, 600_000),
  MYR: size(4, 60_000),
  THB: size(30, 700_000),
  IDR: size(15_000, 200_000_000),
  VND: size(25_000, 500_000_000),
  PLN: size(4, 70_000),
  CZK: size(20, 400_000),
  HUF: size(300, 6_000_000),
  RON: size(5, 90_000),
  BGN: size(2, 40_000),
  SEK: size(10, 250_000),
  NOK: size(10, 300_000),
  DKK: size(7, 250_000),
  ISK: size(100, 5_000_000),
  ILS: size(4, 150_000),
  AED: size(4, 150_000),
  SAR: size(4, 150_000),
  QAR: size(4, 150_000),
  TRY: size(30),
  UAH: size(40),
  RUB: size(90),
  EGP: size(50),
  ZAR: size(20, 250_000),
  NGN: size(1000),
  KES: size(100),
  MAD: size(10, 200_000),
  BRL: size(5, 70_000),
  MXN: size(20, 300_000),
  ARS: size(1000),
  CLP: size(1000, 15_000_000),
  COP: size(4000, 60_000_000),
  PEN: size(4, 80_000),
  CRC: size(500),
  UYU: size(40),
};

/** Signs that mean one currency. `$`, `¥`, `kr` and `Rs` mean several: `resolveSign` in `sign.ts` decides by the country. */
export const SIGNS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₩': 'KRW',
  '₪': 'ILS',
  '₱': 'PHP',
  '฿': 'THB',
  '₫': 'VND',
  '₴': 'UAH',
  '₺': 'TRY',
  '₽': 'RUB',
  '₦': 'NGN',
  '₡': 'CRC',
  円: 'JPY',
  원: 'KRW',
  元: 'CNY',
  $: '$',
  '¥': '¥',
  '￥': '¥',
};

/** Letters that stand directly before a dollar sign. */
export const DOLLARS: Readonly<Record<string, string>> = {
  US: 'USD',
  USD: 'USD',
  U: 'USD',
  C: 'CAD',
  CA: 'CAD',
  CAD: 'CAD',
  CAN: 'CAD',
  CDN: 'CAD',
  A: 'AUD',
  AU: 'AUD',
  AUD: 'AUD',
  AUS: 'AUD',
  NZ: 'NZD',
  NZD: 'NZD',
  S: 'SGD',
  SG: 'SGD',
  SGD: 'SGD',
  HK: 'HKD',
  HKD: 'HKD',
  NT: 'TWD',
  TW: 'TWD',
  MX: 'MXN',
  MXN: 'MXN',
  R: 'BRL',
  AR: 'ARS',
  ARS: 'ARS',
  CLP: 'CLP',
  COP: 'COP',
};

/** Words beside a figure, lower-cased without a closing dot. Codes that are words of a language count in capitals only. */
export const CURRENCY_WORDS: Readonly<Record<string, string>> = {
  eur: 'EUR',
  euro: 'EUR',
  euros: 'EUR',
  gbp: 'GBP',
  pounds: 'GBP',
  quid: 'GBP',
  usd: 'USD',
  cad: 'CAD',
  aud: 'AUD',
  nzd: 'NZD',
  chf: 'CHF',
  sfr: 'CHF',
  fr: 'CHF',
  franken: 'CHF',
  inr: 'INR',
  rupees: 'Rs',
  rs: 'Rs',
  kr: 'kr',
  kronor: 'SEK',
  kroner: 'kr',
  sek: 'SEK',
  nok: 'NOK',
  dkk: 'DKK',
  pln: 'PLN',
  zł: 'PLN',
  zl: 'PLN',
  złotych: 'PLN',
  czk: 'CZK',
  kč: 'CZK',
  huf: 'HUF',
  ft: 'HUF',
  ron: 'RON',
  lei: 'RON',
  sgd: 'SGD',
  hkd: 'HKD',
  jpy: 'JPY',
  yen: 'JPY',
  cny: 'CNY',
  rmb: 'CNY',
  yuan: 'CNY',
  krw: 'KRW',
  aed: 'AED',
  sar: 'SAR',
  zar: 'ZAR',
  brl: 'BRL',
  reais: 'BRL',
  mxn: 'MXN',
  ils: 'ILS',
  nis: 'ILS',
  rm: 'MYR',
  myr: 'MYR',
  rp: 'IDR',
  idr: 'IDR',
  php: 'PHP',
  dollars: '$',
  dollar: '$',
};

/** Words of two letters that a figure may follow in other meanings: they count only where they are written as a currency is. */
export const EXACT_WORDS: Readonly<Record<string, RegExp>> = {
  fr: /^Fr$/,
  ft: /^Ft$/,
  rm: /^RM$/,
  rp: /^R[pP]$/,
  rs: /^R[sS]$/,
  ron: /^RON$/,
  php: /^PHP$/,
  sar: /^SAR$/,
  nis: /^NIS$/,
};

/** Ambiguous signs by country. A dollar country that is not listed has no unmistakable dollar. */
export const SIGN_OF_COUNTRY: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  $: {
    US: 'USD',
    PR: 'USD',
    CA: 'CAD',
    AU: 'AUD',
    NZ: 'NZD',
    SG: 'SGD',
    HK: 'HKD',
  },
  '¥': { JP: 'JPY', CN: 'CNY' },
  kr: { SE: 'SEK', NO: 'NOK', DK: 'DKK', IS: 'ISK' },
  Rs: { IN: 'INR', PK: 'PKR', LK: 'LKR' },
};

/** Countries whose own money is written with a bare `$` that is not the US dollar, or where both are usual. */
export const PESO_COUNTRIES = new Set(['MX', 'AR', 'CL', 'CO', 'UY', 'DO', 'TW', 'BR']);

/** ISO 4217 by ISO 3166-1, for a figure without any sign in a pay field. */
export const CURRENCY_OF_COUNTRY: Readonly<Record<string, string>> = {
  US: 'USD',
  CA: 'CAD',
  GB: 'GBP',
  AU: 'AUD',
  NZ: 'NZD',
  IN: 'INR',
  SG: 'SGD',
  HK: 'HKD',
  JP: 'JPY',
  CN: 'CNY',
  KR: 'KRW',
  CH: 'CHF',
  PL: 'PLN',
  CZ: 'CZK',
  HU: 'HUF',
  RO: 'RON',
  SE: 'SEK',
  NO: 'NOK',
  DK: 'DKK',
  IL: 'ILS',
  AE: 'AED',
  SA: 'SAR',
  ZA: 'ZAR',
  BR: 'BRL',
  MX: 'MXN',
  ...Object.fromEntries(
    ['AT', 'BE', 'CY', 'DE', 'EE', 'ES', 'FI', 'FR', 'GR', 'HR', 'IE', 'IT', 'LT', 'LU', 'LV', 'MT', 'NL', 'PT'].map(
      (country) => [country, 'EUR'],
    ),
  ),
  SI: 'EUR',
  SK: 'EUR',
};

/** Every ISO 4217 code that a figure may stand beside, in capitals. */
export const CODES = new Set(Object.keys(SIZES));

/** Currencies in which pay is told in millions. */
export const IN_MILLIONS = new Set(['JPY', 'KRW', 'HUF', 'IDR', 'VND', 'CLP', 'COP', 'ISK', 'NGN', 'ARS']);
