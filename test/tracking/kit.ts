/** People with accounts, and a server that believes who they say they are; how they sign in is tested elsewhere. */
import type { Accounts, Person } from '../../api/auth/accounts.ts';
import type { Database } from '../../shared/db/database.ts';
import { type Answer, NOW, startServer, type TestServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';

let made = 0;

export async function addPerson(db: Database, email = `person${++made}@example.org`): Promise<Person> {
  const { rows } = await db.pool.query<{ id: string }>(
    `insert into auth."user" (name, email, "emailVerified", role, banned) values ('Robin Example', $1, true, 'seeker', false)
     returning id`,
    [email],
  );
  return personWith(rows[0]!.id, email);
}

export function personWith(id: string, email: string, more: Partial<Person> = {}): Person {
  return {
    id,
    email,
    name: 'Robin Example',
    role: 'seeker',
    via: 'session',
    scopes: 'all',
    signedInAt: NOW,
    ...more,
  };
}

/** The server as one person uses it; undefined is whoever is not signed in. */
export interface Client {
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  patch(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  delete(path: string, headers?: Record<string, string>): Promise<Answer>;
  /** Sends a form, as a page does. */
  form(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
}

export interface Tracking {
  readonly db: Database;
  readonly server: TestServer;
  person(more?: Partial<Person>): Promise<Client & { readonly who: Person }>;
  as(who: Person | undefined): Client;
}

export async function setUp(now?: () => Date): Promise<Tracking> {
  const { db } = await testDatabase();
  const people = new Map<string, Person>();
  const accounts = {
    personOf: async (req: Parameters<Accounts['personOf']>[0]) => people.get(String(req.headers['x-person'])),
  } as Partial<Accounts> as Accounts;
  const server = await startServer(db, { accounts, ...(now === undefined ? {} : { now }) });
  const as = (who: Person | undefined): Client => {
    const mine = (headers: Record<string, string> = {}) =>
      who === undefined ? headers : { 'x-person': who.id, ...headers };
    return {
      get: (path, headers) => server.get(path, mine(headers)),
      post: (path, body, headers) => server.post(path, body, mine(headers)),
      put: (path, body, headers) => server.put(path, body, mine(headers)),
      patch: (path, body, headers) => server.patch(path, body, mine(headers)),
      delete: (path, headers) => server.delete(path, mine(headers)),
      form: (path, fields, headers) =>
        server.post(path, new URLSearchParams(fields).toString(), {
          ...mine(headers),
          'content-type': 'application/x-www-form-urlencoded',
        }),
    };
  };
  return {
    db,
    server,
    as,
    person: async (more = {}) => {
      const who = { ...(await addPerson(db)), ...more };
      people.set(who.id, who);
      return { ...as(who), who };
    },
  };
}

/** Entries in each state, counted anew. */
export async function recount(db: Database): Promise<Record<string, number>> {
  const { rows } = await db.pool.query<{ state: string; n: number }>(
    'select state, count(*)::int as n from application group by state order by state',
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

/** The same as the triggers kept it. */
export async function maintained(db: Database): Promise<Record<string, number>> {
  const { rows } = await db.pool.query<{ state: string; n: number }>(
    'select state, entries::int as n from application_count where entries <> 0 order by state',
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}
