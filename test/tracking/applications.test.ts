import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { registry } from '../../shared/metrics/registry.ts';
import { insertJob } from '../api/rows.ts';
import { sampleOf } from '../metrics/page.ts';
import { type Client, maintained, recount, setUp } from './kit.ts';

const put = (client: Client, job: string, state: string, more: object = {}) =>
  client.put(`/api/v1/jobs/${job}/application`, { state, ...more });

describe('a job that is tracked', () => {
  test('goes from saved to accepted, each step an event, and twice is once', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    let id = '';
    for (const state of ['saved', 'applied', 'interviewing', 'offer', 'accepted']) {
      const { status, json } = await put(robin, job, state);
      expect([status, json.state, json.jobId]).toEqual([200, state, job]);
      expect((await put(robin, job, state)).json.version).toBe(json.version);
      id = json.id;
    }
    const { json } = await robin.get(`/api/v1/applications/${id}/history`);
    expect(json.items.map((event: { after: { state: string } }) => event.after.state)).toEqual([
      'accepted',
      'offer',
      'interviewing',
      'applied',
      'saved',
    ]);
    expect(json.items.map(({ seq }: { seq: number }) => seq)).toEqual([5, 4, 3, 2, 1]);
    expect((await robin.get(`/api/v1/jobs/${job}/application`)).json.id).toBe(id);
  });

  test.each([
    ['saved', 'offer', ['applied', 'hidden', 'new']],
    ['applied', 'saved', ['interviewing', 'offer', 'rejected', 'withdrawn']],
    ['hidden', 'interviewing', ['saved', 'applied', 'new']],
  ])('that is %s cannot become %s: the answer names both and what is allowed', async (from, to, allowed) => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    await put(robin, job, from);
    const { status, json } = await put(robin, job, to);
    expect(status).toBe(409);
    expect(json).toMatchObject({ type: '/problems/move-refused', from, to, allowed });
    expect(json.detail).toContain(`is ${from} cannot become ${to}`);
    expect((await robin.get(`/api/v1/jobs/${job}/application`)).json.state).toBe(from);
  });

  test('cannot be in a state that does not exist, and a job that does not exist is not tracked', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    const { status, json } = await put(robin, job, 'ghosted');
    expect(status).toBe(422);
    expect(json.errors[0]).toMatchObject({ pointer: '/state', detail: expect.stringContaining('interviewing') });
    expect((await put(robin, '999999999', 'saved')).status).toBe(404);
    expect((await robin.get(`/api/v1/jobs/${job}/application`)).status).toBe(404);
  });

  test('is taken back and keeps its notes and its history', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    const { json } = await put(robin, job, 'saved');
    await robin.patch(`/api/v1/applications/${json.id}`, { notes: 'call them' }, { 'if-match': '*' });
    expect((await put(robin, job, 'new')).json).toMatchObject({ id: json.id, state: 'new', notes: 'call them' });
    expect((await robin.get('/api/v1/applications')).json.items).toEqual([]);
    expect((await robin.get(`/api/v1/jobs/${job}/application`)).status).toBe(404);
    expect((await put(robin, job, 'saved')).json).toMatchObject({ id: json.id, notes: 'call them' });
    expect((await robin.get(`/api/v1/applications/${json.id}/history`)).json.items).toHaveLength(4);
  });

  test('that is hidden says why, and with another reason says the other one', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    expect((await put(robin, job, 'hidden', { reason: 'on-site' })).json.reason).toBe('on-site');
    expect((await put(robin, job, 'hidden', { reason: 'too far' })).json.reason).toBe('too far');
    const path = `/api/v1/applications/${(await put(robin, job, 'hidden')).json.id}`;
    expect((await robin.patch(path, { reason: 'no pay' })).status).toBe(422);
    expect((await robin.patch(path, { state: 'hidden', reason: 'no pay' })).json.reason).toBe('no pay');
    expect((await put(robin, job, 'saved', { reason: 'why not' })).json.reason).toBeNull();
  });

  test('two clicks at once make one entry', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    const answers = await Promise.all(Array.from({ length: 8 }, () => put(robin, job, 'saved')));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(new Set(answers.map(({ json }) => json.id)).size).toBe(1);
    expect(await recount(db)).toEqual({ saved: 1 });
  });
});

describe('the advert', () => {
  test('is frozen when it is applied for, and stays what it was whatever becomes of the job', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const pay = { raw: '95k', min: 95_000, max: null, currency: 'EUR', period: 'year' as const, estimated: false };
    const job = await insertJob(db, {
      title: 'IAM Lead',
      text: 'You run Okta.\0',
      pay,
      statedAt: new Date('2026-11-01'),
    });
    const { json } = await put(robin, job, 'saved');
    expect((await robin.get(`/api/v1/applications/${json.id}/advert`)).status).toBe(404);
    await put(robin, job, 'applied');
    await db.pool.query('delete from job');
    await db.pool.query('delete from posting');
    await db.pool.query('delete from posting_body');
    const kept = (await robin.get(`/api/v1/applications/${json.id}/advert`)).json;
    expect(kept.advert).toMatchObject({
      title: 'IAM Lead',
      company: 'Acme',
      text: 'You run Okta.',
      pay,
      state: 'open',
    });
    expect(kept.advert.statedAt).toBe('2026-11-01T00:00:00.000Z');
    expect(kept.advert.foundAt).toEqual([{ source: 'greenhouse', url: `https://jobs.example/${job}` }]);
    const item = (await robin.get(`/api/v1/applications/${json.id}`)).json;
    expect(item).toMatchObject({
      jobId: null,
      state: 'applied',
      job: { title: 'IAM Lead' },
      changes: [{ kind: 'gone' }],
    });
    expect((await put(robin, job, 'interviewing')).json.state).toBe('interviewing');
  });

  test('is not kept by an applying that was undone, and is the last one of several', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    const { json } = await put(robin, job, 'applied');
    const path = `/api/v1/applications/${json.id}`;
    await robin.post(`${path}/undo`);
    expect((await robin.get(`${path}/advert`)).status).toBe(404);
    expect((await robin.get(path)).json).toMatchObject({ state: 'new', appliedAt: null });
    await db.pool.query(`update job set card = replace(card, 'IAM engineer', 'IAM wizard')`);
    await put(robin, job, 'applied');
    expect((await robin.get(`${path}/advert`)).json.advert.title).toContain('IAM wizard');
  });
});

describe('notes and next steps', () => {
  test('are written only by who has read what is there', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    const first = await put(robin, job, 'saved');
    const path = `/api/v1/applications/${first.json.id}`;
    const tag = String(first.headers.etag);
    expect((await robin.patch(path, { notes: 'a' })).status).toBe(428);
    const second = await robin.patch(path, { notes: 'a' }, { 'if-match': tag });
    expect([second.status, second.json.notes]).toEqual([200, 'a']);
    const late = await robin.patch(path, { notes: 'b' }, { 'if-match': tag });
    expect(late.status).toBe(412);
    expect(late.json).toMatchObject({ version: second.json.version });
    const nonsense = await robin.patch(path, { notes: 'b' }, { 'if-match': '"nonsense"' });
    expect([nonsense.status, nonsense.json.detail]).toEqual([
      412,
      `What was sent names no version of the entry; it is at version ${second.json.version}.`,
    ]);
    expect((await robin.get(path)).json.notes).toBe('a');
  });

  test('take a list of ETags, of which one must be that of the entry; a weak one is none', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const first = await put(robin, await insertJob(db), 'saved');
    const path = `/api/v1/applications/${first.json.id}`;
    const old = String(first.headers.etag);
    const now = String((await robin.patch(path, { notes: 'a' }, { 'if-match': old })).headers.etag);
    const answers = [];
    for (const list of [`${old}, W/${now}`, `${old} ${now}`, `"a,", ${old}`, `"a", *`, ' , ', `W/${now}`]) {
      const { status, json } = await robin.patch(path, { notes: 'a' }, { 'if-match': list });
      answers.push([status, json.detail?.split(/[;:]/)[0]]);
    }
    const [was, never] = ['It was changed since', 'What was sent names no version of the entry'];
    expect(answers).toEqual([was, never, was, never, never, never].map((detail) => [412, detail]));
    for (const list of [`${old}, ${now}`, `${now},W/"a"`, ` ,"a,b" ,, ${now} , ${old}`])
      expect((await robin.patch(path, { notes: 'a' }, { 'if-match': list })).status, list).toBe(200);
  });

  test('that are refused name the ETag with which they would not be, and no other refusal has one', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const { json } = await put(robin, await insertJob(db), 'saved');
    const path = `/api/v1/applications/${json.id}`;
    const { etag } = (await robin.get(path)).headers;
    const without = await robin.patch(path, { notes: 'a' });
    const stale = await robin.patch(path, { notes: 'a' }, { 'if-match': '"1.000000000000"' });
    expect([without.status, without.headers.etag, stale.status, stale.headers.etag]).toEqual([428, etag, 412, etag]);
    expect((await robin.patch(path, { notes: 'a' }, { 'if-match': String(stale.headers.etag) })).status).toBe(200);
    const refusals = [
      await robin.patch(path, {}, { 'if-match': '*' }),
      await robin.patch(path, { state: 'offer' }),
      await robin.patch('/api/v1/applications/0190a6e0-0000-7000-8000-000000000000', { notes: 'a' }),
      await robin.get('/tracker/0190a6e0-0000-7000-8000-000000000000', { accept: 'text/html' }),
    ];
    expect(refusals.map(({ status, headers }) => [status, headers.etag])).toEqual([
      [422, undefined],
      [409, undefined],
      [404, undefined],
      [404, undefined],
    ]);
  });

  test('of two edits at once one is refused, never one lost', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const first = await put(robin, await insertJob(db), 'saved');
    const path = `/api/v1/applications/${first.json.id}`;
    const tag = { 'if-match': String(first.headers.etag) };
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((notes) => robin.patch(path, { notes }, tag)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const won = answers.find(({ status }) => status === 200)!;
    expect((await robin.get(path)).json.notes).toBe(won.json.notes);
  });

  test('a job that closes meanwhile does not stand in the way of notes, but is another answer', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    const { json, headers } = await put(robin, job, 'saved');
    const path = `/api/v1/applications/${json.id}`;
    const tag = String((await robin.get(path)).headers.etag);
    expect(tag).toBe(headers.etag);
    expect((await robin.get(path, { 'if-none-match': tag })).status).toBe(304);
    await db.pool.query(`update job set state = 'closed', closed_at = now()`);
    expect((await robin.get(path, { 'if-none-match': tag })).status).toBe(200);
    expect((await robin.patch(path, { notes: 'too late?' }, { 'if-match': tag })).status).toBe(200);
  });

  test('all of a change happens or nothing', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const { json } = await put(robin, await insertJob(db), 'saved');
    const path = `/api/v1/applications/${json.id}`;
    expect((await robin.patch(path, { notes: 'x', state: 'offer' }, { 'if-match': '*' })).status).toBe(409);
    expect((await robin.get(path)).json).toEqual(json);
    const nextStep = { text: 'Call', on: '2026-12-01' };
    const done = await robin.patch(path, { notes: 'x', state: 'applied', nextStep }, { 'if-match': '*' });
    expect(done.json).toMatchObject({ notes: 'x', state: 'applied', nextStep });
  });

  test.each([
    [{}, ''],
    [{ notes: 'x'.repeat(20_001) }, '/notes'],
    [{ notes: 'a\0b' }, '/notes'],
    [{ notes: '\ud800' }, '/notes'],
    [{ nextStep: { text: 'Call', on: 'tomorrow' } }, '/nextStep/on'],
    [{ nextStep: { text: '  ', on: '2026-12-01' } }, '/nextStep/text'],
    [{ nextStep: { text: 'Call', on: '2026-02-30' } }, '/nextStep/on'],
    // ISO 8601 has a year 0, PostgreSQL has none.
    [{ nextStep: { text: 'Call', on: '0000-01-01' } }, '/nextStep/on'],
    [{ owner: 'someone' }, '/owner'],
    // Kept with a state only: taken alone it would be lost without a word.
    [{ reason: 'too far' }, '/reason'],
    [{ reason: null }, '/reason'],
    [{ reason: 'too far', notes: 'x' }, '/reason'],
  ])('%j is refused with the place', async (body, pointer) => {
    const { db, person } = await setUp();
    const robin = await person();
    const { json } = await put(robin, await insertJob(db), 'saved');
    const answer = await robin.patch(`/api/v1/applications/${json.id}`, body, { 'if-match': '*' });
    expect(answer.status).toBe(422);
    expect(answer.json.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
  });

  test('with a day that no calendar has are asked for in vain', async () => {
    const { person } = await setUp();
    const { status, json } = await (await person()).get('/api/v1/applications?due_before=0000-01-01');
    expect([status, json.errors[0].pointer]).toEqual([422, '/due_before']);
  });

  test('come as a calendar whose lines fit and whose words are escaped', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const { json } = await put(robin, await insertJob(db, { title: 'Ümläut '.repeat(20) }), 'saved');
    const nextStep = { text: 'Call; Jo, 2\nBEGIN:VEVENT', on: '2026-12-01' };
    await robin.patch(`/api/v1/applications/${json.id}`, { nextStep }, { 'if-match': '*' });
    await put(robin, await insertJob(db), 'saved');
    const { text } = await robin.get('/api/v1/applications.ics');
    expect(text.match(/^BEGIN:VEVENT\r$/gm)).toHaveLength(1);
    expect(text).toContain('SUMMARY:Call\\; Jo\\, 2\\nBEGIN:VEVENT\r\n');
    expect(text).toContain('DTSTART;VALUE=DATE:20261201\r\n');
    expect(text).toContain(`UID:${json.id}@iam-job-scout`);
    for (const line of text.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(text.replaceAll('\r\n ', '')).toContain('Ümläut '.repeat(20).trim());
  });
});

describe('the calendar', () => {
  test('has every next step of as many entries as there may be, each once and by its day', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const { json } = await put(robin, await insertJob(db), 'saved');
    const nextStep = { text: 'Call', on: '2026-12-01' };
    await robin.patch(`/api/v1/applications/${json.id}`, { nextStep }, { 'if-match': '*' });
    await db.pool.query(
      `insert into application (owner, job_id, refs, state, state_at, seen, seen_job_id, seen_at, next_step, next_on,
        created_at, updated_at)
      select owner, 1000000 + n, '[]', state, state_at, seen, seen_job_id, seen_at, next_step, next_on + n / 7,
        created_at, updated_at
      from application, generate_series(1, 9999) as n`,
    );
    const { text } = await robin.get('/api/v1/applications.ics');
    const days = [...text.matchAll(/^DTSTART;VALUE=DATE:(\d+)\r$/gm)].map(([, on]) => on);
    expect([days.length, days[0], days.at(-1)]).toEqual([10_000, '20261201', '20301029']);
    expect(days).toEqual(days.toSorted());
    expect(new Set(text.match(/^UID:.*$/gm)).size).toBe(10_000);
  });
});

describe('the list', () => {
  test.each([
    ['changed', '2026-12-01'],
    ['due', '2026-12-01T00:00:00.000Z'],
    ['changed', '2026-12-01T00:00:00Z'],
    ['changed', '0000-12-01T00:00:00.000Z'],
  ])('by %s refuses a place of another order: %s', async (sort, value) => {
    const { person } = await setUp();
    const cursor = Buffer.from(JSON.stringify([value, randomUUID()])).toString('base64url');
    const { status, json } = await (await person()).get(`/api/v1/applications?sort=${sort}&cursor=${cursor}`);
    expect([status, json.errors[0].pointer]).toEqual([422, '/cursor']);
  });

  test('is filtered by state and by the day of the next step, and walked page by page', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const ids: string[] = [];
    for (let i = 0; i < 7; i++) {
      const { json } = await put(robin, await insertJob(db), i < 4 ? 'saved' : 'applied');
      const nextStep = { text: 'Call', on: `2026-12-0${7 - i}` };
      if (i % 2 === 0) await robin.patch(`/api/v1/applications/${json.id}`, { nextStep }, { 'if-match': '*' });
      ids.push(json.id);
    }
    const idsOf = async (query: string) =>
      (await robin.get(`/api/v1/applications${query}`)).json.items.map(({ id }: { id: string }) => id);
    expect(await idsOf('')).toEqual([...ids].reverse());
    expect(await idsOf('?state=saved')).toEqual([3, 2, 1, 0].map((i) => ids[i]));
    expect(await idsOf('?sort=due')).toEqual([6, 4, 2, 0].map((i) => ids[i]));
    expect(await idsOf('?due_before=2026-12-03')).toEqual([6, 4].map((i) => ids[i]));
    for (const sort of ['changed', 'due']) {
      const walked: string[] = [];
      let path: string | undefined = `/api/v1/applications?sort=${sort}&limit=2`;
      while (path !== undefined) {
        const { json, headers } = await robin.get(path);
        walked.push(...json.items.map(({ id }: { id: string }) => id));
        path = /<([^>]+)>; rel="next"/.exec(String(headers.link))?.[1];
      }
      expect(walked).toEqual(await idsOf(`?sort=${sort}&limit=100`));
    }
    expect((await robin.get('/api/v1/applications')).json.counts).toEqual({ saved: 4, applied: 3 });
    expect((await robin.get('/api/v1/applications?state=ghosted')).status).toBe(422);
    expect((await robin.get('/api/v1/applications?cursor=abc')).status).toBe(422);
  });
});

describe('the numbers of the whole system', () => {
  test('count what people did after it is done, undoing included, and nothing that was refused', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const [a, b] = [await insertJob(db), await insertJob(db)];
    const read = async (status: string) =>
      sampleOf(await registry.metrics(), 'iam_job_status_updates_total', { status })!;
    const before = { saved: await read('saved'), applied: await read('applied'), new: await read('new') };
    const { json } = await put(robin, a, 'saved');
    await put(robin, a, 'saved');
    await put(robin, a, 'offer');
    await put(robin, b, 'applied');
    await robin.post(`/api/v1/applications/${json.id}/undo`);
    expect(await read('saved')).toBe(before.saved + 1);
    expect(await read('applied')).toBe(before.applied + 1);
    expect(await read('new')).toBe(before.new + 1);
    expect(await maintained(db)).toEqual({ applied: 1, new: 1 });
    await db.pool.query(`delete from auth."user"`);
    expect(await maintained(db)).toEqual({});
  });
});
