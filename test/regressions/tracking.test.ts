/** The original system deleted every job of more than thirty days each night, the saved and the applied ones with their notes. */
import { expect, test } from 'vitest';
import { addBoards } from '../scans/helpers.ts';
import { setUp } from '../tracking/kit.ts';
import { jobs, means, scanNow, testSource } from '../worker/unit-kit.ts';
import { roundsOf } from './kit.ts';

test('what a person saved and applied to is there after four hundred days, closing and every round: state, notes, history, advert', async () => {
  const [{ db, person }, source] = await Promise.all([setUp(), testSource()]);
  await addBoards(db, 'greenhouse/acme');
  const m = means(db, source);
  source.boards.set('acme', () => ({ items: jobs(4) }));
  await scanNow(m, 'greenhouse');
  const robin = await person();
  const { rows } = await db.pool.query<{ id: string }>('select id::text from job order by id');
  for (const [i, state] of ['saved', 'applied', 'hidden'].entries()) {
    const { json } = await robin.put(`/api/v1/jobs/${rows[i]!.id}/application`, { state });
    await robin.patch(`/api/v1/applications/${json.id}`, { notes: `${state} it` }, { 'if-match': '*' });
  }
  const read = async () => {
    const { items } = (await robin.get('/api/v1/applications?limit=100')).json;
    const kept = ({ id, state, notes, version }: Record<string, unknown>) => ({ id, state, notes, version });
    const histories = await Promise.all(
      items.map(async ({ id }: { id: string }) => (await robin.get(`/api/v1/applications/${id}/history`)).json),
    );
    const applied = items.find(({ state }: { state: string }) => state === 'applied');
    const advert = (await robin.get(`/api/v1/applications/${applied.id}/advert`)).json;
    return { items: items.map(kept), histories, advert };
  };
  const before = await read();
  expect(before.items).toHaveLength(3);
  expect(before.advert.advert.text.length).toBeGreaterThan(10);
  const aged = (table: string, ...columns: string[]) =>
    db.pool.query(
      `update ${table} set ${columns.map((column) => `${column} = ${column} - interval '400 days'`).join(', ')}`,
    );
  await aged('posting', 'first_seen_at', 'changed_at', 'stated_at');
  await aged('job', 'first_seen_at', 'posted_at');
  await aged('board', 'last_complete_at', 'last_read_at');
  await aged('job_event', 'at');
  const round = roundsOf(db);
  await round();
  await round();
  source.boards.set('acme', () => ({ items: [] }));
  for (let i = 0; i < 3; i++) await scanNow(m, 'greenhouse');
  await round();
  expect(await read()).toEqual(before);
  await db.pool.query('delete from job');
  await db.pool.query('delete from posting');
  expect(await read()).toEqual(before);
});
