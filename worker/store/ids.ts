/** Ids of postings and jobs, taken from their sequences a block at a time, so that rows can refer to each other before they exist. */
import type { Database } from '../../shared/db/database.ts';

/** The sequences' own increment (first migration): a nextval gives this many ids. */
const BLOCK = 1000;

export interface IdPair {
  readonly posting: number;
  readonly job: number;
}

/** Ids that this process has reserved and not used. What it never uses is lost, which a 64-bit number can bear. */
const leftOf = new WeakMap<Database['pool'], IdPair[]>();

/** Ids for `count` new postings, each with a job of its own. */
export async function reserveIds(db: Database, count: number): Promise<IdPair[]> {
  const left = leftOf.get(db.pool) ?? [];
  leftOf.set(db.pool, left);
  // Taken at once, before anybody else can: there is no await between looking and taking.
  const taken = left.splice(0, count);
  if (taken.length === count) return taken;
  const { rows } = await db.pool.query<{ posting: string; job: string }>(
    `select nextval('posting_id')::text as posting, nextval('job_id')::text as job from generate_series(1, $1::integer)`,
    [Math.ceil((count - taken.length) / BLOCK)],
  );
  const fresh = rows.flatMap((row) => pairsFrom(Number(row.posting), Number(row.job)));
  taken.push(...fresh.splice(0, count - taken.length));
  left.push(...fresh);
  return taken;
}

function pairsFrom(posting: number, job: number): IdPair[] {
  return Array.from({ length: BLOCK }, (_, i) => ({ posting: posting + i, job: job + i }));
}
