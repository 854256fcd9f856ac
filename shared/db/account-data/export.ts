/** Everything that is kept of one person, as the text of an account file, a bounded part at a time. */
import type { PoolClient } from 'pg';
import { ACCOUNT_FORMAT, ACCOUNT_VERSION, type AccountFile, type FileEntry } from '../../tracking/account-file.ts';
import type { Database } from '../database.ts';

/** Entries in memory at a time; an advert may have half a megabyte. */
const BATCH = 50;

/** There is no account of that person. */
export class NoAccountError extends Error {
  override readonly name = 'NoAccountError';
}

/**
 * One view of one moment, however long it takes to read. One entry a line, so that two files can be compared.
 * @throws NoAccountError
 */
export async function* exportAccount(db: Pick<Database, 'pool'>, owner: string): AsyncGenerator<string> {
  const client = await db.pool.connect();
  let broken = true;
  try {
    await client.query('begin isolation level repeatable read read only');
    yield* partsOf(client, owner);
    await client.query('commit');
    broken = false;
  } finally {
    // Whoever stops reading half way leaves a transaction that nobody wants.
    client.release(broken);
  }
}

async function* partsOf(client: PoolClient, owner: string): AsyncGenerator<string> {
  const { instance, profile } = await readHead(client, owner);
  const { rows: hides } = await client.query<AccountFile['hides'][number]>(
    `select kind, value, ${ISO('created_at')} as "createdAt" from hide_rule where owner = $1 order by kind, key`,
    [owner],
  );
  const head: Record<string, unknown> = {
    format: ACCOUNT_FORMAT,
    version: ACCOUNT_VERSION,
    instance,
    profile,
    settings: {},
    hides,
  };
  const lines = Object.entries(head).map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`);
  yield `{\n${lines.join(',\n')},\n"applications": [`;
  let after: readonly [string, string] | undefined;
  let first = true;
  do {
    const { entries, next } = await readEntries(client, owner, after);
    for (const entry of entries) {
      yield `${first ? '\n' : ',\n'}${JSON.stringify(entry)}`;
      first = false;
    }
    after = next;
  } while (after !== undefined);
  yield '\n]\n}\n';
}

const ISO = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

async function readHead(client: PoolClient, owner: string) {
  const { rows } = await client.query(
    `select u.email, u.name, u.role, ${ISO('u."createdAt"')} as created_at, ${ISO('now()')} as now,
      (select coalesce(json_agg(json_build_object('createdAt', ${ISO('s."createdAt"')}, 'expiresAt', ${ISO('s."expiresAt"')},
        'address', s."ipAddress", 'device', s."userAgent", 'method', s.method) order by s."createdAt", s.id), '[]')
        from auth.session s where s."userId" = u.id) as sessions,
      (select coalesce(json_agg(json_build_object('name', p.name, 'createdAt', ${ISO('p."createdAt"')},
        'deviceType', p."deviceType", 'backedUp', p."backedUp") order by p."createdAt", p.id), '[]')
        from auth.passkey p where p."userId" = u.id) as passkeys,
      (select coalesce(json_agg(json_build_object('name', k.name, 'start', k.start, 'scopes', k.scopes,
        'createdAt', ${ISO('k.created_at')}, 'expiresAt', ${ISO('k.expires_at')}, 'lastUsedAt', ${ISO('k.last_used_at')})
        order by k.id), '[]')
        from auth.api_key k where k.user_id = u.id) as api_keys,
      (select coalesce(json_agg(json_build_object('provider', a."providerId", 'createdAt', ${ISO('a."createdAt"')})
        order by a."createdAt", a.id), '[]')
        from auth.account a where a."userId" = u.id) as identities
    from auth."user" u where u.id = $1`,
    [owner],
  );
  const [row] = rows;
  if (row === undefined) throw new NoAccountError('There is no such account.');
  return {
    profile: { email: row.email as string, name: row.name as string },
    instance: {
      exportedAt: row.now,
      userId: owner,
      role: row.role,
      accountCreatedAt: row.created_at,
      sessions: row.sessions,
      passkeys: row.passkeys,
      apiKeys: row.api_keys,
      identities: row.identities,
    },
  };
}

interface Batch {
  readonly entries: readonly FileEntry[];
  /** Where the next one goes on; undefined behind the last. */
  readonly next: readonly [string, string] | undefined;
}

async function readEntries(client: PoolClient, owner: string, after?: readonly [string, string]): Promise<Batch> {
  const { rows } = await client.query<{ id: string; at: string; entry: FileEntry }>(
    `select a.id, a.created_at::text as at, json_build_object(
      'refs', a.refs, 'state', a.state, 'reason', a.reason, 'stateAt', ${ISO('a.state_at')}, 'notes', a.notes,
      'nextStep', case when a.next_on is not null then json_build_object('text', a.next_step, 'on', a.next_on::text) end,
      'seen', a.seen, 'seenAt', ${ISO('a.seen_at')}, 'createdAt', ${ISO('a.created_at')}, 'updatedAt', ${ISO('a.updated_at')},
      'history', (select coalesce(json_agg(json_build_object('seq', e.seq, 'at', ${ISO('e.at')}, 'kind', e.kind,
        'before', e.before, 'after', e.after, 'undoes', e.undoes) order by e.seq), '[]')
        from application_event e where e.application_id = a.id),
      'adverts', (select coalesce(json_agg(json_build_object('seq', f.seq, 'takenAt', ${ISO('f.taken_at')},
        'advert', f.advert) order by f.seq), '[]')
        from application_advert f where f.application_id = a.id)
      ) as entry
    from application a
    where a.owner = $1 and ($2::text is null or (a.created_at, a.id) > ($2::timestamptz, $3::uuid))
    order by a.created_at, a.id limit $4`,
    [owner, after?.[0] ?? null, after?.[1] ?? null, BATCH],
  );
  const last = rows.at(-1);
  return {
    entries: rows.map(({ entry }) => entry),
    next: rows.length < BATCH || last === undefined ? undefined : [last.at, last.id],
  };
}
