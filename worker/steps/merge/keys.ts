/**
 * Hashed keys that two postings of one opening have in common, so that a posting is compared with few others however many
 * there are. A key that too many have says nothing and is left out; each posting has narrower ones beside it.
 */
import type { Sign } from './sign.ts';
import { hashOf, type Text } from './text.ts';

export interface Keys {
  /** Each proves something: links and requisitions. */
  readonly proofs: readonly number[];
  /** Each is only a likeness. */
  readonly likes: readonly number[];
}

/** Postings that may share a key before it says nothing. */
export const PROOF_MAX = 150;
export const LIKE_MAX = 50;
/** Cities of one posting that get keys; one with more is found by its other keys. */
const CITIES_MAX = 4;

export function keysOf(sign: Sign, text: Text): Keys {
  const proofs = [
    `record|${sign.source}|${sign.nativeId}`,
    ...sign.ids,
    ...sign.pages.map((page) => `page|${page}`),
    ...sign.requisitions.map((id) => `requisition|${sign.company.words[0] ?? ''}|${id}`),
  ];
  return { proofs: hashed(proofs), likes: hashed(likesOf(sign, text)) };
}

function likesOf({ company, title, where }: Sign, text: Text): string[] {
  const trade = [...title.words].sort().join(' ');
  const cities = where.cities.slice(0, CITIES_MAX).map((city) => city.slice(0, city.indexOf('/')));
  const spots = cities.length > 0 ? cities : ['nowhere'];
  const firms = [...new Set([company.words[0] ?? '', company.key, ...company.others])].filter(Boolean);
  const perhaps = company.key === '' ? title.perhapsCompany : [];
  return [
    ...firms.flatMap((firm) => [`firm|${firm}`, `trade|${firm}|${trade}`]),
    ...firms.slice(0, 1).flatMap((firm) => spots.map((spot) => `spot|${firm}|${spot}`)),
    ...perhaps.flatMap((firm) => [`firm|${firm}`, `trade|${firm}|${trade}`]),
    ...spots.map((spot) => `anywhere|${trade}|${spot}`),
    ...text.marks.map((mark) => `mark|${mark}`),
  ];
}

const hashed = (keys: readonly string[]): number[] => [...new Set(keys.map(hash53))];

/** 53 bits, so that a number holds it: two halves of different seeds. */
function hash53(key: string): number {
  return (hashOf(`${key}|`) & 0x1fffff) * 4_294_967_296 + hashOf(key);
}
