import { expect, test } from 'vitest';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { FIXTURES } from './fixture.ts';
import { internetOf, read } from './kit.ts';

const { items, board } = FIXTURES.workable;

test('hours of patience are not waited for but told, and no second request follows', async () => {
  const internet = await internetOf('workable', items);
  internet.setFaults('workable', { kind: 'refuse', status: 429, headers: { 'retry-after': '7200' } });
  const { error } = await read('workable', internet);
  expect(error).toMatchObject({ type: 'rate_limited', retryAfterMs: 7_200_000, quota: false });
  expect(internet.requests).toHaveLength(1);
});

test('the account is read with one request that asks for texts', async () => {
  const internet = await internetOf('workable', items);
  await read('workable', internet);
  expect(internet.requests.map((r) => r.path)).toEqual(['/api/v1/widget/accounts/imaginary-airlines?details=true']);
});

test('postings that lost their texts on the way do not fit', async () => {
  const internet = await internetOf('workable', items);
  const bare = items.map(({ description: _, ...row }) => row);
  internet.setFaults('workable', { kind: 'body', body: { name: 'Imaginary Airlines', jobs: bare } });
  expect((await read('workable', internet)).invalid).toHaveLength(items.length);
});

test('the account names the employer; where it does not, the board does', async () => {
  const internet = await internetOf('workable', items);
  const companies = async () =>
    (await read('workable', internet)).items.map((item) => CONNECTORS.workable.toPosting(item, board).company);
  expect(new Set(await companies())).toEqual(new Set(['Imaginary Airlines']));
  internet.setFaults('workable', { kind: 'body', body: { name: '', jobs: items } });
  expect(new Set(await companies())).toEqual(new Set(['Imaginary Airlines Ltd']));
});

test('rows that are no postings are set aside as they came', async () => {
  const internet = await internetOf('workable', items);
  internet.setFaults('workable', { kind: 'body', body: { name: 'x', jobs: [null, 'text', ['list'], ...items] } });
  const { items: got, invalid } = await read('workable', internet);
  expect(got).toHaveLength(items.length);
  expect(invalid.map(({ item }) => item)).toEqual([null, 'text', ['list']]);
});
