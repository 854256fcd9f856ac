import { describe, expect, test } from 'vitest';
import { openRejected } from '../../worker/store/rejected.ts';
import type { Means } from '../../worker/unit.ts';
import { testDatabase } from '../db.ts';
import { addBoards } from '../scans/helpers.ts';
import { createBoard } from './store-kit.ts';
import { jobs, means, openPostings, scanNow, testConnector, testSource } from './unit-kit.ts';

const cook = {
  id: 900,
  title: 'Pastry Chef',
  text: 'You bake bread and cakes, six days a week, from four in the morning.',
};
const cooks = (count: number, first = 900) => Array.from({ length: count }, (_, i) => ({ ...cook, id: first + i }));

/** A worker whose connector tells how many items it had to understand. */
async function watched(): Promise<{
  m: Means;
  source: Awaited<ReturnType<typeof testSource>>;
  understood: () => number;
}> {
  const { db } = await testDatabase();
  const source = await testSource();
  await addBoards(db, 'greenhouse/acme');
  const connector = testConnector('greenhouse');
  let understood = 0;
  const toPosting: typeof connector.toPosting = (item, board) => {
    understood++;
    return connector.toPosting(item, board);
  };
  const plain = means(db, source);
  const m = { ...plain, connectors: { ...plain.connectors, greenhouse: { ...connector, toPosting } } };
  return { m, source, understood: () => understood };
}

const sizeOf = async ({ db }: Means) =>
  (await db.pool.query<{ n: number }>('select length(postings) / 8 as n from board_rejected')).rows[0]?.n;

describe('a posting that is no IAM work', () => {
  test('is judged once and counted in every read', async () => {
    const { m, source, understood } = await watched();
    source.boards.set('acme', () => ({ items: [...jobs(2), ...cooks(30)] }));
    const first = await scanNow(m, 'greenhouse');
    expect(understood()).toBe(32);
    const second = await scanNow(m, 'greenhouse');
    expect(understood()).toBe(32);
    for (const { view } of [first, second]) expect(view).toMatchObject({ found: 32, kept: 2, rejected: 30 });
  });

  test('is judged again when it changes, and may be IAM work then', async () => {
    const { m, source, understood } = await watched();
    source.boards.set('acme', () => ({ items: [...jobs(1), cook] }));
    await scanNow(m, 'greenhouse');
    source.boards.set('acme', () => ({ items: [...jobs(1), { id: 900, title: 'IAM Engineer' }] }));
    const { view } = await scanNow(m, 'greenhouse');
    expect(understood()).toBe(3);
    expect(view).toMatchObject({ new: 1, unchanged: 1, rejected: 0 });
  });

  test('is judged again by other rules', async () => {
    const { m, source, understood } = await watched();
    source.boards.set('acme', () => ({ items: cooks(3) }));
    await scanNow(m, 'greenhouse');
    await scanNow({ ...m, version: 'next' }, 'greenhouse');
    expect(understood()).toBe(6);
    await scanNow({ ...m, version: 'next' }, 'greenhouse');
    expect(understood()).toBe(6);
  });

  test('closes the job that it was, also where its new text is known from before', async () => {
    const { m, source, understood } = await watched();
    const other = { ...cook, id: 1 };
    source.boards.set('acme', () => ({ items: [other] }));
    await scanNow(m, 'greenhouse');
    // Cut short, so that nothing of the first read is forgotten.
    source.boards.set('acme', (page) => (page === 1 ? { items: [{ id: 1, title: 'IAM Engineer' }], next: true } : 500));
    await scanNow(m, 'greenhouse');
    expect(await openPostings(m.db)).toEqual(['1']);
    const before = understood();
    source.boards.set('acme', () => ({ items: [other] }));
    await scanNow(m, 'greenhouse');
    expect(await openPostings(m.db)).toEqual([]);
    expect(understood()).toBe(before);
  });
});

describe('the memory of a board', () => {
  test('forgets what is gone from it, and keeps what a read that was cut short did not reach', async () => {
    const { m, source, understood } = await watched();
    source.boards.set('acme', () => ({ items: cooks(10) }));
    await scanNow(m, 'greenhouse');
    expect(await sizeOf(m)).toBe(10);
    source.boards.set('acme', (page) => (page === 1 ? { items: cooks(2), next: true } : 500));
    await scanNow(m, 'greenhouse');
    expect(await sizeOf(m)).toBe(10);
    source.boards.set('acme', () => ({ items: cooks(2) }));
    await scanNow(m, 'greenhouse');
    expect(await sizeOf(m)).toBe(2);
    expect(understood()).toBe(10);
  });

  test('is not written when nothing came to it', async () => {
    const { db } = await testDatabase();
    const board = await createBoard(db, 'quiet');
    const hash = Buffer.from('0123456789abcdef');
    const first = await openRejected(db, board, 'v');
    expect(first.has(hash)).toBe(false);
    first.add(hash);
    await first.save(true);
    const version = async () => (await db.pool.query('select xmin::text from board_rejected')).rows;
    const before = await version();
    const second = await openRejected(db, board, 'v');
    expect(second.has(hash)).toBe(true);
    second.add(hash);
    await second.save(true);
    expect(await version()).toEqual(before);
  });
});
