/** Words of whole adverts: how many have them decides how they are looked for. */
import type { Database } from '../../../shared/db/database.ts';
import type { Node } from './tsquery.ts';

/** What the planner's own statistics say; they move slowly. */
const KEPT_MS = 60_000;
/** Jobs of which none has been counted yet. */
const SHARE_UNKNOWN = 0.001;
/** Microseconds to fetch and sort one job that has the words, and to look whether one has them. */
const FETCH_US = 2;
const LOOK_US = 12;

interface Shares {
  readonly jobs: number;
  /** Part of the jobs that have a word, of the commonest words. */
  readonly common: ReadonlyMap<string, number>;
  /** Of all other words at the most. */
  readonly rest: number;
}
const kept = new WeakMap<Database['pool'], { readonly at: number; readonly shares: Promise<Shares> }>();

/**
 * Fetching all that have the words costs by how many there are, walking from the newest by how many there are not. With so much
 * of each the two cost the same near 3 % of 100,000, 1 % of a million and 0.3 % of ten million jobs.
 */
export async function isRare(db: Pick<Database, 'pool'>, words: Node, limit: number): Promise<boolean> {
  const { jobs, common, rest } = await readShares(db);
  const share = Math.max(
    shareOf(words, (word) => common.get(word) ?? rest),
    1e-9,
  );
  return share * jobs * FETCH_US <= Math.min(limit / share, 20_000) * LOOK_US;
}

function shareOf(node: Node, of: (word: string) => number): number {
  switch (node.kind) {
    case 'word':
      return of(node.word);
    case 'term':
      return of(node.term);
    case 'phrase':
      return Math.min(...node.words.map(of));
    case 'not':
      return 1;
    case 'and':
      return node.parts.reduce((share, part) => share * shareOf(part, of), 1);
    default:
      return Math.min(
        1,
        node.parts.reduce((share, part) => share + shareOf(part, of), 0),
      );
  }
}

function readShares({ pool }: Pick<Database, 'pool'>): Promise<Shares> {
  const known = kept.get(pool);
  if (known !== undefined && performance.now() - known.at < KEPT_MS) return known.shares;
  const shares = load(pool);
  kept.set(pool, { at: performance.now(), shares });
  shares.catch(() => kept.delete(pool));
  return shares;
}

async function load(pool: Database['pool']): Promise<Shares> {
  const { rows } = await pool.query<{ jobs: number; words: string[] | null; shares: number[] | null }>({
    name: 'search-shares',
    text: `select greatest(c.reltuples, 0)::float8 as jobs, s.most_common_elems::text::text[] as words,
        s.most_common_elem_freqs::float8[] as shares
      from pg_class c left join pg_stats s on s.schemaname = 'public' and s.tablename = 'job_text' and s.attname = 'words'
      where c.oid = 'job_text'::regclass`,
  });
  const [row] = rows;
  const words = row?.words ?? [];
  const shares = row?.shares ?? [];
  return {
    jobs: row?.jobs ?? 0,
    common: new Map(words.map((word, i) => [word, shares[i] ?? 0])),
    // Behind the shares of the words come the least and the greatest of them.
    rest: words.length === 0 ? SHARE_UNKNOWN : (shares[words.length] ?? SHARE_UNKNOWN),
  };
}
