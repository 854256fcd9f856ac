import { expect, test } from 'vitest';
import { workingnomads } from '../../worker/sources/workingnomads.ts';
import { FIXTURES } from './fixture.ts';
import { askedOf, internetOf, read } from './kit.ts';

const idOf = (url: string) => workingnomads.nativeId({ url, title: 'x' });

test.each([
  ['https://www.workingnomads.com/job/go/1990001/', '1990001'],
  ['https://www.workingnomads.com/job/go/1990001', '1990001'],
  ['https://www.workingnomads.com/job/go/1990001/?utm_source=x#top', '1990001'],
  ['https://www.workingnomads.co/job/go/1990001/', '1990001'],
  ['https://www.workingnomads.com/jobs/iam-lead?utm_source=x', '/jobs/iam-lead'],
  ['not an address', 'not an address'],
])('the id of %s is %s', (url, id) => {
  expect(idOf(url)).toBe(id);
});

test('the list is asked for once', async () => {
  const internet = await internetOf('workingnomads', FIXTURES.workingnomads.items);
  await read('workingnomads', internet);
  expect(askedOf(internet)).toEqual(['/api/exposed_jobs/']);
});
