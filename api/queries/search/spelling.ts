/** Words that no title has, as words that titles have. */
import type { Database } from '../../../shared/db/database.ts';

/** Words of one query that are corrected, and letters that a word needs for it. */
const WORDS_MAX = 5;
const LENGTH_MIN = 4;
/** Below it two words are two words (pg_trgm: shares of three-letter pieces). */
const LIKENESS_MIN = 0.3;
/** Letters that may be wrong, beside one for every four. */
const WRONG_MIN = 1;
const CANDIDATES = 30;

/** Of the words that are most alike the one of which most jobs are. */
const NEAREST = `select t.typed, best.word from unnest($1::text[]) as t (typed) cross join lateral (
    select substr(word, 3) as word, jobs from search_word
    where word like 'w:%' and word % ('w:' || t.typed) and jobs > 0 and similarity(word, 'w:' || t.typed) >= ${LIKENESS_MIN}
    order by similarity(word, 'w:' || t.typed) desc, jobs desc, word limit ${CANDIDATES}
  ) as best`;

/** @returns the query with its unknown words corrected, or undefined when there is nothing to correct */
export async function corrected({ pool }: Pick<Database, 'pool'>, q: string): Promise<string | undefined> {
  const typed = [...new Set(q.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [])].filter(
    (word) => word.length >= LENGTH_MIN,
  );
  if (typed.length === 0) return undefined;
  const { rows: known } = await pool.query<{ word: string }>({
    name: 'search-known',
    text: 'select substr(word, 3) as word from search_word where word = any ($1::text[]) and jobs > 0',
    values: [typed.map((word) => `w:${word}`)],
  });
  const strange = typed.filter((word) => !known.some((row) => row.word === word)).slice(0, WORDS_MAX);
  if (strange.length === 0) return undefined;
  const { rows } = await pool.query<{ typed: string; word: string }>({
    name: 'search-nearest',
    text: NEAREST,
    values: [strange],
  });
  const meant = new Map<string, string>();
  for (const word of strange) {
    const allowed = WRONG_MIN + Math.floor(word.length / 4);
    const near = rows
      .filter((row) => row.typed === word)
      .map((row) => ({ word: row.word, wrong: distance(word, row.word) }))
      .filter(({ wrong }) => wrong <= allowed);
    const least = Math.min(...near.map(({ wrong }) => wrong));
    const best = near.find(({ wrong }) => wrong === least);
    if (best !== undefined) meant.set(word, best.word);
  }
  if (meant.size === 0) return undefined;
  return q.replace(/[\p{L}\p{N}]+/gu, (word) => meant.get(word.toLowerCase()) ?? word);
}

/** Letters to add, leave out, change or swap with the next. */
export function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const at = (up: number, left: number) => rows[i - up]?.[j - left] ?? 0;
      let least = Math.min((row[j - 1] ?? 0) + 1, at(1, 0) + 1, at(1, 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, at(2, 2) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}
