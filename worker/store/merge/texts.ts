/**
 * Texts of postings as they are compared. The same few are asked for again and again: each new posting of an employer is compared
 * with those that the employer has. What was made of a text stays in memory for as long as its row stays as it is.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { readDetail } from '../../../shared/bodies.ts';
import { type Text, textOf } from '../../steps/merge/text.ts';

/** Texts read before the process looks after its other work. */
const AT_ONCE = 50;
/** About 10 kB each. */
const REMEMBERED_MAX = 1500;

export interface Remembered {
  /** The transaction that wrote the row: another one after every change. */
  readonly xmin: string;
  readonly text: Text;
}

/** By posting, the one that was used longest ago first. */
export type TextMemory = Map<string, Remembered>;

const memories = new WeakMap<Pool, TextMemory>();

/** Of one database: ids mean something there alone. */
export function textMemoryOf(pool: Pool): TextMemory {
  const memory = memories.get(pool) ?? new Map();
  memories.set(pool, memory);
  return memory;
}

/** @returns `known` and what is stored of the others */
export async function loadTexts(
  client: PoolClient,
  ids: readonly string[],
  known: ReadonlyMap<string, Text>,
  memory: TextMemory,
): Promise<Map<string, Text>> {
  const texts = new Map(known);
  const missing = ids.filter((id) => !known.has(id));
  for (let from = 0; from < missing.length; from += AT_ONCE) {
    for (const [id, text] of await load(client, missing.slice(from, from + AT_ONCE), memory)) texts.set(id, text);
    await nextTurn();
  }
  return texts;
}

/** A body comes only where it is not the remembered one. */
const TEXTS = `
  select x.posting_id::text as id, x.xmin::text as xmin, case when x.xmin::text = u.xmin then null else x.body end as body
  from unnest($1::bigint[], $2::text[]) as u (id, xmin) join posting_body x on x.posting_id = u.id`;

async function load(client: PoolClient, ids: readonly string[], memory: TextMemory): Promise<[string, Text][]> {
  const before = new Map(ids.map((id) => [id, memory.get(id)]));
  const { rows } = await client.query<{ id: string; xmin: string; body: Buffer | null }>({
    name: 'merge-texts',
    text: TEXTS,
    values: [ids, ids.map((id) => before.get(id)?.xmin ?? '')],
  });
  return rows.map(({ id, xmin, body }) => {
    const text = body === null ? before.get(id)?.text : textOf(readDetail(body).text);
    if (text === undefined) throw new Error(`posting ${id} came without its text`);
    remember(memory, id, { xmin, text });
    return [id, text];
  });
}

function remember(memory: TextMemory, id: string, one: Remembered): void {
  memory.delete(id);
  memory.set(id, one);
  for (const oldest of memory.keys()) {
    if (memory.size <= REMEMBERED_MAX) break;
    memory.delete(oldest);
  }
}
