/** Invented adverts, made from the words beside this file by a generator of fixed numbers: the same call gives the same adverts. */
import type { Advert } from './advert.ts';
import { CLOSINGS, type Family, IAM, OTHER, PLACES } from './words.ts';

export interface Order {
  /** Adverts of one maker have numbers from here on. */
  readonly firstNumber: number;
  readonly count: number;
  readonly token: string;
  readonly company: string;
  /** Part of the adverts that are IAM work, 0 to 1. */
  readonly iamShare: number;
  readonly newest: Date;
}

const DAY_MS = 86_400_000;

export function adverts(order: Order): Advert[] {
  const random = numbers(order.firstNumber + 1);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: order.count }, (_, i) => {
    const family = pick(random() < order.iamShare ? IAM : OTHER);
    const fill = (text: string) => text.replaceAll('{company}', order.company);
    const contract = random() < 0.15;
    return {
      number: order.firstNumber + i,
      token: order.token,
      company: order.company,
      title: `${pick(family.titles)}${contract ? ' (6-month contract)' : ''}`,
      intro: fill(pick(family.intros)),
      duties: shuffle(family.duties, random).slice(0, 4),
      needs: shuffle(family.needs, random).slice(0, 3),
      closing: fill(pick(CLOSINGS)),
      place: pick(PLACES),
      mode: pick(['remote', 'hybrid', 'onsite'] as const),
      employment: contract ? 'contract' : 'full_time',
      pay: payOf(family, contract, random),
      publishedAt: new Date(order.newest.getTime() - Math.floor(random() * 30 * DAY_MS)),
      department: family.department,
    };
  });
}

function payOf(family: Family, contract: boolean, random: () => number): Advert['pay'] {
  if (random() < 0.35) return undefined;
  const middle = family.pay * (0.85 + random() * 0.3);
  if (contract) return { min: Math.round(middle * 0.4), max: Math.round(middle * 0.5), period: 'hour' };
  return { min: Math.round(middle * 0.9) * 1000, max: Math.round(middle * 1.1) * 1000, period: 'year' };
}

function shuffle<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ value }) => value);
}

/** mulberry32: numbers from 0 to 1 that are the same on every machine. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
