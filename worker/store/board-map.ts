/** What the database knows of one board, in memory: by native id, no more than what deciding and writing needs. */
import { hash } from 'node:crypto';
import type { Database } from '../../shared/db/database.ts';
import { withoutNul } from './arrays.ts';

export interface Entry {
  readonly id: number;
  readonly jobId: number;
  readonly hash: Buffer;
  /** Whether it was first seen, or last changed, since the unit's first attempt started. */
  readonly fresh: 'new' | 'changed' | undefined;
  closed: boolean;
}

export type BoardMap = Map<string, Entry>;

/** Of `contentHash`. */
export const HASH_BYTES = 16;
/** A B-tree entry of PostgreSQL ends near 2,700 bytes; no source has ids this long. */
const KEY_LENGTH_MAX = 500;

/** The native id as it is stored: what PostgreSQL or our lists cannot hold is replaced, what no index can hold is hashed. */
export function key(nativeId: string): string {
  const clean = withoutNul(nativeId).replaceAll('\x1f', ' ');
  return clean.length <= KEY_LENGTH_MAX ? clean : `sha256:${hash('sha256', clean, 'hex')}`;
}

export interface LoadedBoard {
  readonly known: BoardMap;
  /** How many were closed since the unit's first attempt started. */
  readonly closedSince: number;
}

/**
 * The whole board as one row of long lists: the driver needs longer for two thousand rows than the server for reading them.
 * States are one character each: n (new), c (changed) or - since the unit started; in upper case when closed.
 */
const LOAD = `select
  string_agg(native_id, e'\\x1f') as native_ids, string_agg(id::text, ',') as ids, string_agg(job_id::text, ',') as job_ids,
  string_agg(content_hash, '') as hashes,
  string_agg(case when closed_at is null then
    case when first_seen_at >= $2 then 'n' when changed_at >= $2 then 'c' else '-' end else
    case when first_seen_at >= $2 then 'N' when changed_at >= $2 then 'C' else '_' end end, '') as states,
  count(*) filter (where closed_at >= $2)::integer as closed_since
  from posting where board_id = $1`;

interface Lists {
  /** Null when the board has no posting. */
  readonly native_ids: string | null;
  readonly ids: string;
  readonly job_ids: string;
  readonly hashes: Buffer;
  readonly states: string;
  readonly closed_since: number;
}

export async function loadBoardMap(db: Database, boardId: number, startedAt: Date): Promise<LoadedBoard> {
  const { rows } = await db.pool.query<Lists>({ name: 'store-load', text: LOAD, values: [boardId, startedAt] });
  const known: BoardMap = new Map();
  const [lists] = rows;
  if (lists === undefined || lists.native_ids === null) return { known, closedSince: 0 };
  const [ids, jobIds] = [lists.ids.split(','), lists.job_ids.split(',')];
  for (const [i, nativeId] of lists.native_ids.split('\x1f').entries()) {
    const state = lists.states[i] ?? '-';
    known.set(nativeId, {
      id: Number(ids[i]),
      jobId: Number(jobIds[i]),
      hash: lists.hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
      fresh: FRESH[state.toLowerCase()],
      closed: state === '_' || state === 'N' || state === 'C',
    });
  }
  return { known, closedSince: lists.closed_since };
}

const FRESH: Readonly<Record<string, 'new' | 'changed'>> = { n: 'new', c: 'changed' };
