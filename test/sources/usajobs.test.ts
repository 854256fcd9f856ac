import { describe, expect, test } from 'vitest';
import { FIXTURES } from './fixture.ts';
import { askedOf, idsOf, internetOf, KEYS, manyRows, read } from './kit.ts';

const { items: rows } = FIXTURES.usajobs;
const hit = (row: object) => ({ MatchedObjectId: '1', MatchedObjectDescriptor: row, RelevanceRank: 3 });
const answer = (hits: unknown[], NumberOfPages?: unknown) => ({
  kind: 'body' as const,
  body: { SearchResult: { SearchResultItems: hits, UserArea: { NumberOfPages } } },
  times: 1,
});

describe('a request to USAJOBS', () => {
  test('has its words, the key, and the e-mail address of the key as User-Agent', async () => {
    const internet = await internetOf('usajobs', rows);
    await read('usajobs', internet, { settings: { queries: ['privileged access'] } });
    expect(askedOf(internet)).toEqual([
      '/api/Search?Keyword=privileged+access&ResultsPerPage=100&Page=1&SortField=opendate&SortDirection=Desc&Fields=Full',
    ]);
    expect(internet.requests[0]?.headers).toMatchObject({
      'user-agent': KEYS.USAJOBS_EMAIL,
      'authorization-key': KEYS.USAJOBS_API_KEY,
    });
  });

  test('that is refused does not bring the address into the error', async () => {
    const internet = await internetOf('usajobs', rows);
    internet.setFaults('usajobs', { kind: 'refuse', status: 401, body: `no key for ${KEYS.USAJOBS_EMAIL}` });
    const { error } = await read('usajobs', internet);
    expect(error).toMatchObject({ type: 'auth', message: 'USAJOBS answered 401: no key for ***' });
  });
});

describe('the pages of USAJOBS', () => {
  test('are counted in words of digits', async () => {
    const internet = await internetOf('usajobs', []);
    internet.setFaults('usajobs', answer([hit(rows[0] ?? {})], '2'), answer([hit(rows[1] ?? {})], '2'));
    const { items, end } = await read('usajobs', internet);
    expect(idsOf('usajobs', items)).toEqual([rows[0]?.MatchedObjectId, rows[1]?.MatchedObjectId]);
    expect(internet.requests).toHaveLength(2);
    expect(end?.complete).toBe(true);
  });

  test.each([undefined, null, 'many'])('that are counted as %j end at one that is not full', async (count) => {
    const internet = await internetOf('usajobs', []);
    const full = manyRows('usajobs', 100).map(hit);
    internet.setFaults('usajobs', answer(full, count), answer([hit(rows[1] ?? {})], count));
    const { items, end } = await read('usajobs', internet);
    expect(items).toHaveLength(101);
    expect(end?.complete).toBe(true);
  });

  test('keep a hit’s own fields and leave its rank away', async () => {
    const internet = await internetOf('usajobs', []);
    internet.setFaults('usajobs', answer([{ ...hit({ ...rows[0] }), Extra: 1 }], '1'));
    const { items } = await read('usajobs', internet);
    expect(items[0]).toMatchObject({ Extra: 1, PositionTitle: rows[0]?.PositionTitle });
    expect(items[0]).not.toHaveProperty('RelevanceRank');
  });

  test('set aside what is no hit, as it came', async () => {
    const internet = await internetOf('usajobs', []);
    const broken = [null, 'x', { MatchedObjectId: '5' }, { MatchedObjectId: '6', MatchedObjectDescriptor: null }];
    internet.setFaults('usajobs', answer([...broken, hit(rows[0] ?? {})], '1'));
    const { items, invalid } = await read('usajobs', internet);
    expect(items).toHaveLength(1);
    expect(invalid.map(({ item }) => item)).toEqual(broken);
  });
});
