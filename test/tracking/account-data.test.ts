import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { environmentWith } from '../../shared/config.ts';
import { exportAccount } from '../../shared/db/account-data/export.ts';
import { importAccount, WordlessHideError } from '../../shared/db/account-data/import.ts';
import type { Database } from '../../shared/db/database.ts';
import { insertJob } from '../api/rows.ts';
import { NOW } from '../api/server.ts';
import { createTestDatabase, testDatabase } from '../db.ts';
import { testFolder } from '../folder.ts';
import { close, merge, put } from '../merge/kit.ts';
import { type Client, maintained, recount, setUp } from './kit.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Every kind of thing that an account can have. */
async function fill(db: Database, client: Client): Promise<void> {
  await put(
    db,
    { nativeId: '1', title: 'IAM Engineer, "quoted"\n\u2028' },
    { nativeId: '2', board: 'globex', company: 'Globex' },
  );
  await put(db, {
    nativeId: '3',
    board: 'initech',
    company: 'Initech',
    title: 'PAM Architect',
    text: 'Ünïcödé 🔐 '.repeat(200),
  });
  await merge(db);
  const { rows } = await db.pool.query<{ id: string }>('select id::text from job order by id');
  const states = [['saved', 'applied', 'interviewing', 'offer', 'rejected', 'applied'], ['hidden'], ['saved', 'new']];
  for (const [i, { id }] of rows.entries()) {
    for (const state of states[i] ?? []) {
      const { json } = await client.put(`/api/v1/jobs/${id}/application`, { state, reason: 'too "far"' });
      const path = `/api/v1/applications/${json.id}`;
      await client.patch(
        path,
        { notes: `at ${state}: 🔐 \u0001`, nextStep: { text: 'Call', on: '2026-12-24' } },
        { 'if-match': '*' },
      );
      await client.patch(path, { nextStep: null }, { 'if-match': '*' });
    }
  }
  const { json } = await client.get('/api/v1/applications?state=applied');
  await client.post(`/api/v1/applications/${json.items[0].id}/undo`);
  await client.post(`/api/v1/applications/${json.items[0].id}/undo`);
  await close(db, 'greenhouse', 'acme', '1');
  await client.post('/api/v1/hides', { kind: 'company', value: ' Initech  GmbH ' });
  await client.post('/api/v1/hides', { kind: 'keyword', value: 'help desk' });
}

/** A file without what is of its system and moment only. */
const lasting = (text: string) => text.replace(/^"instance": .*\n/m, '');

async function exported(db: Database, owner: string): Promise<string> {
  let text = '';
  for await (const part of exportAccount(db, owner)) text += part;
  return text;
}

describe('an account', () => {
  test('is the same after export, import on an empty system and export, byte by byte', async () => {
    const [here, there] = [await setUp(), await setUp()];
    const robin = await here.person();
    await fill(here.db, robin);
    const first = await robin.get('/api/v1/account/export');
    expect(first.headers['content-disposition']).toBe('attachment; filename=iam-job-scout-account-2026-11-22.json');
    expect(first.json.applications).toHaveLength(3);
    expect(first.json.applications[0].history.length).toBeGreaterThan(20);
    expect(first.json.applications[0].adverts).toHaveLength(2);
    await there.db.pool.query('select 1');
    const again = await there.person({ email: robin.who.email });
    await there.db.pool.query(`update auth."user" set email = $1, name = 'Somebody'`, [robin.who.email]);
    const done = await again.post('/api/v1/account/import', first.text);
    expect(done.json).toEqual({ applications: 3, unknownJobs: 3, skipped: 0, hides: 2 });
    const second = await again.get('/api/v1/account/export');
    expect(lasting(second.text)).toBe(lasting(first.text));
    expect(second.text).not.toBe(first.text);
    expect(await maintained(there.db)).toEqual(await recount(here.db));
    const { json } = await again.get('/api/v1/applications?state=applied,rejected,offer,interviewing,saved,hidden');
    expect(json.items.map((item: { jobId: null; changes: [] }) => [item.jobId, item.changes])).toEqual([
      [null, []],
      [null, []],
    ]);
    const id = json.items.find(({ state }: { state: string }) => state !== 'hidden').id;
    expect((await again.get(`/api/v1/applications/${id}/advert`)).json.advert.title).toContain('IAM Engineer');
    expect((await again.post(`/api/v1/applications/${id}/undo`)).status).toBe(200);
  });

  test('finds its jobs on a system that has them under other numbers, and those that come later', async () => {
    const [here, there] = [await setUp(), await setUp()];
    const robin = await here.person();
    await fill(here.db, robin);
    const { text } = await robin.get('/api/v1/account/export');
    await insertJob(there.db);
    await put(there.db, { nativeId: '1' });
    const again = await there.person();
    expect((await again.post('/api/v1/account/import', text)).json).toMatchObject({ applications: 3, unknownJobs: 2 });
    const known = async () =>
      (await again.get('/api/v1/applications')).json.items.filter(
        ({ jobId }: { jobId: string | null }) => jobId !== null,
      );
    expect(await known()).toHaveLength(1);
    await put(there.db, { nativeId: '2', board: 'globex', company: 'Globex' });
    const found = await known();
    expect(found).toHaveLength(2);
    // What came later is the entry that was brought along, not a new one.
    const { jobId, id } = found.find(({ state }: { state: string }) => state === 'hidden');
    expect((await again.put(`/api/v1/jobs/${jobId}/application`, { state: 'saved' })).json.id).toBe(id);
    expect(
      (await robin.get('/api/v1/account/export')).json.applications.map((one: { refs: object[] }) => one.refs),
    ).toEqual((await again.get('/api/v1/account/export')).json.applications.map((one: { refs: object[] }) => one.refs));
  });

  test('holds no secret in its file', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    await db.pool.query(
      `insert into auth.session ("expiresAt", token, "updatedAt", "userId", "userAgent") values (now(), 'SECRET1', now(), $1, 'Firefox')`,
      [robin.who.id],
    );
    await db.pool.query(
      `insert into auth.passkey (name, "publicKey", "userId", "credentialID", counter, "deviceType", "backedUp")
       values ('Key', 'SECRET2', $1, 'SECRET3', 0, 'singleDevice', false)`,
      [robin.who.id],
    );
    await db.pool.query(
      `insert into auth.account ("accountId", "providerId", "userId", password, "updatedAt") values ('SECRET4', 'credential', $1, 'SECRET5', now())`,
      [robin.who.id],
    );
    await db.pool.query(
      `insert into auth.api_key (user_id, name, start, hash, scopes) values ($1, 'Cron', 'iamsco', 'SECRET6', '{jobs:read}')`,
      [robin.who.id],
    );
    const { text, json } = await robin.get('/api/v1/account/export');
    expect(text).not.toMatch(/SECRET|\\x534543/);
    expect(json.instance.sessions).toMatchObject([{ device: 'Firefox' }]);
    expect(json.instance.passkeys).toMatchObject([{ name: 'Key' }]);
    expect(json.instance.apiKeys).toMatchObject([{ name: 'Cron', scopes: ['jobs:read'] }]);
    expect(json.instance.identities).toMatchObject([{ provider: 'credential' }]);
  });
});

describe('an import', () => {
  async function fileOf() {
    const here = await setUp();
    const robin = await here.person();
    await fill(here.db, robin);
    return { ...here, robin, file: (await robin.get('/api/v1/account/export')).json };
  }

  test('of a file with faults lists all of them and takes nothing', async () => {
    const { db, person, file } = await fileOf();
    const kim = await person();
    const [one, two] = file.applications;
    file.applications = [
      { ...one, state: 'ghosted', notes: 'other notes than the history says', extra: 1 },
      { ...two, history: two.history.map((event: { seq: number }) => ({ ...event, seq: event.seq + 1 })) },
      { ...two, notes: 7 },
    ];
    file.hides.push({ kind: 'recruiter', value: '', createdAt: 'yesterday' });
    const { status, json } = await kim.post('/api/v1/account/import', file);
    expect(status).toBe(422);
    const pointers = json.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(pointers).toEqual(
      expect.arrayContaining([
        '/hides/2/kind',
        '/hides/2/value',
        '/hides/2/createdAt',
        '/applications/0/state',
        '/applications/0/extra',
        '/applications/1/history/0/seq',
        '/applications/2/notes',
      ]),
    );
    expect(json.detail).toBe(`The file has ${json.errors.length} faults.`);
    expect((await kim.get('/api/v1/account/export')).json.applications).toEqual([]);
    expect(await maintained(db)).toEqual(await recount(db));
  });

  test('of moments that no calendar has is refused with the places', async () => {
    const { person, file } = await fileOf();
    const [one] = file.applications;
    const at = '0000-01-01T00:00:00.000Z';
    file.applications = [{ ...one, createdAt: at, seenAt: at, nextStep: { text: 'Call', on: '0000-01-01' } }];
    const { status, json } = await (await person()).post('/api/v1/account/import', file);
    expect(status).toBe(422);
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      expect.arrayContaining(['/applications/0/createdAt', '/applications/0/seenAt', '/applications/0/nextStep/on']),
    );
  });

  test.each([
    [{ kind: 'keyword', value: '!!' }],
    [{ kind: 'keyword', value: `${'!'.repeat(100)} okta` }],
    [{ kind: 'agency', value: '   ' }],
  ])('of a rule that would hide everything is refused: %j', async (rule) => {
    const { person, file } = await fileOf();
    const kim = await person();
    const [{ createdAt }] = file.hides;
    const hides = [...file.hides, { ...rule, createdAt }];
    const { status, json } = await kim.post('/api/v1/account/import', { ...file, hides });
    expect([status, json.detail]).toEqual([422, 'The file has 1 fault.']);
    expect(json.errors).toMatchObject([{ in: 'body', pointer: `/hides/${hides.length - 1}/value` }]);
    expect((await kim.get('/api/v1/hides')).json.items).toEqual([]);
  });

  test('of rules reads them as the search reads the same words', async () => {
    const { person, file } = await fileOf();
    const kim = await person();
    const [{ createdAt }] = file.hides;
    const rules = [
      ['keyword', 'Cafe\u0301'],
      ['company', 'Palisade\u00A0 Iden\u00ADtity'],
      ['company', 'Palisade Identity'],
    ];
    file.hides = rules.map(([kind, value]) => ({ kind, value, createdAt }));
    expect((await kim.post('/api/v1/account/import', file)).json.hides).toBe(2);
    const { items } = (await kim.get('/api/v1/hides')).json;
    expect(items.map(({ value }: { value: string }) => value)).toEqual(['Palisade Identity', 'Caf\u00E9']);
  });

  test('of what is there already takes no room, and what would be too much is refused', async () => {
    const { robin, file } = await fileOf();
    const { createdAt } = file.hides[0];
    file.hides = Array.from({ length: 199 }, (_, n) => ({ kind: 'company', value: `company ${n}`, createdAt }));
    const first = await robin.post('/api/v1/account/import?merge=true', file);
    expect([first.status, first.json.type]).toEqual([409, '/problems/tracking-full']);
    file.hides.pop();
    expect((await robin.post('/api/v1/account/import?merge=true', file)).json.hides).toBe(198);
    expect((await robin.post('/api/v1/account/import?merge=true', file)).json).toMatchObject({ hides: 0, skipped: 3 });
  });

  test.each([
    ['null', null],
    ['[]', []],
    ['{}', {}],
    ['another format', { format: 'other', version: 1 }],
    ['a later version', { format: 'iam-job-scout-account', version: 2 }],
  ])('of %s is refused', async (_, value) => {
    const { person } = await setUp();
    const { status, json } = await (await person()).post('/api/v1/account/import', JSON.stringify(value));
    expect([400, 422]).toContain(status);
    if (status === 422) expect(json.errors.length).toBeGreaterThan(0);
    if (status === 422) expect(json.errors[0].detail).toMatch(/^must be/);
  });

  test('does not go into an account that has something, unless it is asked to; then what is there stays', async () => {
    const { robin, file, db } = await fileOf();
    const before = lasting((await robin.get('/api/v1/account/export')).text);
    file.applications[0].notes = file.applications[0].history.findLast(
      ({ kind }: { kind: string }) => kind === 'notes',
    ).after;
    expect((await robin.post('/api/v1/account/import', file)).status).toBe(409);
    const done = await robin.post('/api/v1/account/import?merge=true', file);
    expect(done.json).toEqual({ applications: 0, unknownJobs: 0, skipped: 3, hides: 0 });
    expect(lasting((await robin.get('/api/v1/account/export')).text)).toBe(before);
    expect(await maintained(db)).toEqual(await recount(db));
  });

  test('finds entries that name no posting again by their job and moment, and takes others like them', async () => {
    const { person, file, db } = await fileOf();
    const kim = await person();
    const [one] = file.applications;
    const twin = { ...one, seen: { ...one.seen, title: 'Another job, saved in the same moment' } };
    file.applications = [one, twin].map((entry) => ({ ...entry, refs: [] }));
    const bring = async (query = '') => (await kim.post(`/api/v1/account/import${query}`, file)).json;
    expect(await bring()).toMatchObject({ applications: 2, skipped: 0 });
    expect(await bring('?merge=true')).toMatchObject({ applications: 0, skipped: 2 });
    file.applications[1].createdAt = '2020-01-01T00:00:00.000Z';
    expect(await bring('?merge=true')).toMatchObject({ applications: 1, skipped: 1 });
    expect(await maintained(db)).toEqual(await recount(db));
  });

  test('that cannot end leaves nothing: a fault of the database in the middle takes all of it back', async () => {
    const { db, person, file } = await fileOf();
    const kim = await person();
    await db.pool.query(`create function stop() returns trigger language plpgsql as
      $$ begin if new.state = 'hidden' then raise exception 'no'; end if; return new; end $$`);
    await db.pool.query('create trigger stop before insert on application for each row execute function stop()');
    expect((await kim.post('/api/v1/account/import', file)).status).toBe(500);
    const after = (await kim.get('/api/v1/account/export')).json;
    expect([after.applications, after.hides]).toEqual([[], []]);
    expect(await maintained(db)).toEqual(await recount(db));
  });
});

describe('deleting an account', () => {
  test('removes everything of it, says what that was, and leaves others alone', async () => {
    const { db, person } = await setUp();
    const [robin, kim] = [await person(), await person()];
    await fill(db, robin);
    const { rows } = await db.pool.query<{ id: string }>('select id::text from job order by id limit 1');
    await kim.put(`/api/v1/jobs/${rows[0]!.id}/application`, { state: 'applied' });
    await kim.post('/api/v1/hides', { kind: 'company', value: 'Acme' });
    const { status, json } = await robin.post('/api/v1/account/delete', { confirm: robin.who.email.toUpperCase() });
    expect(status).toBe(200);
    expect(json.removed).toMatchObject({ applications: 3, adverts: 2, hides: 2 });
    expect(json.removed.events).toBeGreaterThan(20);
    expect(await recount(db)).toEqual({ applied: 1 });
    expect(await maintained(db)).toEqual({ applied: 1 });
    const { rows: left } = await db.pool.query(
      `select (select count(*)::int from auth."user" where id = $1) as users, (select count(*)::int from hide_rule) as hides,
        (select count(*)::int from application_event) as events, (select count(*)::int from auth.audit where user_id = $1) as told`,
      [robin.who.id],
    );
    expect(left).toEqual([{ users: 0, hides: 1, events: 1, told: 1 }]);
  });

  test('takes the right address and a fresh sign-in, and no API key will do', async () => {
    const { person } = await setUp();
    const robin = await person();
    expect((await robin.post('/api/v1/account/delete', { confirm: 'other@example.org' })).status).toBe(409);
    const old = await person({ signedInAt: new Date(NOW.getTime() - 3_700_000) });
    const late = await old.post('/api/v1/account/delete', { confirm: old.who.email });
    expect([late.status, late.json.type]).toEqual([403, '/problems/fresh-sign-in-required']);
    const key = await person({ via: 'api-key', scopes: new Set(['tracking:write', 'tracking:read', 'jobs:read']) });
    expect((await key.post('/api/v1/account/delete', { confirm: key.who.email })).status).toBe(403);
    expect((await key.get('/api/v1/account/export')).status).toBe(403);
    expect((await key.get('/api/v1/applications')).status).toBe(200);
  });
});

describe('an account that is made for a file', () => {
  test('is not there when the file is refused only while it is written', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    await fill(db, robin);
    const file = JSON.parse(await exported(db, robin.who.id));
    const { db: other } = await testDatabase();
    const bring = (hides: unknown[]) =>
      importAccount(other, { email: 'new@example.org', name: 'New' }, { ...file, hides }, { merge: false });
    await expect(bring([{ ...file.hides[0], kind: 'keyword', value: '***' }])).rejects.toThrow(WordlessHideError);
    const count = async (table: string) => (await other.pool.query(`select 1 from ${table}`)).rowCount;
    expect([await count('auth."user"'), await count('auth.audit'), await count('application')]).toEqual([0, 0, 0]);
    await bring(file.hides);
    expect([await count('auth."user"'), await count('auth.audit'), await count('application')]).toEqual([1, 1, 3]);
  });
});

describe('npm run account', () => {
  const run = async (url: string, ...args: string[]) => {
    const env = environmentWith({ DATABASE_URL: url, DATA_DIR: testFolder() });
    const options = { cwd: ROOT, env };
    return await promisify(execFile)(process.execPath, [join(ROOT, 'cli/account.ts'), ...args], options).catch(
      (error: { code: number; stderr: string; stdout: string }) => error,
    );
  };

  test('exports, imports on an empty system where it makes the account, and the two files are equal; then deletes', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    await fill(db, robin);
    const { rows } = await db.pool.query<{ name: string }>('select current_database() as name');
    const here = Object.assign(new URL(await createTestDatabase()), { pathname: `/${rows[0]!.name}` }).href;
    const { url: there, db: other } = await testDatabase();
    const [a, b] = [join(testFolder(), 'a.json'), join(testFolder(), 'b.json')];
    await run(here, 'export', robin.who.email, '--out', a);
    const said = await run(there, 'import', robin.who.email, a);
    expect(said.stdout).toContain(`Made the account ${robin.who.email}. Imported 3 entries`);
    await run(there, 'export', robin.who.email.toUpperCase(), '--out', b);
    expect(lasting(readFileSync(b, 'utf8'))).toBe(lasting(readFileSync(a, 'utf8')));
    expect(lasting(readFileSync(a, 'utf8'))).toBe(lasting(await exported(db, robin.who.id)));
    expect(await run(there, 'import', robin.who.email, a)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('3 entries'),
    });
    expect(await run(there, 'delete', robin.who.email)).toMatchObject({ code: 64 });
    expect((await run(there, 'delete', robin.who.email, '--yes')).stdout).toContain('3 applications');
    expect((await run(there, 'export', robin.who.email)).stderr).toContain('There is no account');
    expect(await recount(other)).toEqual({});
    writeFileSync(b, '{"format":"x"}');
    const wrong = await run(there, 'import', 'new@example.org', b);
    expect(wrong.stderr).toMatch(/nothing was imported:\n[\s\S]*\/format[\s\S]*\/applications/);
  });
});
