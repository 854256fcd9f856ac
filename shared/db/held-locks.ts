/**
 * Session locks of one process, all on one connection: units take and give up thousands of them, and a connection for each would be
 * half of all that a worker has. Gone with the connection, so a killed process never keeps one.
 */
import type { Pool, PoolClient } from 'pg';
import { gather } from '../gather.ts';
import type { Database } from './database.ts';

/** Locks taken or given up in one statement. */
const TOGETHER_MAX = 100;

/** In the order in which they were asked for; each key's lock is the one that `withLock` knows. */
const TAKE_AND_GIVE = `
  select u.n::integer, case when u.is_given then pg_advisory_unlock(hashtextextended(u.key, 0))
    else pg_try_advisory_lock(hashtextextended(u.key, 0)) end as done
  from unnest($1::text[], $2::boolean[]) with ordinality as u (key, is_given, n)`;

interface Session {
  readonly client: PoolClient;
  readonly onError: () => void;
  /** Locks that it holds. */
  locks: number;
}

interface Wish {
  readonly key: string;
  /** Whose lock is given up; undefined: it is to be taken. */
  readonly given: Session | undefined;
}

type Locks = <T>(key: string, work: () => Promise<T>) => Promise<T | undefined>;

const locksOf = new WeakMap<Pool, Locks>();

/**
 * Runs `work` while holding a lock that nobody else holds, in this process or another one; undefined when it is taken. When the
 * connection is lost meanwhile the work goes on, as it does when a connection of its own is.
 * @throws what `work` throws; what the database throws when it cannot be asked
 */
export function whileHeld<T>(
  { pool }: Pick<Database, 'pool'>,
  key: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const locks = locksOf.get(pool) ?? createLocks(pool);
  locksOf.set(pool, locks);
  return locks(key, work);
}

function createLocks(pool: Pool): Locks {
  /** The same session gets its own lock again and again, so who has it in this process is known here. */
  const taken = new Set<string>();
  let current: Session | undefined;

  async function open(): Promise<Session> {
    if (current !== undefined) return current;
    const client = await pool.connect();
    const session: Session = { client, locks: 0, onError: () => close(session, true) };
    client.on('error', session.onError);
    current = session;
    return session;
  }
  function close(session: Session, isBroken: boolean): void {
    if (current !== session) return;
    current = undefined;
    session.client.off('error', session.onError);
    // What breaks from now on is the pool's.
    session.client.release(isBroken);
  }

  const settle = gather(async (wishes: readonly Wish[]) => {
    const granted = new Map<Wish, Session>();
    // Locks of a connection that is lost are free already.
    const asked = wishes.filter(({ given }) => given === undefined || given === current);
    if (asked.length === 0) return granted;
    const session = await open();
    const values = [asked.map(({ key }) => key), asked.map(({ given }) => given !== undefined)];
    try {
      const query = { name: 'held-locks', text: TAKE_AND_GIVE, values };
      const { rows } = await session.client.query<{ n: number; done: boolean }>(query);
      for (const { n, done } of rows) {
        const wish = asked[n - 1];
        if (wish?.given !== undefined) session.locks--;
        if (wish === undefined || wish.given !== undefined || !done) continue;
        session.locks++;
        granted.set(wish, session);
      }
    } catch (error) {
      close(session, true);
      throw error;
    }
    // An idle process has all its connections in the pool, which can then be closed.
    if (session.locks === 0) close(session, false);
    return granted;
  }, TOGETHER_MAX);

  return async (key, work) => {
    if (taken.has(key)) return undefined;
    taken.add(key);
    try {
      const session = await settle({ key, given: undefined });
      if (session === undefined) return undefined;
      try {
        return await work();
      } finally {
        // Where it cannot be given up, its connection is gone and the lock with it.
        await settle({ key, given: session }).catch(() => undefined);
      }
    } finally {
      taken.delete(key);
    }
  };
}
