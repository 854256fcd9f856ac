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

/**
 * The whole board as one row of long lists, because the driver needs longer for two thousand rows than the server for reading
 * them. `fixed` has 32 bytes of each posting: id, job id, hash. States are one character each: n (new), c (changed) or -
 * since the unit started; N, C or _ when closed.
 */
const LOAD = `select
  string_agg(native_id, e'\\x1f') as native_ids,
  string_agg(int8send(id) || int8send(job_id) || content_hash, '') as fixed,
  string_agg(case when closed_at is null then
    case when first_seen_at >= $2 then 'n' when changed_at >= $2 then 'c' else '-' end else
    case when first_seen_at >= $2 then 'N' when changed_at >= $2 then 'C' else '_' end end, '') as states,
  count(*) filter (where closed_at >= $2)::integer as closed_since
  from posting where board_id = $1`;

interface Lists {
  /** Null when the board has no posting. */
  readonly native_ids: string | null;
  readonly fixed: Buffer;
  readonly states: string;
  readonly closed_since: number;
}

export interface LoadedBoard {
  readonly known: BoardMap;
  /** How many were closed since the unit's first attempt started. */
  readonly closedSince: number;
}

export async function loadBoardMap(db: Database, boardId: number, startedAt: Date): Promise<LoadedBoard> {
  const { rows } = await db.pool.query<Lists>({ name: 'store-load', text: LOAD, values: [boardId, startedAt] });
  const known: BoardMap = new Map();
  const [lists] = rows;
  if (lists === undefined || lists.native_ids === null) return { known, closedSince: 0 };
  for (const [i, nativeId] of lists.native_ids.split('\x1f').entries()) known.set(nativeId, entryAt(lists, i));
  return { known, closedSince: lists.closed_since };
}

function entryAt({ fixed, states }: Lists, i: number): Entry {
  const at = i * (16 + HASH_BYTES);
  const state = states[i] ?? '-';
  return {
    id: readId(fixed, at),
    jobId: readId(fixed, at + 8),
    hash: fixed.subarray(at + 16, at + 16 + HASH_BYTES),
    fresh: FRESH[state],
    closed: state === '_' || state === 'N' || state === 'C',
  };
}

const FRESH: Readonly<Record<string, 'new' | 'changed'>> = { n: 'new', N: 'new', c: 'changed', C: 'changed' };

/** Ids stay far below 2^53. */
const readId = (buffer: Buffer, at: number) => buffer.readUInt32BE(at) * 4_294_967_296 + buffer.readUInt32BE(at + 4);
