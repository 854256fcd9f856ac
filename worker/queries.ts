/** What sources that search by words are asked for. The words live in the taxonomy, beside the terms that judge the answers. */
import type { SourceName } from '../shared/sources.ts';
import taxonomy from './steps/score/taxonomy.json' with { type: 'json' };

/**
 * - JSearch: the broad queries only. Each page costs quota, and a query more would leave none for second pages.
 * - Adzuna: "parameter=words", because its parameters differ in meaning (a phrase, any word, words of the title).
 * - Boards and feeds are read whole and asked for nothing.
 */
export function queriesFor(source: SourceName): readonly string[] {
  const { broad, adzuna } = taxonomy.searchQueries;
  if (source === 'jsearch') return broad;
  if (source === 'adzuna') return Object.entries(adzuna).map(([parameter, words]) => `${parameter}=${words}`);
  return [];
}
