import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { mergePending } from '../../worker/store/merge/pending.ts';
import { testDatabase } from '../db.ts';
import { faults, openings, put } from '../merge/kit.ts';
import { asAdmin, startServer, type TestServer } from './server.ts';

let db: Database;
let server: TestServer;
beforeAll(async () => {
  db = (await testDatabase()).db;
  server = await startServer(db);
  // Two that the rules merge, and one that they do not.
  await put(
    db,
    { nativeId: 'a' },
    { source: 'adzuna', board: '*', nativeId: 'b' },
    { nativeId: 'c', title: 'PKI Clerk' },
  );
  await mergePending(db);
});

const rowOf = async (nativeId: string) =>
  (await db.pool.query('select id::text, job_id::text from posting where native_id = $1', [nativeId])).rows[0];

describe('what people decide about postings', () => {
  test('needs the admin token', async () => {
    const { id } = await rowOf('b');
    expect((await server.post(`/api/v1/postings/${id}/split`)).status).toBe(401);
    expect(await db.pool.query('select from merge_decision')).toMatchObject({ rowCount: 0 });
  });

  test('splits, and is undone by its event; an old id leads to where its posting is', async () => {
    const [a, b] = [await rowOf('a'), await rowOf('b')];
    expect(a.job_id).toBe(b.job_id);
    const split = await server.post(`/api/v1/postings/${b.id}/split`, undefined, asAdmin);
    expect(split).toMatchObject({ status: 202, json: { job: a.job_id } });
    await mergePending(db);
    expect(await openings(db)).toEqual([['a'], ['b'], ['c']]);
    const own = (await rowOf('b')).job_id;
    expect((await server.get(`/api/v1/jobs/${own}`)).json.id).toBe(own);

    const event = split.json.event;
    expect((await server.post(`/api/v1/job-events/${event}/undo`, undefined, asAdmin)).status).toBe(202);
    await mergePending(db);
    expect(await openings(db)).toEqual([['a', 'b'], ['c']]);
    const job = (await server.get(`/api/v1/jobs/${own}`)).json;
    expect(job.id).toBe(a.job_id);
    expect(job.postings).toHaveLength(2);
    expect(job.postings[0].gives).toContain('title');
    expect(job.age).toMatchObject({ reposts: 0 });
    expect((await server.get(`/jobs/${own}`)).headers.location).toBe(`/jobs/${a.job_id}`);
    const again = await server.post(`/api/v1/job-events/${event}/undo`, undefined, asAdmin);
    expect(again).toMatchObject({ status: 409, json: { detail: expect.stringContaining('undone before') } });
  });

  test('merges what the rules hold apart', async () => {
    const [a, c] = [await rowOf('a'), await rowOf('c')];
    const merged = await server.post(`/api/v1/jobs/${a.job_id}/merge`, { job: c.job_id }, asAdmin);
    expect(merged.status).toBe(202);
    await mergePending(db);
    expect(await openings(db)).toEqual([['a', 'b', 'c']]);
    expect(await faults(db)).toEqual([]);
    await server.post(`/api/v1/job-events/${merged.json.event}/undo`, undefined, asAdmin);
    await mergePending(db);
    expect(await openings(db)).toEqual([['a', 'b'], ['c']]);
    expect(await faults(db)).toEqual([]);
  });

  test('is refused with a sentence where there is nothing to decide', async () => {
    const { id, job_id: job } = await rowOf('c');
    for (const [path, body] of [
      [`/api/v1/postings/${id}/split`, undefined],
      ['/api/v1/postings/999999999/split', undefined],
      [`/api/v1/jobs/${job}/merge`, { job }],
      [`/api/v1/jobs/${job}/merge`, { job: '999999999' }],
      ['/api/v1/job-events/999999999/undo', undefined],
    ] as const) {
      const { status, json } = await server.post(path, body, asAdmin);
      expect([path, status]).toEqual([path, 409]);
      expect(json.detail).toMatch(/\d/);
    }
  });
});
