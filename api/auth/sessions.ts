/** Sessions as rows: who they are of, which there are, and how they end. */
import type { Pool } from 'pg';
import { SESSION_LIFETIME_SECONDS } from '../../shared/db/accounts/sessions.ts';

export interface SessionItem {
  readonly id: string;
  readonly method: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly acr: string | null;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly current: boolean;
}

export interface ProviderLogout {
  readonly subject: string | undefined;
  readonly session: string | undefined;
}

export interface Sessions {
  list(owner: string, current: string | undefined): Promise<SessionItem[]>;
  end(owner: string, id: string): Promise<boolean>;
  /** All but `current`. @returns how many */
  endOthers(owner: string, current: string | undefined): Promise<number>;
  endById(id: string): Promise<void>;
  /** Those but `current` that began with a link: what they were enough for has ended, once there is a stronger way in. */
  endWeak(owner: string, current: string | undefined): Promise<void>;
  /** Sessions that came in by the provider: one of its sessions, or all of one person. @returns whose */
  endOfProvider(logout: ProviderLogout): Promise<string[]>;
}

/** What one person has on a page; older ones are still ended by "end all others". */
const LISTED_MAX = 100;

export function openSessions(pool: Pool): Sessions {
  const isAlive = `"expiresAt" > now() and "createdAt" > now() - interval '${SESSION_LIFETIME_SECONDS} seconds'`;
  return {
    list: async (owner, current) => {
      const { rows } = await pool.query<SessionItem>(
        `select id, method, nullif("ipAddress", '') as "ipAddress", nullif("userAgent", '') as "userAgent", acr,
           "createdAt", "updatedAt" as "lastSeenAt", id = $2 as current
         from auth.session where "userId" = $1 and ${isAlive} order by "updatedAt" desc limit ${LISTED_MAX}`,
        [owner, current ?? null],
      );
      return rows.map((row) => ({ ...row, current: row.current === true }));
    },
    end: async (owner, id) => {
      const { rowCount } = await pool.query('delete from auth.session where id = $1 and "userId" = $2', [id, owner]);
      return rowCount === 1;
    },
    endOthers: async (owner, current) => {
      const { rowCount } = await pool.query(
        'delete from auth.session where "userId" = $1 and id is distinct from $2::uuid',
        [owner, current ?? null],
      );
      return rowCount ?? 0;
    },
    endById: async (id) => {
      await pool.query('delete from auth.session where id = $1', [id]);
    },
    endWeak: async (owner, current) => {
      await pool.query(
        `delete from auth.session where "userId" = $1 and id is distinct from $2::uuid and method in ('link', 'mail')`,
        [owner, current ?? null],
      );
    },
    endOfProvider: async ({ subject, session }) => {
      const { rows } = await pool.query<{ userId: string }>(
        `delete from auth.session where "providerId" = 'oidc'
           and ($1::text is null or "providerSubject" = $1) and ($2::text is null or "providerSession" = $2)
           and ($1::text is not null or $2::text is not null)
         returning "userId"`,
        [subject ?? null, session ?? null],
      );
      return [...new Set(rows.map((row) => row.userId))];
    },
  };
}
