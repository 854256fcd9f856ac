/** Random searches of each kind, for ours and for the usual design. */
import { type JobQuery, jobQuery } from '../../api/job-query.ts';
import { createRandom } from '../kit/random.ts';
import { COUNTRIES, SOURCES, TERMS, TITLE_WORDS } from './vocabulary.ts';

export const KINDS = [
  'latest',
  'term by date',
  'rare term',
  'or by date',
  'or by match',
  'and',
  'rare combination',
  'title word and term',
  'by pay',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Asked {
  readonly query: JobQuery;
  /** For `to_tsquery`. */
  readonly words: string;
  readonly remoteOnly: boolean;
}

export function asker(seed: number) {
  const random = createRandom(seed);
  const below = (n: number) => Math.floor(random() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)] as T;
  const several = (most: number) => {
    const chosen = new Set<string>();
    const many = 2 + below(most - 1);
    while (chosen.size < many) chosen.add(pick(TERMS));
    return [...chosen];
  };
  const made = (parameters: Record<string, string>, words = ''): Asked => ({
    query: jobQuery.parse(parameters),
    words,
    remoteOnly: parameters.work_mode === 'remote',
  });
  const of: Readonly<Record<Kind, () => Asked>> = {
    latest: () => made({ work_mode: 'remote', pay_min: '70000', posted_since: '90d' }),
    'term by date': () => made({ q: pick(TERMS.slice(0, 5)), work_mode: 'remote', source: pick(SOURCES) }),
    'rare term': () => made({ q: pick(TERMS.slice(-3)) }),
    'or by date': () => {
      const names = several(5);
      return made({ q: names.join(' or '), work_mode: 'remote' }, names.join(' | '));
    },
    'or by match': () => {
      const names = several(5);
      return made({ q: names.join(' or '), sort: 'match' }, names.join(' | '));
    },
    and: () => made({ q: several(2).join(' ') }),
    'rare combination': () =>
      made({
        q: pick(TERMS),
        country: COUNTRIES[5],
        work_mode: 'onsite',
        seniority: 'executive',
        discipline: 'federal',
      }),
    'title word and term': () => made({ q: `tw${below(TITLE_WORDS)} ${pick(TERMS)}`, state: 'all' }),
    'by pay': () => made({ q: pick(TERMS), sort: 'pay', work_mode: 'remote' }),
  };
  return {
    ask: (kind: Kind) => of[kind](),
    /** A word of descriptions, of every frequency alike. */
    text: (words: readonly string[]): Asked => {
      const word = pick(words);
      return made({ q: word, in: 'text', work_mode: 'remote' }, word);
    },
  };
}
