import { expect, test } from 'vitest';
import fixture from '../../worker/sources/fixtures/remoteok.json' with { type: 'json' };
import { idsOf, internetOf, read } from './kit.ts';

test('the terms are no posting, wherever they stand and however often', async () => {
  const internet = await internetOf('remoteok', []);
  const body = [...fixture.items, fixture.notice, { legal: 'again' }];
  internet.setFaults('remoteok', { kind: 'body', body });
  const { items, invalid, end } = await read('remoteok', internet);
  expect(items).toHaveLength(fixture.items.length);
  expect(invalid).toEqual([]);
  expect(end?.complete).toBe(true);
});

test('a first element that is a posting is not thrown away', async () => {
  const internet = await internetOf('remoteok', []);
  internet.setFaults('remoteok', { kind: 'body', body: fixture.items });
  expect(idsOf('remoteok', (await read('remoteok', internet)).items)).toContain(String(fixture.items[0]?.id));
});

test('a posting that speaks of legal matters is a posting', async () => {
  const rows = fixture.items.map((row) => ({ ...row, legal: 'equal opportunity', last_updated: 1 }));
  const { items } = await read('remoteok', await internetOf('remoteok', rows));
  expect(items).toHaveLength(rows.length);
});

test('a row that is neither posting nor terms is set aside', async () => {
  const internet = await internetOf('remoteok', []);
  internet.setFaults('remoteok', { kind: 'body', body: [fixture.notice, null, 'x', { hello: 1 }] });
  expect((await read('remoteok', internet)).invalid).toHaveLength(3);
});
