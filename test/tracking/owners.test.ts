import { describe, expect, test } from 'vitest';
import { APPLICATION_HISTORY_ROUTES } from '../../api/routes/application-history.ts';
import { APPLICATION_ROUTES } from '../../api/routes/applications.ts';
import { DATA_PAGE_ROUTES } from '../../api/routes/data-pages.ts';
import { HIDE_ROUTES } from '../../api/routes/hides.ts';
import { TRACKER_ROUTES } from '../../api/routes/tracker.ts';
import { indexPending } from '../../worker/store/search/entries.ts';
import { insertJob } from '../api/rows.ts';
import { setUp } from './kit.ts';

const OF_AN_ENTRY = [...APPLICATION_ROUTES, ...APPLICATION_HISTORY_ROUTES, ...TRACKER_ROUTES].filter(({ path }) =>
  /\/(applications|tracker)\/:id/.test(path),
);
const OF_A_RULE = [...HIDE_ROUTES, ...DATA_PAGE_ROUTES].filter(({ path }) => /hides\/:id/.test(path));

const BODIES: Readonly<Record<string, Record<string, string>>> = {
  '/api/v1/applications/:id': { state: 'applied', notes: 'mine' },
  '/tracker/:id/move': { state: 'applied' },
  '/tracker/:id/edit': { version: '1', notes: 'mine', step: '', on: '' },
};

describe('what belongs to another person', () => {
  test.each([...OF_AN_ENTRY, ...OF_A_RULE].map((route) => [route.method, route.path, route] as const))(
    '%s %s answers 404 for it as for what does not exist, and changes nothing',
    async (method, path, route) => {
      const { db, person } = await setUp();
      const [robin, kim] = [await person(), await person()];
      const entry = (await robin.put(`/api/v1/jobs/${await insertJob(db)}/application`, { state: 'saved' })).json;
      const rule = (await robin.post('/api/v1/hides', { kind: 'company', value: 'Globex' })).json;
      const before = (await robin.get('/api/v1/account/export')).json;
      const id = OF_AN_ENTRY.includes(route) ? entry.id : rule.id;
      const ask = (of: string) => {
        const to = path.replace(':id', of);
        const body = BODIES[path] ?? {};
        const any = { 'if-match': '*' };
        if (method === 'GET') return kim.get(to);
        if (method === 'DELETE') return kim.delete(to);
        if (route.bodyKind === 'form') return kim.form(to, body);
        return method === 'PATCH' ? kim.patch(to, body, any) : kim.post(to, undefined, any);
      };
      const [foreign, missing] = [await ask(id), await ask('0190a6e0-0000-7000-8000-000000000000')];
      expect([foreign.status, missing.status]).toEqual([404, 404]);
      expect({ ...foreign.json, requestId: '', detail: '' }).toEqual({ ...missing.json, requestId: '', detail: '' });
      const after = (await robin.get('/api/v1/account/export')).json;
      expect({ ...after, instance: {} }).toEqual({ ...before, instance: {} });
    },
  );

  test('is in no list, count or calendar of theirs', async () => {
    const { db, person } = await setUp();
    const [robin, kim] = [await person(), await person()];
    const job = await insertJob(db);
    const { json } = await robin.put(`/api/v1/jobs/${job}/application`, { state: 'saved' });
    await robin.patch(
      `/api/v1/applications/${json.id}`,
      { nextStep: { text: 'Call', on: '2026-12-01' } },
      { 'if-match': '*' },
    );
    await robin.post('/api/v1/hides', { kind: 'company', value: 'Acme' });
    expect((await kim.get('/api/v1/applications')).json).toEqual({ items: [], counts: {}, nextCursor: null });
    expect((await kim.get('/api/v1/hides')).json.items).toEqual([]);
    expect((await kim.get('/api/v1/applications.ics')).text).not.toContain('VEVENT');
    expect((await kim.get(`/api/v1/jobs/${job}/application`)).status).toBe(404);
    expect((await kim.get('/api/v1/jobs')).json.items).toHaveLength(1);
    // The same job is another entry for another person.
    expect((await kim.put(`/api/v1/jobs/${job}/application`, { state: 'applied' })).json.id).not.toBe(json.id);
    expect((await robin.get(`/api/v1/applications/${json.id}`)).json.state).toBe('saved');
  });

  test('needs its scope: a key that may read may not write', async () => {
    const { db, person } = await setUp();
    const job = await insertJob(db);
    const reads = await person({ via: 'api-key', scopes: new Set(['tracking:read']) });
    expect((await reads.get('/api/v1/applications')).status).toBe(200);
    const refused = await reads.put(`/api/v1/jobs/${job}/application`, { state: 'saved' });
    expect([refused.status, refused.json.scope]).toEqual([403, 'tracking:write']);
    const jobs = await person({ via: 'api-key', scopes: new Set(['jobs:read']) });
    expect((await jobs.get('/api/v1/applications')).status).toBe(403);
  });

  test('needs its scope on pages for people, too', async () => {
    const { db, person } = await setUp();
    const job = await insertJob(db);
    const robin = await person();
    const { headers, json } = await robin.put(`/api/v1/jobs/${job}/application`, { state: 'applied' });
    const notes = { notes: 'what nobody reads' };
    const noted = await robin.patch(`/api/v1/applications/${json.id}`, notes, { 'if-match': String(headers.etag) });
    expect(noted.status).toBe(200);
    const pages = ['/', `/jobs/${job}`];
    for (const path of pages) expect((await robin.get(path)).text, path).toContain('>Applied<');
    const { id } = robin.who;
    const key = await person({ id, via: 'api-key', scopes: new Set(['jobs:read', 'scan:run', 'tracking:write']) });
    for (const path of pages) {
      const { status, text } = await key.get(path);
      expect([status, text.includes('>Applied<'), text.includes('what nobody reads')], path).toEqual([
        200,
        false,
        false,
      ]);
    }
  });

  test('the walk has seen every address that takes an id', () => {
    expect(OF_AN_ENTRY.length).toBeGreaterThanOrEqual(11);
    expect(OF_A_RULE.length).toBe(3);
  });
});

describe('a rule that hides', () => {
  test('says before it is made what it would hide, is one however often it is made, and has its limits', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    for (const company of ['Hays plc', 'HAYS', 'Haystack', null]) await insertJob(db, { company });
    await insertJob(db, { company: 'Hays', state: 'closed' });
    const dry = await robin.post('/api/v1/hides?dry_run=true', { kind: 'agency', value: ' hays ' });
    expect([dry.status, dry.json.hides, dry.json.samples.map((job: { company: string }) => job.company)]).toEqual([
      200,
      2,
      ['HAYS', 'Hays plc'],
    ]);
    expect((await robin.get('/api/v1/hides')).json.items).toEqual([]);
    const made = await robin.post('/api/v1/hides', { kind: 'agency', value: ' hays ' });
    expect([made.status, made.json.hides]).toEqual([201, 2]);
    expect((await robin.post('/api/v1/hides', { kind: 'agency', value: 'Hays' })).json.id).toBe(made.json.id);
    expect((await robin.get(String(made.headers.location))).json).toEqual(made.json);
    expect((await robin.delete(String(made.headers.location))).status).toBe(204);
    for (const body of [
      { kind: 'keyword', value: '!!!' },
      // Of a value its beginning is compared: here there is no word in it, which would hide everything.
      { kind: 'keyword', value: `${'!'.repeat(100)} okta` },
      { kind: 'keyword', value: 'word '.repeat(30) },
      { kind: 'recruiter', value: 'x' },
      { kind: 'company', value: '' },
      { kind: 'company', value: 'x'.repeat(201) },
    ])
      for (const way of ['', '?dry_run=true'])
        expect((await robin.post(`/api/v1/hides${way}`, body)).status, JSON.stringify(body)).toBe(422);
    await db.pool.query(
      `insert into hide_rule (owner, kind, value, key, created_at)
       select $1, 'company', n::text, n::text, now() from generate_series(1, 200) as n`,
      [robin.who.id],
    );
    expect((await robin.post('/api/v1/hides', { kind: 'company', value: 'One more' })).status).toBe(409);
  });

  test.each([
    ['keyword', 'Cafe\u0301'],
    ['keyword', 'Ca\u00ADf\u00E9'],
    ['company', 'Palisade\u00A0Identity'],
    ['company', '\uFEFFPalisade  Identity\u200B'],
    ['agency', 'Pali\u00ADsade\tIdentity'],
  ])('of the kind %s hides what is written %j, as the search finds it', async (kind, value) => {
    const { db, person } = await setUp();
    const robin = await person();
    await insertJob(db, { title: 'IAM at Caf\u00E9', company: 'Palisade Identity' });
    const kept = kind === 'keyword' ? 'Caf\u00E9' : 'Palisade Identity';
    expect((await robin.post('/api/v1/hides?dry_run=true', { kind, value })).json).toMatchObject({
      value: kept,
      hides: 1,
    });
    const made = await robin.post('/api/v1/hides', { kind, value });
    expect([made.json.value, made.json.hides]).toEqual([kept, 1]);
    expect((await robin.get('/api/v1/jobs')).json).toMatchObject({ items: [], hidden: 1 });
    // The plain spelling is the same rule, and so is what a form sends.
    expect((await robin.post('/api/v1/hides', { kind, value: kept })).json.id).toBe(made.json.id);
    expect((await robin.form('/settings/data/hides', { kind, value })).status).toBe(303);
    expect((await robin.get('/api/v1/hides')).json.items).toHaveLength(1);
  });

  test('of nothing that can be seen is refused', async () => {
    const { person } = await setUp();
    const { status, json } = await (await person()).post('/api/v1/hides', {
      kind: 'agency',
      value: '\u00AD\u200B \u00A0',
    });
    expect([status, json.errors]).toMatchObject([422, [{ pointer: '/value', detail: 'must not be empty' }]]);
  });

  test.each(['company', 'agency'])(
    'of the kind %s hides a name that is longer than what is compared, and says so before',
    async (kind) => {
      const { db, person } = await setUp();
      const robin = await person();
      const value = `${'Identity and Access Management '.repeat(3)}Personnel Consulting Ltd`;
      // The hundredth character is within a word.
      expect(value.slice(99, 101)).toBe('ne');
      await insertJob(db, { company: value });
      await insertJob(db, { company: value.slice(0, 60) });
      const dry = await robin.post('/api/v1/hides?dry_run=true', { kind, value });
      expect([dry.json.hides, dry.json.samples.map((job: { company: string }) => job.company)]).toEqual([1, [value]]);
      expect((await robin.post('/api/v1/hides', { kind, value })).json.hides).toBe(1);
      const { json } = await robin.get('/api/v1/jobs');
      expect(json.items.map((job: { company: string }) => job.company)).toEqual([value.slice(0, 60)]);
    },
  );

  test.each([
    ['company', 'ACME'],
    ['agency', 'Acme'],
    ['keyword', 'iam engineer'],
  ])('of the kind %s shows the newest jobs also where it hides more than are counted', async (kind, value) => {
    const { db, person } = await setUp();
    const robin = await person();
    const first = await insertJob(db, { title: 'IAM engineer', company: 'Acme' });
    const columns =
      'first_seen_at, score, state, work_mode, country, title, company, places, employment, sources, terms, card, flags, words';
    // The older are stored first: who reads the table from its front never comes to the newest.
    await db.pool.query(
      `insert into job (id, posting_id, posted_at, ${columns})
       select 1000000 + n, 1000000 + n, posted_at + (n - 2000) * interval '1 minute', ${columns}
       from job, generate_series(1, 1999) as n where id = $1 order by n`,
      [first],
    );
    await indexPending(db);
    const { json } = await robin.post('/api/v1/hides?dry_run=true', { kind, value });
    expect(json.hides).toBe(1001);
    expect(json.samples.map(({ id }: { id: string }) => id)).toEqual([
      first,
      ...[1999, 1998, 1997, 1996].map((n) => String(1_000_000 + n)),
    ]);
  });
});
