/** What administrators do with accounts of others: by the API, on the page, and at the terminal. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeCursor } from '../../api/cursor.ts';
import { loadConfig } from '../../shared/config.ts';
import { deleteAccount } from '../../shared/db/account-data/delete.ts';
import { makeLink, NoAdministratorError } from '../../shared/db/accounts/links.ts';
import { ensurePerson } from '../../shared/db/accounts/people.ts';
import type { Database } from '../../shared/db/database.ts';
import { ownerLink } from '../../shared/supervisor/database.ts';
import { insertBoard } from '../api/rows.ts';
import { startServer, type TestServer } from '../api/server.ts';
import { run } from '../cli/run.ts';
import { testDatabase } from '../db.ts';
import { testFolder } from '../folder.ts';
import { browserOf, signedIn } from './people.ts';

let url: string;
let db: Database;
let server: TestServer;
let count = 0;

beforeAll(async () => {
  ({ url, db } = await testDatabase());
  server = await startServer(db);
});

const somebody = (role: 'seeker' | 'admin' = 'seeker') => signedIn(server, `someone-${++count}@example.org`, role);
const trailOf = async (id: string) =>
  (
    await db.pool.query(
      `select event, by_user_id as by, detail from auth.audit where user_id = $1 and event in ('role-changed', 'banned') order by id`,
      [id],
    )
  ).rows;
const TOKEN = /token=([\w-]{43})$/;
/** @returns the one-time part of the link */
const invited = async ({ browser }: Awaited<ReturnType<typeof somebody>>, email: string) => {
  const { json } = await browser.post('/api/v1/invites', { email, role: 'admin' });
  return String(TOKEN.exec(json.url)?.[1]);
};
const PAGE = { accept: 'text/html' };

describe('the list of accounts', () => {
  test('is walked page by page, the newest first, and searched by a part of address or name', async () => {
    const boss = await somebody('admin');
    const { pool } = db;
    for (let n = 0; n < 5; n++)
      await ensurePerson(pool, { email: `walk-${n}@walk.example`, name: `100%_${n}`, role: 'seeker' });
    const seen: string[] = [];
    let next: string | undefined = '/api/v1/accounts?q=WALK.example&limit=2';
    while (next !== undefined) {
      const { json, headers } = await boss.browser.get(next);
      seen.push(...json.items.map(({ email }: { email: string }) => email));
      next = /^<([^>]+)>; rel="next"$/.exec(String(headers.link ?? ''))?.[1];
      expect(json.nextCursor === null).toBe(next === undefined);
    }
    expect(seen).toEqual([4, 3, 2, 1, 0].map((n) => `walk-${n}@walk.example`));
    expect((await boss.browser.get('/api/v1/accounts?q=%25_3')).json.items).toMatchObject([
      { email: 'walk-3@walk.example', role: 'seeker', banned: false, lastSeenAt: null },
    ]);
    expect((await boss.browser.get('/api/v1/accounts?cursor=7')).status).toBe(422);
  });

  test('goes on where a page ended, though its last account is deleted meanwhile; no cursor of one`s own making does', async () => {
    const boss = await somebody('admin');
    for (let n = 0; n < 3; n++)
      await ensurePerson(db.pool, { email: `gone-${n}@gone.example`, name: '', role: 'seeker' });
    const first = (await boss.browser.get('/api/v1/accounts?q=gone.example&limit=2')).json;
    await deleteAccount(db, first.items[1].id, undefined);
    const rest = `/api/v1/accounts?q=gone.example&cursor=${first.nextCursor}`;
    expect((await boss.browser.get(rest)).json.items).toMatchObject([{ email: 'gone-0@gone.example' }]);
    const page = await boss.browser.get(rest.replace('/api/v1/accounts', '/admin'), PAGE);
    const { rows } = await db.pool.query<{ id: string }>(
      `select id from auth."user" where email like '%@gone.example' order by email`,
    );
    expect(rows.map(({ id }) => page.text.includes(`/admin/accounts/${id}"`))).toEqual([true, false]);
    for (const made of [
      ['2026-02-30T00:00:00.000000Z', boss.id],
      ['0000-01-01T00:00:00.000000Z', boss.id],
      ['infinity', boss.id],
      [boss.id],
    ])
      expect((await boss.browser.get(`/api/v1/accounts?cursor=${encodeCursor(made)}`)).status).toBe(422);
  });
});

describe('a change of an account', () => {
  test('that changes nothing ends no session and leaves no trace; one that says nothing is refused', async () => {
    const [boss, other] = [await somebody('admin'), await somebody()];
    const give = (body: unknown) => boss.browser.send('PATCH', `/api/v1/accounts/${other.id}`, { body });
    expect((await give({ role: 'seeker', banned: false })).status).toBe(204);
    expect((await give({})).status).toBe(422);
    expect((await other.browser.get('/api/v1/account')).status).toBe(200);
    expect(await trailOf(other.id)).toEqual([]);
    expect((await give({ banned: true })).status).toBe(204);
    expect((await give({ banned: true })).status).toBe(204);
    expect((await other.browser.get('/api/v1/account')).status).toBe(401);
    expect(await trailOf(other.id)).toMatchObject([{ event: 'banned', by: boss.id, detail: { banned: true } }]);
  });

  test('that is not written to the trail does not happen', async () => {
    const [boss, other] = [await somebody('admin'), await somebody()];
    await db.pool.query(`create function refuse() returns trigger language plpgsql as
      $$ begin if new.event = 'banned' then raise exception 'no'; end if; return new; end $$`);
    await db.pool.query('create trigger refuse before insert on auth.audit for each row execute function refuse()');
    const answer = await boss.browser.send('PATCH', `/api/v1/accounts/${other.id}`, { body: { banned: true } });
    await db.pool.query('drop trigger refuse on auth.audit');
    expect(answer.status).toBe(500);
    expect((await other.browser.get('/api/v1/account')).status).toBe(200);
  });

  test('is in the trail that administrators read, page by page, and nobody else', async () => {
    const [boss, other] = [await somebody('admin'), await somebody()];
    await boss.browser.send('PATCH', `/api/v1/accounts/${other.id}`, { body: { role: 'admin', banned: true } });
    const first = (await boss.browser.get('/api/v1/audit?limit=1')).json;
    const second = (await boss.browser.get(`/api/v1/audit?limit=1&before=${first.nextBefore}`)).json;
    const common = { userId: other.id, email: other.email, byUserId: boss.id, byEmail: boss.email };
    expect([...first.items, ...second.items]).toMatchObject([
      { ...common, event: 'banned', detail: { banned: true } },
      { ...common, event: 'role-changed', detail: { role: 'admin' } },
    ]);
    expect((await (await somebody()).browser.get('/api/v1/audit')).status).toBe(403);
    expect((await boss.browser.get('/api/v1/audit?before=0')).status).toBe(422);
  });
});

describe('an administrator who is one no more', () => {
  test.each([{ role: 'seeker' }, { banned: true }])(
    'by %j leaves no invitation that still works; what others invited to does',
    async (change) => {
      const [boss, other] = [await somebody('admin'), await somebody('admin')];
      const [used, open] = [
        await invited(other, `guest-${++count}@x.org`),
        await invited(other, `guest-${++count}@x.org`),
      ];
      const theirs = await invited(boss, `guest-${++count}@x.org`);
      expect((await browserOf(server).useLink(used)).status).toBe(303);
      expect((await boss.browser.send('PATCH', `/api/v1/accounts/${other.id}`, { body: change })).status).toBe(204);
      expect((await browserOf(server).useLink(open)).status).toBe(410);
      expect((await browserOf(server).useLink(theirs)).status).toBe(303);
      expect((await trailOf(other.id)).map(({ detail }) => detail)).toEqual([{ ...change, invitesEnded: 1 }]);
    },
  );

  test('does nothing any more that was under way when the role was taken', async () => {
    const [boss, other] = [await somebody('admin'), await somebody('admin')];
    const third = await somebody();
    const hold = await db.pool.connect();
    await hold.query('begin');
    await hold.query(`update auth."user" set role = 'seeker' where id = $1`, [other.id]);
    const late = [
      other.browser.post('/api/v1/invites', { email: 'late@x.org', role: 'admin' }),
      other.browser.send('PATCH', `/api/v1/accounts/${third.id}`, { body: { role: 'admin' } }),
    ];
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    try {
      await vi.waitFor(async () => expect((await db.pool.query(waiting)).rows).toHaveLength(2), 20_000);
    } finally {
      await hold.query('commit');
      hold.release();
    }
    for (const { status, json } of await Promise.all(late))
      expect([status, json.type]).toEqual([403, '/problems/admin-only']);
    expect((await db.pool.query(`select 1 from auth.link where email = 'late@x.org'`)).rows).toEqual([]);
    expect((await boss.browser.get(`/api/v1/accounts?q=${third.email}`)).json.items).toMatchObject([
      { role: 'seeker' },
    ]);
  });

  test('ends no open link by an invitation that is refused', async () => {
    const link = { kind: 'invite', email: 'three@x.org', role: 'seeker', madeBy: 'test' } as const;
    for (let n = 0; n < 3; n++) await makeLink(db.pool, link);
    const { id } = await somebody();
    await expect(makeLink(db.pool, { ...link, madeBy: id }, id)).rejects.toThrow(NoAdministratorError);
    expect((await db.pool.query(`select 1 from auth.link where email = 'three@x.org'`)).rows).toHaveLength(3);
  });

  test('is never the last: of two who take the role from each other at once one is refused', async () => {
    const own = await testDatabase();
    const there = await startServer(own.db);
    const [one, two] = [await signedIn(there, 'one@x.org', 'admin'), await signedIn(there, 'two@x.org', 'admin')];
    const hold = await own.db.pool.connect();
    await hold.query('begin');
    await hold.query('select 1 from auth."user" for update');
    const taking = Promise.all(
      [[one, two] as const, [two, one] as const].map(([by, from]) =>
        by.browser.send('PATCH', `/api/v1/accounts/${from.id}`, { body: { role: 'seeker' } }),
      ),
    );
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    try {
      await vi.waitFor(async () => expect((await own.db.pool.query(waiting)).rows).toHaveLength(2), 20_000);
    } finally {
      await hold.query('commit');
      hold.release();
    }
    const answers = await taking;
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(answers.find(({ status }) => status === 409)?.json).toMatchObject({
      type: '/problems/last-way-in',
      detail: 'Nobody would be administrator afterwards: make somebody one first.',
    });
    const { rows } = await own.db.pool.query(`select 1 from auth."user" where role = 'admin'`);
    expect(rows).toHaveLength(1);
  });
});

describe('an administrator who deletes the own account', () => {
  test('takes open invitations along, and is never the last while others are here: of two at once one is refused', async () => {
    const own = await testDatabase();
    const there = await startServer(own.db);
    const alone = await signedIn(there, 'alone@x.org', 'admin');
    expect((await alone.browser.post('/api/v1/account/delete', { confirm: alone.email })).status).toBe(200);
    const [one, two] = [await signedIn(there, 'one@x.org', 'admin'), await signedIn(there, 'two@x.org', 'admin')];
    await signedIn(there, 'other@x.org', 'seeker');
    const links = [await invited(one, 'guest@x.org'), await invited(two, 'friend@x.org')] as const;
    const gone = await Promise.all(
      [one, two].map(({ browser, email }) => browser.post('/api/v1/account/delete', { confirm: email })),
    );
    expect(gone.map(({ status }) => status).sort()).toEqual([200, 409]);
    const refused = gone[0]!.status === 409 ? 0 : 1;
    expect(gone[refused]!.json).toMatchObject({
      type: '/problems/last-way-in',
      detail: 'Nobody would be administrator afterwards: make somebody one first.',
    });
    // The one that they signed in with is counted too.
    expect(gone[1 - refused]!.json.removed.links).toBe(2);
    expect((await browserOf(there).useLink(links[1 - refused]!)).status).toBe(410);
    expect((await browserOf(there).useLink(links[refused]!)).status).toBe(303);
  });
});

describe('the page of administrators', () => {
  test('closes, opens and gives roles by its buttons, says what was done, and offers none for oneself', async () => {
    const [boss, other] = [await somebody('admin'), await somebody()];
    const path = `/admin/accounts/${other.id}`;
    const before = (await boss.browser.get(`/admin?q=${other.email}`, PAGE)).text;
    expect(before).toContain(`action="${path}"`);
    expect((await boss.browser.get('/admin', PAGE)).text).not.toContain(`action="/admin/accounts/${boss.id}"`);
    const closed = await boss.browser.form(path, { banned: 'true' });
    expect([closed.status, closed.headers.location]).toEqual([
      303,
      `/admin?q=${encodeURIComponent(other.email)}&said=changed`,
    ]);
    const page = await boss.browser.get(String(closed.headers.location), PAGE);
    expect(page.text).toContain('<strong>closed</strong>');
    expect(page.text).toContain('It is changed, and their sessions have ended.');
    expect(page.headers['cache-control']).toBe('no-store');
    expect((await other.browser.get('/api/v1/account')).status).toBe(401);
    expect((await boss.browser.form(path, { banned: 'false' })).status).toBe(303);
    expect((await boss.browser.form(path, { role: 'admin' })).status).toBe(303);
    expect((await boss.browser.form(path, { role: 'admin' })).headers.location).toContain('said=same');
    expect((await trailOf(other.id)).map(({ detail }) => detail)).toEqual([
      { banned: true },
      { banned: false },
      { role: 'admin' },
    ]);
    for (const fields of [{ role: 'root' }, { banned: 'maybe' }, { role: 'admin', banned: 'true' }, {}])
      expect((await boss.browser.form(path, fields)).status).toBe(422);
    expect((await boss.browser.form(`/admin/accounts/${boss.id}`, { role: 'seeker' })).status).toBe(409);
  });

  test('makes an invitation and shows its link, which works, once; an address that is here is a 409', async () => {
    const boss = await somebody('admin');
    const email = 'invited-by-page@example.org';
    const { status, text } = await boss.browser.form('/admin/invites', { email, role: 'seeker' }, PAGE);
    expect(status).toBe(200);
    const token = /\/sign-in\/link\?token=([\w-]{43})</.exec(text)?.[1];
    expect((await browserOf(server).useLink(String(token))).status).toBe(303);
    expect((await boss.browser.get('/admin', PAGE)).text).not.toContain(token);
    expect((await boss.browser.form('/admin/invites', { email, role: 'seeker' }, PAGE)).status).toBe(409);
  });

  test('leads strangers to the sign-in page and back, refuses seekers, and only administrators are shown its link', async () => {
    const stranger = await browserOf(server).get('/admin?q=x', PAGE);
    expect([stranger.status, stranger.headers.location]).toEqual([303, '/sign-in?next=%2Fadmin%3Fq%3Dx']);
    expect((await browserOf(server).get('/admin', { accept: 'application/json' })).status).toBe(401);
    const [boss, seeker] = [await somebody('admin'), await somebody()];
    expect((await seeker.browser.get('/admin', PAGE)).status).toBe(403);
    expect((await seeker.browser.form('/admin/accounts/0190a6e0-0000-7000-8000-000000000000', {})).status).toBe(403);
    const link = '<a href="/admin">Admin</a>';
    expect((await boss.browser.get('/', PAGE)).text).toContain(link);
    expect((await seeker.browser.get('/', PAGE)).text).not.toContain(link);
  });

  test('shows hostile names as text', async () => {
    const boss = await somebody('admin');
    const name = '<script>alert(1)</script>';
    await ensurePerson(db.pool, { email: 'hostile@example.org', name, role: 'seeker' });
    const { text } = await boss.browser.get(`/admin?q=${encodeURIComponent(name)}`, PAGE);
    expect(text).toContain('&lt;script&gt;alert(1)');
    expect(text).not.toContain(name);
  });
});

describe('the button that starts a scan', () => {
  test('is on the page of scans for administrators alone; its form sent twice is one scan', async () => {
    await insertBoard(db, 'greenhouse');
    const [boss, seeker] = [await somebody('admin'), await somebody()];
    const keyOf = (text: string) => /action="\/scans"><input type="hidden" name="key" value="([^"]+)"/.exec(text)?.[1];
    const key = String(keyOf((await boss.browser.get('/scans', PAGE)).text));
    expect(keyOf((await seeker.browser.get('/scans', PAGE)).text)).toBeUndefined();
    expect((await seeker.browser.form('/scans', { key })).status).toBe(403);
    for (const answer of [await boss.browser.form('/scans', { key }), await boss.browser.form('/scans', { key })])
      expect([answer.status, answer.headers.location]).toEqual([303, '/scans']);
    const { items } = (await boss.browser.get('/api/v1/scans')).json;
    expect(items).toMatchObject([{ trigger: 'admin', state: 'queued' }]);
    const next = String(keyOf((await boss.browser.get('/scans', PAGE)).text));
    expect(next).not.toBe(key);
    expect((await boss.browser.form('/scans', { key: 'x' })).status).toBe(422);
  });
});

describe('the link for the owner at a start', () => {
  test('is made and told to the trail; of a closed account none is, and what opens it is said', async () => {
    const own = await testDatabase();
    const config = loadConfig({ DATABASE_URL: own.url, DATA_DIR: testFolder(), OWNER_EMAIL: 'owner@example.org' });
    await ensurePerson(own.db.pool, { email: 'owner@example.org', name: 'Owner', role: 'admin' });
    const made = async () =>
      (
        await own.db.pool.query(`select (select count(*)::integer from auth.link) as links,
          (select count(*)::integer from auth.audit where event = 'link-made') as told`)
      ).rows[0];
    expect(await ownerLink(own.url, config)).toMatch(/\/sign-in\/link\?token=[\w-]{43}$/);
    expect(await made()).toEqual({ links: 1, told: 1 });
    await own.db.pool.query('update auth."user" set banned = true');
    const said = await ownerLink(own.url, config);
    expect(said).toContain('is closed: npm run accounts -- unban owner@example.org opens it again');
    expect(said).not.toContain('token');
    expect(await made()).toEqual({ links: 1, told: 1 });
  });
});

describe('npm run accounts', () => {
  const accounts = (...args: string[]) => run('cli/accounts.ts', args, { DATABASE_URL: url, DATA_DIR: testFolder() });

  test('lists, closes, opens and gives roles; a dry run tells the same and leaves everything', async () => {
    const { email, id, browser } = await somebody();
    const tried = await accounts('ban', email, '--dry-run');
    expect([tried.code, tried.stdout]).toEqual([
      0,
      `Dry run, nothing changed. ${email} would be closed, and 1 session would end.\n`,
    ]);
    expect((await browser.get('/api/v1/account')).status).toBe(200);
    expect(await trailOf(id)).toEqual([]);
    expect((await accounts('ban', email.toUpperCase())).stdout).toBe(`${email} is closed now; 1 session ended.\n`);
    expect((await browser.get('/api/v1/account')).status).toBe(401);
    expect((await accounts('ban', email)).stdout).toBe(`${email} is closed already: nothing to do.\n`);
    const login = await run('cli/login.ts', [email], { DATABASE_URL: url, DATA_DIR: testFolder() });
    expect([login.code, login.stdout]).toEqual([1, '']);
    expect(login.stderr).toContain(`npm run accounts -- unban ${email}`);
    expect((await accounts('list', email)).stdout).toMatch(new RegExp(`^address .*\\n${email} +seeker +closed `));
    expect(JSON.parse((await accounts('unban', email, '--json')).stdout)).toMatchObject({
      ...{ email, banned: false, events: ['banned'], dryRun: false },
    });
    expect((await accounts('role', email, 'admin')).stdout).toContain(`${email} is an administrator now`);
    expect(JSON.parse((await accounts('list', email, '--json')).stdout)).toMatchObject([
      { id, email, role: 'admin', banned: false },
    ]);
    const trail = await trailOf(id);
    expect(trail).toMatchObject([
      { event: 'banned', by: null, detail: { banned: true, by: 'npm run accounts' } },
      { event: 'banned', detail: { banned: false } },
      { event: 'role-changed', detail: { role: 'admin' } },
    ]);
  });

  test('and its neighbours leave each link that they make in the trail', async () => {
    const boss = await somebody('admin');
    const settings = { DATABASE_URL: url, DATA_DIR: testFolder() };
    expect((await run('cli/login.ts', [boss.email], settings)).code).toBe(0);
    expect((await run('cli/invite.ts', ['guest@example.org', '--admin'], settings)).code).toBe(0);
    const { items } = (await boss.browser.get('/api/v1/audit?limit=2')).json;
    const user = expect.any(String);
    expect(items).toMatchObject([
      { event: 'link-made', userId: null, detail: { kind: 'invite', role: 'admin', by: 'npm run invite', user } },
      { event: 'link-made', userId: boss.id, detail: { kind: 'sign-in', role: 'admin', by: 'npm run login', user } },
    ]);
  });

  test('tells when nobody is administrator any more', async () => {
    const other = await testDatabase();
    await ensurePerson(other.db.pool, { email: 'only@example.org', name: 'Only', role: 'admin' });
    const { stdout } = await run('cli/accounts.ts', ['role', 'only@example.org', 'seeker'], {
      DATABASE_URL: other.url,
    });
    expect(stdout).toContain('Nobody is administrator then: npm run accounts -- role EMAIL admin makes one.');
  });

  test.each([
    [[], 64, 'Say what to do.'],
    [['drop', 'a@example.org'], 64, 'There is no "drop".'],
    [['ban'], 64, 'ban takes one address.'],
    [['ban', 'a@example.org', 'b@example.org'], 64, 'One address at a time.'],
    [['role', 'a@example.org', 'root'], 64, 'The role is seeker or admin.'],
    [['role', 'a@example.org'], 64, 'The role is seeker or admin.'],
    [['list', '--dry-run'], 64, 'list takes'],
    [['ban', 'nobody@example.org'], 1, 'There is no account nobody@example.org'],
  ])('%j ends with %i and says why', async (args, code, said) => {
    const ran = await accounts(...args);
    expect([ran.code, ran.stdout]).toEqual([code, '']);
    expect(ran.stderr).toContain(said);
  });
});
