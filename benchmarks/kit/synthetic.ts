/**
 * Synthetic postings: 3,056-byte descriptions from a Zipf vocabulary of 30,000 made-up words, fixed seed. Random words barely
 * compress (zstd 0.5; prose 0.3), so figures that depend on size are on the careful side.
 */
import type { Posting, Score } from '../../worker/posting.ts';
import { createRandom } from './random.ts';

export const DESCRIPTION_BYTES = 3056;
const VOCABULARY = 30_000;

/** In the shape of a board's API: the item as it comes, with a field that changes on every request. */
export interface RawItem {
  readonly id: string;
  readonly title: string;
  readonly company_name: string;
  readonly absolute_url: string;
  readonly location: { readonly name: string };
  readonly first_published: string;
  readonly updated_at: string;
  readonly content: string;
}

export interface Generator {
  item(id: string): RawItem;
  /** The same posting with another description; one in five also has another title. */
  changed(item: RawItem): RawItem;
}

export function generator(seed: number): Generator {
  const random = createRandom(seed);
  const words = vocabulary(random);
  const word = () => words[Math.floor(Math.exp(random() * Math.log(VOCABULARY))) - 1] ?? 'the';
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const description = () => {
    let text = '';
    while (text.length < DESCRIPTION_BYTES) text += `${word()}${random() < 0.1 ? '.' : ''} `;
    return text.slice(0, DESCRIPTION_BYTES);
  };
  const make = (id: string): RawItem => ({
    id,
    title: `${pick(LEVELS)} ${pick(ROLES)} - ${word()}`,
    company_name: `${word()} ${word()}`,
    absolute_url: `https://boards.example.com/acme/jobs/${id}`,
    location: { name: pick(PLACES) },
    first_published: new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 300) * 86_400_000).toISOString(),
    updated_at: new Date(Date.UTC(2026, 10, 1) + Math.floor(random() * 1e9)).toISOString(),
    content: paragraphs(description()),
  });
  const changed = (item: RawItem): RawItem => {
    const { title, content, updated_at } = make(item.id);
    return { ...item, content, updated_at, ...(random() < 0.2 ? { title } : {}) };
  };
  return { item: make, changed };
}

/** What a connector leaves out before hashing. */
export function stableOf({ updated_at: _, ...rest }: RawItem): unknown {
  return rest;
}

/** What normalising and scoring make of it: not part of what the store does, so it is made before the clock starts. */
export function postingOf(item: RawItem): { readonly posting: Posting; readonly score: Score } {
  const text = item.content.replaceAll(/<\/?p>/g, ' ');
  const terms = TERMS.filter((_, i) => (item.title.length + i) % 10 < 3).slice(0, 3);
  return {
    posting: {
      nativeId: item.id,
      url: item.absolute_url,
      applyUrls: [item.absolute_url],
      title: item.title,
      company: item.company_name,
      places: [item.location.name],
      country: 'DE',
      workMode: 'hybrid',
      employment: ['full_time'],
      pay: { raw: '€70,000 - 90,000', min: 70_000, max: 90_000, currency: 'EUR', period: 'year', estimated: false },
      statedAt: new Date(item.first_published),
      html: item.content,
      text,
      textIsCut: false,
    },
    score: {
      points: 12 + terms.length * 8,
      relevant: true,
      terms,
      parts: terms.map((term) => ({ term, label: term, phrase: term.slice(5), place: 'body', points: 8 })),
    },
  };
}

const LEVELS = ['Junior', 'Senior', 'Staff', 'Lead', 'Principal'];
const ROLES = [
  'IAM Engineer',
  'Identity Architect',
  'PAM Administrator',
  'Okta Consultant',
  'Access Governance Analyst',
];
const PLACES = ['Berlin, Germany', 'Remote', 'London, United Kingdom', 'Austin, TX', 'Paris, France', 'Singapore'];
const TERMS = ['okta', 'sailpoint', 'cyberark', 'saml', 'oidc', 'iam', 'pam', 'iga', 'entra', 'scim'].map(
  (t) => `term.${t}`,
);

const paragraphs = (text: string) => `<p>${(text.match(/.{1,400}/g) ?? []).join('</p><p>')}</p>`;

function vocabulary(random: () => number): string[] {
  return Array.from({ length: VOCABULARY }, () =>
    Array.from({ length: 3 + Math.floor(random() * 8) }, () =>
      String.fromCharCode(97 + Math.floor(random() * 26)),
    ).join(''),
  );
}
