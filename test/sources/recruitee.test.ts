import { expect, test } from 'vitest';
import { FIXTURES } from './fixture.ts';
import { firstRequest, idsOf, internetOf, read } from './kit.ts';

const { items } = FIXTURES.recruitee;

test('every employer has a host, unless the operator moved the address', async () => {
  const asked = async (baseUrl?: string) =>
    (await firstRequest('recruitee', { settings: baseUrl === undefined ? {} : { baseUrl } })).url.href;
  expect(await asked()).toBe('https://dolordigital.recruitee.com/api/offers/');
  expect(await asked('http://127.0.0.1:9/x')).toBe('http://127.0.0.1:9/x/dolordigital/api/offers/');
});

test('a name that would lead to another host asks nothing and says what to correct', async () => {
  const internet = await internetOf('recruitee', items);
  const { error } = await read('recruitee', internet, { board: { token: 'evil.example/' } });
  expect(error).toMatchObject({ type: 'other', message: expect.stringContaining("correct the board's name") });
  expect(internet.requests).toEqual([]);
});

test('offers that are not published are not there', async () => {
  const states = ['draft', 'archived', 'internal', 'closed'];
  const hidden = states.map((status, i) => ({ ...items[0], id: i + 1, status }));
  const internet = await internetOf('recruitee', [...hidden, ...items]);
  const { items: got, invalid, end } = await read('recruitee', internet);
  expect(idsOf('recruitee', got)).toHaveLength(items.length);
  expect(invalid).toEqual([]);
  expect(end?.complete).toBe(true);
});

test('an offer without a state, and a row that is none, are not lost', async () => {
  const internet = await internetOf('recruitee', []);
  internet.setFaults('recruitee', { kind: 'body', body: { offers: [{ ...items[0], status: null }, null, 'x'] } });
  const { items: got, invalid } = await read('recruitee', internet);
  expect([got.length, invalid.length]).toEqual([1, 2]);
});
