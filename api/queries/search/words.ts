/** What people typed, as PostgreSQL reads it. The answer hangs on nothing but the text, so it is kept. */
import type { Database } from '../../../shared/db/database.ts';
import { type Node, readTsquery } from './tsquery.ts';

export interface ReadWords {
  /** Undefined when there is no word in it. */
  readonly query: Node | undefined;
  /** Words and phrases that must not be there. */
  readonly without: readonly Node[];
  /** Names of companies as the index has them. */
  readonly companies: readonly string[];
  readonly companiesNot: readonly string[];
}

interface Typed {
  readonly q: string;
  readonly without: readonly string[];
  readonly companies: readonly string[];
  readonly companiesNot: readonly string[];
}

const KEPT_MAX = 500;
const kept = new Map<string, ReadWords>();
const NOTHING: ReadWords = { query: undefined, without: [], companies: [], companiesNot: [] };

export async function readWords({ pool }: Pick<Database, 'pool'>, typed: Typed): Promise<ReadWords> {
  const { without, companies, companiesNot } = typed;
  const q = finished(typed.q);
  if (q === '' && without.length + companies.length + companiesNot.length === 0) return NOTHING;
  if (without.length + companies.length + companiesNot.length === 0) {
    const plain = readPlain(q);
    if (plain !== undefined) return { ...NOTHING, query: plain };
  }
  const key = JSON.stringify([q, without, companies, companiesNot]);
  const known = kept.get(key);
  if (known !== undefined) return known;
  const { rows } = await pool.query<{ q: string; without: string[]; companies: string[]; companies_not: string[] }>({
    name: 'search-words',
    text: `select websearch_to_tsquery('simple', $1)::text as q,
      array(select phraseto_tsquery('simple', word)::text from unnest($2::text[]) as word) as without,
      array(select lower(left(name, 100)) from unnest($3::text[]) as name) as companies,
      array(select lower(left(name, 100)) from unnest($4::text[]) as name) as companies_not`,
    values: [q, without, companies, companiesNot],
  });
  const [row] = rows;
  const read: ReadWords = {
    query: readTsquery(row?.q ?? ''),
    without: (row?.without ?? []).flatMap((text) => readTsquery(text) ?? []),
    companies: row?.companies ?? [],
    companiesNot: row?.companies_not ?? [],
  };
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(key, read);
  return read;
}

/** Who ends with `or` has not said what else: PostgreSQL would look for it as a word. Within quotes it is one. */
const finished = (q: string) => (q.split('"').length % 2 === 0 ? q : q.replace(/(?:^| )or(?: or)*$/i, ''));

const PLAIN = /^[a-z]+\d*$/;

/**
 * Small letters with digits behind them, and `or` between words, mean the same to PostgreSQL whatever its locale: most searches
 * are no more, and need no question of their own.
 * @returns undefined for anything else
 */
export function readPlain(q: string): Node | undefined {
  const words = q.split(' ');
  if (!words.every((word) => PLAIN.test(word))) return undefined;
  const sides: Node[][] = [[]];
  for (const [i, word] of words.entries()) {
    if (word !== 'or') sides.at(-1)?.push({ kind: 'word', word });
    else if (i === 0 || i === words.length - 1 || words[i - 1] === 'or') return undefined;
    else sides.push([]);
  }
  const parts = sides.map((side): Node => (side.length === 1 ? (side[0] as Node) : { kind: 'and', parts: side }));
  return parts.length === 1 ? parts[0] : { kind: 'or', parts };
}
