/** Words of whole adverts: how many have them decides how they are looked for. */
import type { Database } from '../../../shared/db/database.ts';
import type { Sort } from './position.ts';
import type { Node } from './tsquery.ts';

/** What the planner's own statistics say; they move slowly. */
const KEPT_MS = 60_000;
/** Part of the jobs that have a word of which nothing has been counted yet. */
const SHARE_UNKNOWN = 0.001;
/**
 * Microseconds, measured among 100,000 jobs and a million: an index names a row; a row is fetched and sorted (0.7 and 1.2); the
 * words of one advert are looked at (4 to 12, by where they lie).
 */
const NAME_US = 0.08;
const FETCH_US = 1;
const LOOK_US = 8;
/** For each job of a page so many of the newest that have the words, for other filters turn most of them down. */
const NEWEST_PER_JOB = 8;
/** As many as a walk looks at. */
const LOOKS_MAX = 20_000;

interface Asked {
  readonly sort: Sort;
  readonly limit: number;
  /** Moments, or `infinity` and `-infinity`: where the last page ended, and how old a job may be. */
  readonly before: string;
  readonly since: string;
}

/** `rows`: all that have the words, sorted. `walk`: one job after the other, in order. `newest`: `after` leaves nothing out. */
export interface TextWay {
  /** Look first among the jobs since then; undefined: do not. */
  readonly after: string | undefined;
  /** What to do when that fills no page. */
  readonly rest: 'rows' | 'walk' | 'newest';
}

/**
 * Fetching all that have the words costs by how many there are, walking from the newest by how many there are not. Where both are
 * dear, the index of words and the index of dates together name those of the newest days, and only these are fetched.
 */
export async function textWay(db: Pick<Database, 'pool'>, words: Node, asked: Asked): Promise<TextWay> {
  const { jobs, common, rest, dates } = await readShares(db);
  const share = Math.max(
    shareOf(words, (word) => common.get(word) ?? rest),
    1e-9,
  );
  const hits = share * jobs;
  const rowsUs = hits * (NAME_US + FETCH_US);
  const walkUs = Math.min(asked.limit / share, LOOKS_MAX) * LOOK_US;
  const others = { rest: rowsUs <= walkUs ? 'rows' : 'walk', after: undefined } as const;
  if (asked.sort !== 'date' || dates.length < 2) return others;

  const [end, start] = [placeOf(dates, asked.before), placeOf(dates, asked.since)];
  const wanted = asked.limit * NEWEST_PER_JOB;
  const part = Math.min(end - start, wanted / share / jobs);
  const newestUs = (hits + part * jobs) * NAME_US + part * hits * FETCH_US;
  if (newestUs >= Math.min(rowsUs, walkUs)) return others;
  // What is asked for is no older than what would be looked at first.
  if (part === end - start) return start === 0 ? others : { after: asked.since, rest: 'newest' };
  return { ...others, after: momentAt(dates, end - part) };
}

/** Part of the jobs that are older, by the bounds of as many jobs each. */
function placeOf(dates: readonly number[], moment: string): number {
  if (moment === 'infinity') return 1;
  if (moment === '-infinity') return 0;
  const seconds = Date.parse(moment) / 1000;
  const above = dates.findIndex((date) => date > seconds);
  return above < 0 ? 1 : above / dates.length;
}

function momentAt(dates: readonly number[], place: number): string {
  const seconds = dates[Math.floor(Math.max(0, place) * (dates.length - 1))] ?? 0;
  return new Date(seconds * 1000).toISOString();
}

interface Shares {
  readonly jobs: number;
  /** Part of the jobs that have a word, of the commonest words. */
  readonly common: ReadonlyMap<string, number>;
  /** Of all other words at the most. */
  readonly rest: number;
  /** Seconds since 1970, from the oldest job to the newest: between each two there are as many jobs. */
  readonly dates: readonly number[];
}
const kept = new WeakMap<Database['pool'], { readonly at: number; readonly shares: Promise<Shares> }>();

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
  const { rows } = await pool.query<{
    jobs: number;
    words: string[] | null;
    shares: number[] | null;
    dates: number[] | null;
  }>({
    name: 'search-shares',
    text: `select greatest(c.reltuples, 0)::float8 as jobs, s.most_common_elems::text::text[] as words,
        s.most_common_elem_freqs::float8[] as shares,
        array(select extract(epoch from bound)::float8 from unnest(d.histogram_bounds::text::timestamptz[]) as bound) as dates
      from pg_class c
      left join pg_stats s on s.schemaname = 'public' and s.tablename = 'job_text' and s.attname = 'words'
      left join pg_stats d on d.schemaname = 'public' and d.tablename = 'job_text' and d.attname = 'posted_at'
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
    dates: row?.dates ?? [],
  };
}
