import { expect, test } from 'vitest';
import { textOf } from '../../worker/steps/merge/text.ts';
import { loadTexts, textMemoryOf } from '../../worker/store/merge/texts.ts';
import { testDatabase } from '../db.ts';
import { put, TEXT } from './kit.ts';

test('what was made of a text is remembered for as long as its row stays as it is', async () => {
  const { db } = await testDatabase();
  await put(db, { nativeId: 'a' }, { nativeId: 'b', text: 'You look after CyberArk and its vaults in two countries.' });
  const { rows } = await db.pool.query<{ id: string }>('select id::text from posting order by native_id');
  const [a, b] = rows.map(({ id }) => id) as [string, string];
  const memory = textMemoryOf(db.pool);
  const client = await db.pool.connect();
  try {
    const given = textOf('given');
    const first = await loadTexts(client, [a, b, '404'], new Map([[b, given]]), memory);
    expect([...first.keys()].toSorted()).toEqual([a, b].toSorted());
    expect(first.get(a)).toEqual(textOf(TEXT));
    expect(first.get(b)).toBe(given);

    const second = await loadTexts(client, [a, b], new Map(), memory);
    expect(second.get(a)).toBe(first.get(a));

    await put(db, { nativeId: 'a', text: 'You write SCIM connectors for a bank.' });
    const third = await loadTexts(client, [a, b], new Map(), memory);
    expect(third.get(a)).toEqual(textOf('You write SCIM connectors for a bank.'));
    expect(third.get(b)).toBe(second.get(b));
  } finally {
    client.release();
  }
});
