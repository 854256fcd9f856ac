import { expect, test } from 'vitest';
import { FIXTURES } from './fixture.ts';
import { askedOf, internetOf, manyRows, read } from './kit.ts';

test('one request without parameters brings everything: Remotive ignores them and wants to be asked seldom', async () => {
  const internet = await internetOf('remotive', manyRows('remotive', 250));
  const { items, end } = await read('remotive', internet, { settings: { queries: ['iam', 'okta'] } });
  expect(items).toHaveLength(250);
  expect(end?.complete).toBe(true);
  expect(askedOf(internet)).toEqual(['/api/remote-jobs']);
});

test('what is no IAM work comes, too, and is left to the score', async () => {
  const { items } = await read('remotive', await internetOf('remotive', FIXTURES.remotive.items));
  expect(JSON.stringify(items)).toContain('Brand Identity Designer');
});

test('a feed that was switched off answers with a page for people, which is no empty feed', async () => {
  const internet = await internetOf('remotive', []);
  internet.setFaults('remotive', { kind: 'html' });
  expect((await read('remotive', internet)).error).toMatchObject({ type: 'parse', status: 200 });
});
