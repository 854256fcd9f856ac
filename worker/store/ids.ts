/** Ids of postings and jobs, taken from their sequences a block at a time so that rows can refer to each other before they exist. */
import type { PoolClient } from 'pg';
import type { Database } from '../../shared/db/database.ts';

/** The sequences' own increment (first migration): a nextval gives this many ids. */
const BLOCK = 1000;

interface Block {
  next: number;
  end: number;
}
interface Blocks {
  readonly posting: Block;
  readonly job: Block;
}

const blocksOf = new WeakMap<Database['pool'], Blocks>();

export interface Ids {
  posting(): number;
  job(): number;
}

/** Ids for `count` rows. What a process does not use up is lost, which a 64-bit number can bear. */
export async function reserveIds(db: Database, client: PoolClient, count: number): Promise<Ids> {
  const posting = await reserve(db, client, 'posting', count);
  const job = await reserve(db, client, 'job', count);
  return { posting: () => take(posting), job: () => take(job) };
}

type Run = Block[];

/** Takes what is left of the process's block, then whole new blocks. No await between looking and taking. */
async function reserve(db: Database, client: PoolClient, kind: keyof Blocks, count: number): Promise<Run> {
  let blocks = blocksOf.get(db.pool);
  if (blocks === undefined) {
    blocks = { posting: { next: 0, end: 0 }, job: { next: 0, end: 0 } };
    blocksOf.set(db.pool, blocks);
  }
  const own = blocks[kind];
  const used = Math.min(count, own.end - own.next);
  const run: Run = [{ next: own.next, end: own.next + used }];
  own.next += used;
  const missing = count - used;
  if (missing === 0) return run;
  const { rows } = await client.query<{ id: string }>(
    `select nextval('${kind}_id')::text as id from generate_series(1, $1::integer)`,
    [Math.ceil(missing / BLOCK)],
  );
  let open = missing;
  for (const row of rows) {
    const first = Number(row.id);
    const taken = Math.min(open, BLOCK);
    run.push({ next: first, end: first + taken });
    open -= taken;
    if (taken < BLOCK) Object.assign(own, { next: first + taken, end: first + BLOCK });
  }
  return run;
}

function take(run: Run): number {
  for (const block of run) if (block.next < block.end) return block.next++;
  throw new Error('more ids were taken than reserved');
}
