/** What happens to accounts, as rows that are only added and as lines of the log. Neither ever holds a secret. */
import type { Pool } from 'pg';
import type { AuditEvent } from '../../shared/db/accounts/audit-events.ts';
import type { Log } from '../../shared/log.ts';
import { rationedLog } from '../../shared/rationed.ts';

export interface AuditEntry {
  /** Whose account. */
  readonly userId?: string | undefined;
  /** Who did it, where that is somebody else. */
  readonly byUserId?: string | undefined;
  /** An IPv4 address or an IPv6 network of /64. */
  readonly network?: string | undefined;
  readonly detail?: Readonly<Record<string, string | number | boolean | null>>;
}

export type Audit = (event: AuditEvent, entry?: AuditEntry) => Promise<void>;

const WARN: ReadonlySet<AuditEvent> = new Set(['locked-out', 'banned', 'role-changed', 'logout-token-refused']);

/** A row that cannot be written fails what it speaks of: nothing happens to an account without a trace. */
export function openAudit(pool: Pick<Pool, 'query'>, log: Log): Audit {
  const lines = rationedLog(log);
  return async (event, { userId, byUserId, network, detail = {} } = {}) => {
    lines.write(event, WARN.has(event) ? 'warn' : 'info', { audit: event, userId, byUserId, network, ...detail });
    await pool.query(
      'insert into auth.audit (event, user_id, by_user_id, network, detail) values ($1, $2, $3, $4, $5)',
      [event, userId ?? null, byUserId ?? null, network ?? null, detail],
    );
  };
}
