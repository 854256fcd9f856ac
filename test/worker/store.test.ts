import { beforeAll, describe, expect, test } from 'vitest';
import { readDetail, readRaw } from '../../shared/bodies.ts';
import type { Database } from '../../shared/db/database.ts';
import { contentHash } from '../../worker/store.ts';
import { testDatabase } from '../db.ts';
import { createBoard, createUnit, HOUR_MS, noCounts, posting, ready, SCORE } from './store-kit.ts';

let db: Database;
beforeAll(async () => {
  db = (await testDatabase()).db;
});

const rowsOf = async (text: string, values: unknown[] = []) => (await db.pool.query(text, values)).rows;
const jobOf = async (boardId: number, nativeId: string) =>
  (
    await rowsOf(
      `select j.*, p.id as pid, p.native_id, p.content_hash, p.url, p.closed_at as p_closed, p.closed_evidence, p.changed_at
       from job j join posting p on p.job_id = j.id where p.board_id = $1 and p.native_id = $2`,
      [boardId, nativeId],
    )
  )[0];
const termsOf = async (jobId: string) =>
  (await rowsOf('select term, score, posted_at from job_term where job_id = $1 order by term', [jobId])).map(
    (row) => `${row.term}:${row.score}`,
  );

describe('a new posting', () => {
  test('becomes a posting, a job, its terms, a body and a count of the day, with the counts of its unit', async () => {
    const unit = await createUnit(db, 'new');
    const store = await unit.open();
    expect(store.lookup('a', ready('a').hash)).toBe('new');
    const counts = noCounts({ requests: 1, found: 3, kept: 1, rejected: 2, new: 1, rejectedReasons: { not_iam: 2 } });
    await store.write([ready('a')], counts);

    const job = await jobOf(unit.boardId, 'a');
    expect(job).toMatchObject({
      title: 'IAM Engineer a',
      company: 'Acme',
      places: ['Berlin, Germany', 'Remote'],
      employment: ['full_time', 'permanent'],
      pay_min: '70000.5',
      pay_max: '90000',
      pay_currency: 'EUR',
      pay_period: 'year',
      country: 'DE',
      work_mode: 'hybrid',
      score: 18,
      state: 'open',
      sources: ['greenhouse'],
      terms: ['title.iam', 'vendor.okta'],
      closed_at: null,
    });
    expect(job.posting_id).toBe(job.pid);
    expect(job.posted_at).toEqual(new Date('2026-11-01T08:30:00Z'));
    expect(job.first_seen_at).toEqual(new Date('2026-11-22T09:01:00Z'));
    expect(await termsOf(job.id)).toEqual(['title.iam:18', 'vendor.okta:18']);
    expect(JSON.parse(job.card)).toMatchObject({
      title: 'IAM Engineer a',
      workMode: 'hybrid',
      score: 18,
      source: 'greenhouse',
      postedAt: '2026-11-01T08:30:00.000Z',
      firstSeenAt: '2026-11-22T09:01:00.000Z',
      reasons: [{ label: 'IAM', phrase: 'IAM', place: 'title' }, { label: 'Okta' }],
    });
    const [body] = await rowsOf('select body from posting_body where posting_id = $1', [job.pid]);
    expect(readDetail(body.body)).toMatchObject({
      html: '<p>Okta and SailPoint</p>',
      textIsCut: false,
      parts: SCORE.parts,
    });
    expect(readRaw(body.body)).toEqual({ id: 'a', version: 1 });
    const [saved] = await rowsOf('select * from scan_unit where id = $1', [unit.unitId]);
    expect(saved).toMatchObject({
      requests: 1,
      found: 3,
      kept: 1,
      rejected: 2,
      new: 1,
      rejected_reasons: { not_iam: 2 },
    });
    expect(await rowsOf('select jobs_new, jobs_closed from stats_day')).toEqual([{ jobs_new: '1', jobs_closed: '0' }]);
    expect(await rowsOf(`select id from job where words @@ 'engineer & acme'`)).toEqual([{ id: job.id }]);
  });
});
