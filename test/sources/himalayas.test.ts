import { describe, expect, test } from 'vitest';
import { himalayas } from '../../worker/sources/himalayas.ts';
import { FIXTURES } from './fixture.ts';
import { askedOf, internetOf, manyRows, read } from './kit.ts';

const { items: rows, board } = FIXTURES.himalayas;

describe('the pages of Himalayas', () => {
  test('are asked for by number, newest first, and never by an offset, which this address ignores', async () => {
    const internet = await internetOf('himalayas', manyRows('himalayas', 45));
    await read('himalayas', internet, { settings: { queries: ['okta'] } });
    expect(askedOf(internet)).toEqual([1, 2, 3].map((page) => `/jobs/api/search?q=okta&sort=recent&page=${page}`));
  });

  test('end at an empty one where the count promises more, and that is said', async () => {
    const internet = await internetOf('himalayas', []);
    const body = (jobs: unknown[]) => ({ kind: 'body' as const, body: { totalCount: 100_157, jobs }, times: 1 });
    internet.setFaults('himalayas', body(manyRows('himalayas', 20)), body([]));
    const { items, end } = await read('himalayas', internet);
    expect(items).toHaveLength(20);
    expect(internet.requests).toHaveLength(2);
    expect(end).toMatchObject({ complete: false, problems: [{ what: 'the rest of "e"', ownLimit: true }] });
  });

  test('end at an empty one where nothing is counted', async () => {
    const internet = await internetOf('himalayas', []);
    const body = (jobs: unknown[]) => ({ kind: 'body' as const, body: { jobs }, times: 1 });
    internet.setFaults('himalayas', body(manyRows('himalayas', 20)), body([]));
    expect(await read('himalayas', internet)).toMatchObject({ items: { length: 20 }, end: { complete: true } });
  });
});

test.each([
  [[], ['Worldwide']],
  [null, []],
  [undefined, []],
  [['Congo, The Democratic Republic of the'], ['Congo, The Democratic Republic of the']],
  [
    ['United States', 'Canada'],
    ['United States', 'Canada'],
  ],
])('restrictions %j are the places %j', (locationRestrictions, places) => {
  const row = himalayas.item.parse({ ...rows[0], locationRestrictions });
  expect(himalayas.toPosting(row, board).places).toEqual(places);
});
