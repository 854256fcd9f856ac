/** A request for a scan that may come twice: its key and its answer are rows, written in the scan's own transaction. */
import { sql, type Transaction } from 'kysely';
import type { Database } from '../database.ts';
import type { Tables } from '../tables.ts';

/** How long an answer is remembered. */
export const REMEMBERED_HOURS = 24;
/** Old keys that one request takes away. */
const SWEPT_MAX = 100;

export interface Once {
  /** Whose key it is: two people may choose the same one. */
  readonly owner: string;
  readonly key: string;
  /** Of everything that the request says; the same key with another hash is another request. */
  readonly bodyHash: string;
}

export interface Remembered {
  readonly scanId: string;
  /** The first answer as JSON; null when the process died before it was sent. */
  readonly answer: string | null;
}

/** The key was used for a request that says something else. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
}

/** Thrown out of the transaction, so that nothing of it is written: the scan is there already. */
export class AskedBeforeError extends Error {
  override readonly name = 'AskedBeforeError';
  readonly before: Remembered;
  constructor(before: Remembered) {
    super('The request was answered before.');
    this.before = before;
  }
}

/**
 * Takes the key for this scan. A second request with it waits here until the first one is written or given up.
 * @throws AskedBeforeError, KeyReusedError
 */
export async function takeKey(tx: Transaction<Tables>, { owner, key, bodyHash }: Once, scanId: string): Promise<void> {
  const old = sql`now() - make_interval(hours => ${REMEMBERED_HOURS})`;
  const { rows } = await sql`
    insert into idempotency_key as k (owner, key, body_hash, scan_id) values (${owner}, ${key}, ${bodyHash}, ${scanId})
    on conflict (owner, key) do update set body_hash = excluded.body_hash, scan_id = excluded.scan_id, answer = null,
      created_at = now() where k.created_at < ${old}
    returning 1`.execute(tx);
  if (rows.length === 0) throw await before(tx, { owner, key, bodyHash });
  await sql`
    delete from idempotency_key where (owner, key) in (
      select owner, key from idempotency_key where created_at < ${old}
      order by created_at limit ${SWEPT_MAX} for update skip locked)`.execute(tx);
}

async function before(tx: Transaction<Tables>, { owner, key, bodyHash }: Once): Promise<Error> {
  const { rows } = await sql<{ body_hash: string; scan_id: string; answer: string | null }>`
    select body_hash, scan_id::text, answer from idempotency_key where owner = ${owner} and key = ${key}`.execute(tx);
  const row = rows[0];
  if (row === undefined) throw new Error('an idempotency key vanished while it was looked at');
  if (row.body_hash !== bodyHash) return new KeyReusedError('The key was used for another request.');
  return new AskedBeforeError({ scanId: row.scan_id, answer: row.answer });
}

/** Keeps the answer for whoever asks again. */
export async function rememberAnswer(db: Pick<Database, 'sql'>, { owner, key }: Once, answer: string): Promise<void> {
  await sql`update idempotency_key set answer = ${answer} where owner = ${owner} and key = ${key}`.execute(db.sql);
}
