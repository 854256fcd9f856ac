/** An invented advert before it is written in the shape of a source. */
export interface Advert {
  /** Unique over the whole demo; native ids are made from it. */
  readonly number: number;
  readonly token: string;
  readonly company: string;
  readonly title: string;
  readonly intro: string;
  readonly duties: readonly string[];
  readonly needs: readonly string[];
  readonly closing: string;
  readonly place: Place;
  readonly mode: 'remote' | 'hybrid' | 'onsite';
  readonly employment: 'full_time' | 'contract';
  readonly pay: { readonly min: number; readonly max: number; readonly period: 'year' | 'hour' } | undefined;
  readonly publishedAt: Date;
  readonly department: string;
}

export interface Place {
  readonly city: string;
  /** Full name; its short form for US states. */
  readonly region: string;
  readonly short: string;
  readonly country: 'US' | 'GB' | 'DE' | 'CA';
  readonly currency: 'USD' | 'GBP' | 'EUR' | 'CAD';
}

const COUNTRY_NAMES = { US: 'United States', GB: 'United Kingdom', DE: 'Germany', CA: 'Canada' } as const;

export function countryName(place: Place): string {
  return COUNTRY_NAMES[place.country];
}

/** As employers write it: "Austin, TX", "London, United Kingdom". */
export function placeText(place: Place): string {
  return `${place.city}, ${place.country === 'US' ? place.short : countryName(place)}`;
}

export function plainText(advert: Advert): string {
  const list = (lines: readonly string[]) => lines.map((line) => `• ${line}`).join('\n\n');
  const parts = [
    advert.intro,
    'What you’ll do',
    list(advert.duties),
    'What you bring',
    list(advert.needs),
    advert.closing,
  ];
  return parts.join('\n\n');
}

export function htmlText(advert: Advert): string {
  const list = (lines: readonly string[]) => `<ul>${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>`;
  return [
    `<p>${escapeHtml(advert.intro)}</p>`,
    `<h3>What you’ll do</h3>${list(advert.duties)}`,
    `<h3>What you bring</h3>${list(advert.needs)}`,
    `<p>${escapeHtml(advert.closing)}</p>`,
  ].join('');
}

/** What schema.org postings say of pay; nothing where the advert says nothing. */
export function schemaOrgPay({ pay, place }: Advert): Record<string, unknown> {
  if (pay === undefined) return {};
  const unitText = pay.period.toUpperCase();
  const value = { '@type': 'QuantitativeValue', minValue: pay.min, maxValue: pay.max, unitText };
  return { baseSalary: { '@type': 'MonetaryAmount', currency: place.currency, value } };
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** @param head one hexadecimal digit that tells kinds of ids apart */
export function uuid(head: string, number: number): string {
  return `${head}0000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}
