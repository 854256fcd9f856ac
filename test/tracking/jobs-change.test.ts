import { describe, expect, test } from 'vitest';
import { mergeJobs, splitPosting } from '../../shared/db/merge/decide.ts';
import { close, merge, put } from '../merge/kit.ts';
import { type Client, maintained, recount, setUp, type Tracking } from './kit.ts';

const other = {
  board: 'globex',
  company: 'Globex',
  title: 'PAM Architect',
  text: 'Another text altogether. '.repeat(30),
};

const mark = (client: Client, job: string, state: string) => client.put(`/api/v1/jobs/${job}/application`, { state });
const list = async (client: Client) => (await client.get('/api/v1/applications')).json.items;

async function jobOf({ db }: Tracking, nativeId: string): Promise<string> {
  const { rows } = await db.pool.query<{ id: string }>('select job_id::text as id from posting where native_id = $1', [
    nativeId,
  ]);
  return rows[0]!.id;
}

async function twoJobs() {
  const world = await setUp();
  await put(world.db, { nativeId: '1', title: 'IAM Engineer' }, { ...other, nativeId: '2' });
  await merge(world.db);
  const [a, b] = [await jobOf(world, '1'), await jobOf(world, '2')];
  expect(a).not.toBe(b);
  return { ...world, a, b, robin: await world.person() };
}

describe('a tracked job', () => {
  test('that is merged into another one is found by both ids and says so; split again it is what it was', async () => {
    const { db, robin, a, b } = await twoJobs();
    const { json } = await mark(robin, b, 'applied');
    await mergeJobs(db, a, b, 'test');
    await merge(db);
    const [item, ...more] = await list(robin);
    expect(more).toEqual([]);
    expect(item).toMatchObject({ id: json.id, jobId: a, state: 'applied' });
    expect(item.changes.map(({ kind }: { kind: string }) => kind)).toContain('merged');
    for (const id of [a, b]) expect((await robin.get(`/api/v1/jobs/${id}/application`)).json.id).toBe(json.id);
    expect((await mark(robin, a, 'interviewing')).json).toMatchObject({ id: json.id, state: 'interviewing' });
    await robin.post(`/api/v1/applications/${json.id}/seen`);
    expect((await list(robin))[0].changes).toEqual([]);
    const { rows } = await db.pool.query<{ id: string }>(`select id::text from posting where native_id = '2'`);
    await splitPosting(db, rows[0]!.id, 'test');
    await merge(db);
    expect((await list(robin))[0]).toMatchObject({ id: json.id, jobId: b, state: 'interviewing' });
    expect((await robin.get(`/api/v1/jobs/${a}/application`)).status).toBe(404);
    expect((await robin.get(`/api/v1/applications/${json.id}/advert`)).json.advert.title).toBe('PAM Architect');
  });

  test('that turns out to be another tracked one is one item with both histories, and two again when they are split', async () => {
    const { db, robin, a, b } = await twoJobs();
    const one = (await mark(robin, a, 'saved')).json;
    const two = (await mark(robin, b, 'applied')).json;
    await mark(robin, b, 'interviewing');
    await mergeJobs(db, a, b, 'test');
    await merge(db);
    const items = await list(robin);
    expect(items).toHaveLength(1);
    expect(items[0]).toMatchObject({
      id: two.id,
      jobId: a,
      state: 'interviewing',
      also: [{ id: one.id, state: 'saved' }],
    });
    const events = async (id: string) => (await robin.get(`/api/v1/applications/${id}/history`)).json.items.length;
    expect([await events(one.id), await events(two.id)]).toEqual([1, 2]);
    expect((await robin.get('/api/v1/applications')).json.counts).toEqual({ interviewing: 1 });
    expect(await maintained(db)).toEqual(await recount(db));
    await db.pool.query('delete from merge_decision');
    await db.pool.query('insert into merge_todo select id from posting on conflict do nothing');
    await merge(db);
    expect((await list(robin)).map(({ id }: { id: string }) => id).sort()).toEqual([one.id, two.id].sort());
  });

  test('that was saved twice is hidden by one click and taken back by one click', async () => {
    const { db, robin, a, b } = await twoJobs();
    await mark(robin, a, 'saved');
    await mark(robin, b, 'saved');
    await mergeJobs(db, a, b, 'test');
    await merge(db);
    expect((await mark(robin, b, 'hidden')).json.state).toBe('hidden');
    expect((await list(robin)).map(({ state }: { state: string }) => state)).toEqual(['hidden']);
    expect((await mark(robin, a, 'new')).json.state).toBe('new');
    expect(await list(robin)).toEqual([]);
    expect(await maintained(db)).toEqual(await recount(db));
  });

  test('says that it closed and how we know, then that it is open again', async () => {
    const { db, robin, a } = await twoJobs();
    await mark(robin, a, 'saved');
    expect((await list(robin))[0].changes).toEqual([]);
    await close(db, 'greenhouse', 'acme', '1');
    const [closed] = await list(robin);
    expect(closed).toMatchObject({ state: 'saved', job: { state: 'closed' } });
    expect(closed.changes).toMatchObject([{ kind: 'closed', why: 'gone', at: expect.stringMatching(/^2026-/) }]);
    await robin.post(`/api/v1/applications/${closed.id}/seen`);
    expect((await list(robin))[0].changes).toEqual([]);
    await put(db, { nativeId: '1', title: 'IAM Engineer' });
    await merge(db);
    expect((await list(robin))[0].changes).toMatchObject([{ kind: 'reopened', at: expect.stringMatching(/^2026-/) }]);
  });

  test('says that pay and title changed, with what they were and are', async () => {
    const { db, robin, a } = await twoJobs();
    await mark(robin, a, 'saved');
    const pay = { raw: '95k', min: 95_000, max: 99_000, currency: 'EUR', period: 'year' as const, estimated: false };
    await put(db, { nativeId: '1', title: 'Senior IAM Engineer', pay });
    await merge(db);
    const [item] = await list(robin);
    expect(item.changes).toEqual([
      { kind: 'title', from: 'IAM Engineer', to: 'Senior IAM Engineer' },
      { kind: 'pay', from: null, to: '95000 – 99000 EUR a year' },
    ]);
    expect((await robin.post(`/api/v1/applications/${item.id}/seen`)).json.changes).toEqual([]);
  });

  test('is not lost when its job and its postings are removed, and is found again when the posting comes back', async () => {
    const world = await twoJobs();
    const { db, robin, a } = world;
    const { json } = await mark(robin, a, 'applied');
    for (const table of [
      'job',
      'job_term',
      'posting',
      'posting_body',
      'job_event',
      'posting_sign',
      'posting_key',
      'merge_todo',
    ])
      await db.pool.query(`delete from ${table}`);
    const [gone] = await list(robin);
    expect(gone).toMatchObject({
      id: json.id,
      jobId: null,
      job: { title: 'IAM Engineer' },
      changes: [{ kind: 'gone' }],
    });
    await robin.post(`/api/v1/applications/${json.id}/seen`);
    await put(db, { nativeId: '1', title: 'IAM Engineer' });
    await merge(db);
    expect((await list(robin))[0]).toMatchObject({
      id: json.id,
      state: 'applied',
      jobId: expect.any(String),
      changes: [],
    });
    const job = await jobOf(world, '1');
    expect((await mark(robin, job, 'interviewing')).json).toMatchObject({ id: json.id, jobId: job });
    expect((await robin.get(`/api/v1/jobs/${job}/application`)).json.id).toBe(json.id);
  });
});
