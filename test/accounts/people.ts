/** People for tests: rows of accounts, and browsers without a browser: they keep cookies and send what a page would. */
import { type LinkKind, makeLink } from '../../shared/db/accounts/links.ts';
import { ensurePerson } from '../../shared/db/accounts/people.ts';
import { type Answer, call, type TestServer } from '../api/server.ts';

export type Role = 'seeker' | 'admin';

/** A person who is signed in by a one-time link: what the server wants of their browser. */
export async function signedIn(server: TestServer, email: string, role: Role = 'seeker') {
  const { pool } = server.services.db;
  const id = await ensurePerson(pool, { email, name: email.split('@')[0] ?? email, role });
  const browser = browserOf(server);
  const answer = await browser.useLink(await linkFor(server, email));
  if (answer.status !== 303) throw new Error(`signing in answered ${answer.status} ${answer.text}`);
  return { id, email, browser, headers: () => ({ cookie: browser.cookie() }) };
}

export function linkFor(server: TestServer, email: string, kind: LinkKind = 'sign-in', role: Role = 'seeker') {
  return makeLink(server.services.db.pool, { kind, email, role, madeBy: 'test' });
}

/** As if they had added a passkey: no browser can sign in with it. */
export async function addPasskeyRow(server: TestServer, owner: string): Promise<void> {
  await server.services.db.pool.query(
    `insert into auth.passkey ("publicKey", "userId", "credentialID", counter, "deviceType", "backedUp", "createdAt")
     values ('k', $1::uuid, $1::text, 0, 'singleDevice', false, now())`,
    [owner],
  );
}

export function browserOf(server: TestServer, jar = new Map<string, string>()) {
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const send = async (
    method: string,
    path: string,
    { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Answer> => {
    const isForm = body instanceof URLSearchParams;
    const answer = await call(
      server.port,
      method,
      path,
      {
        host: `localhost:${server.port}`,
        origin: `http://localhost:${server.port}`,
        'sec-fetch-site': 'same-origin',
        ...(jar.size > 0 && { cookie: cookie() }),
        ...(body !== undefined && {
          'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
        }),
        ...headers,
      },
      body === undefined ? undefined : isForm ? body.toString() : JSON.stringify(body),
    );
    for (const line of answer.headers['set-cookie'] ?? []) keep(jar, line);
    return answer;
  };
  return {
    jar,
    cookie,
    get: (path: string, headers?: Record<string, string>) =>
      send('GET', path, headers === undefined ? {} : { headers }),
    post: (path: string, body?: unknown, headers?: Record<string, string>) =>
      send('POST', path, { body, ...(headers !== undefined && { headers }) }),
    send,
    form: (path: string, fields: Record<string, string>, headers?: Record<string, string>) =>
      send('POST', path, { body: new URLSearchParams(fields), ...(headers !== undefined && { headers }) }),
    useLink: (token: string) => send('POST', '/sign-in/link', { body: new URLSearchParams({ token }) }),
  };
}

export type Browser = ReturnType<typeof browserOf>;

function keep(jar: Map<string, string>, line: string): void {
  const [pair = ''] = line.split(';');
  const at = pair.indexOf('=');
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
  if (value === '' || /max-age=0\b/i.test(line)) jar.delete(name);
  else jar.set(name, value);
}
