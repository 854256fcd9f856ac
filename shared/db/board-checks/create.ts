/** A check begins as a row; the queue follows it. */
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { expireChecks } from './expire.ts';

/** Checks that may be open at once: each of them asks strangers' servers on somebody's word. */
export const OPEN_MAX = 5;
/** Checks of one hour, over all who ask. */
export const HOURLY_MAX = 60;
const KEPT_DAYS = 30;
/** A check that nobody took up, or that took its workers down, ends so long after it was asked for. */
export const DEADLINE_S = 300;
const ASKER_MAX = 100;

/** Too many checks are open, or too many were asked for; ask again after `retryAfterS`. */
export class TooManyChecksError extends Error {
  override readonly name = 'TooManyChecksError';
  readonly retryAfterS: number;
  constructor(message: string, retryAfterS: number) {
    super(message);
    this.retryAfterS = retryAfterS;
  }
}

export interface CreatedCheck {
  readonly id: string;
  /** True when the same address is being checked already; nothing was written then. */
  readonly existing: boolean;
}

/**
 * @param url as `parseCareersUrl` returns it
 * @throws TooManyChecksError
 */
export function createCheck(db: Database, url: URL, requestedBy: string): Promise<CreatedCheck> {
  return db.sql.transaction().execute(async (tx) => {
    // One after the other, so that the counts are exact.
    await sql`select pg_advisory_xact_lock(hashtextextended('board-checks', 0))`.execute(tx);
    await expireChecks(tx);
    await tx
      .deleteFrom('board_check')
      .where('requested_at', '<', sql<string>`now() - make_interval(days => ${KEPT_DAYS})`)
      .execute();
    const same = await tx
      .selectFrom('board_check')
      .where('state', 'in', ['queued', 'running'])
      .where('url', '=', url.href)
      .select('id')
      .executeTakeFirst();
    if (same !== undefined) return { id: same.id, existing: true };
    const { rows } = await sql<{ open: number; recent: number }>`
      select count(*) filter (where state in ('queued', 'running'))::int as open, count(*)::int as recent
      from board_check where requested_at > now() - interval '1 hour'`.execute(tx);
    const { open = 0, recent = 0 } = rows[0] ?? {};
    if (open >= OPEN_MAX) throw new TooManyChecksError(`${OPEN_MAX} checks of boards are open already.`, 10);
    if (recent >= HOURLY_MAX) throw new TooManyChecksError(`${HOURLY_MAX} boards were checked in this hour.`, 600);
    const { id } = await tx
      .insertInto('board_check')
      .values({
        url: url.href,
        requested_by: requestedBy.slice(0, ASKER_MAX),
        deadline_at: sql<string>`now() + make_interval(secs => ${DEADLINE_S})`,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id, existing: false };
  });
}
