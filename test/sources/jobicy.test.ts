import { expect, test } from 'vitest';
import { FIXTURES } from './fixture.ts';
import { askedOf, internetOf, manyRows, read } from './kit.ts';

test('each word is asked for once, with parameters that Jobicy knows: it refuses all others', async () => {
  const internet = await internetOf('jobicy', FIXTURES.jobicy.items);
  const { error, end } = await read('jobicy', internet, { settings: { queries: ['okta', 'iam'] } });
  expect(error).toBeUndefined();
  expect(end?.complete).toBe(true);
  expect(askedOf(internet)).toEqual([
    '/api/v2/remote-jobs?count=100&tag=okta',
    '/api/v2/remote-jobs?count=100&tag=iam',
  ]);
});

test('a full answer says that there may be more, which is no failure', async () => {
  const internet = await internetOf('jobicy', manyRows('jobicy', 130));
  const { items, end } = await read('jobicy', internet);
  expect(items).toHaveLength(100);
  expect(internet.requests).toHaveLength(1);
  expect(end).toMatchObject({ complete: false, problems: [{ what: 'the rest of "e"', ownLimit: true }] });
});

test('a word that is refused ends no other', async () => {
  const internet = await internetOf('jobicy', FIXTURES.jobicy.items);
  internet.setFaults('jobicy', { kind: 'slow', ms: 0, times: 1 }, { kind: 'html', times: 1 });
  const { items, end } = await read('jobicy', internet, { settings: { queries: ['e', 'a', 'i'] } });
  expect(items.length).toBeGreaterThan(FIXTURES.jobicy.items.length);
  expect(end).toMatchObject({ complete: false, problems: [{ what: 'page 1 of "a"', error: { type: 'parse' } }] });
});
