import { describe, expect, test } from 'vitest';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { FIXTURES } from './fixture.ts';
import { idsOf, internetOf, manyRows, read, readDetail } from './kit.ts';

const { items, board } = FIXTURES.smartrecruiters;
const [first = {}] = items;
const toPosting = (item: unknown) => CONNECTORS.smartrecruiters.toPosting(item, board);

describe('the list', () => {
  test('is asked for by offset, a hundred a page, and not beyond its count', async () => {
    const internet = await internetOf('smartrecruiters', manyRows('smartrecruiters', 200));
    await read('smartrecruiters', internet);
    const path = '/v1/companies/FictivaPharma/postings?limit=100&offset=';
    expect(internet.requests.map((r) => r.path)).toEqual([`${path}0`, `${path}100`]);
  });

  test('has no texts, and says so of each posting', async () => {
    const internet = await internetOf('smartrecruiters', items);
    const { items: got } = await read('smartrecruiters', internet);
    for (const item of got) expect(toPosting(item)).toMatchObject({ html: null, plain: '', textIsCut: true });
  });

  test('goes on behind a page that fails', async () => {
    const internet = await internetOf('smartrecruiters', manyRows('smartrecruiters', 250));
    internet.setFaults('smartrecruiters', { kind: 'refuse', status: 500, page: 1 });
    const { items: got, end } = await read('smartrecruiters', internet);
    expect(got).toHaveLength(150);
    expect(end?.problems).toMatchObject([{ what: 'page 2 of the board' }]);
  });

  test('with fewer postings than it counts is not complete', async () => {
    const internet = await internetOf('smartrecruiters', items);
    const body = { offset: 0, limit: 100, totalFound: items.length + 2, content: items };
    internet.setFaults('smartrecruiters', { kind: 'body', body });
    const { end } = await read('smartrecruiters', internet);
    expect(end).toMatchObject({ complete: false, problems: [{ what: '2 postings of the board' }] });
  });

  test('of an unknown company may look like one without postings, which it cannot be told from', async () => {
    const internet = await internetOf('smartrecruiters', items);
    internet.setFaults('smartrecruiters', {
      kind: 'body',
      body: { offset: 0, limit: 100, totalFound: 0, content: [] },
    });
    expect(await read('smartrecruiters', internet)).toMatchObject({ items: [], end: { complete: true } });
  });

  test('is asked for with the capitals of the name, which cannot leave its place in the address', async () => {
    const internet = await internetOf('smartrecruiters', undefined);
    await read('smartrecruiters', internet, { board: { token: 'Fictiva/../X' } });
    expect(internet.requests[0]?.path).toBe('/v1/companies/Fictiva%2F..%2FX/postings?limit=100&offset=0');
  });
});

describe("a posting's own record", () => {
  test('is one request, and completes the item that the list had', async () => {
    const internet = await internetOf('smartrecruiters', items);
    const { items: got } = await read('smartrecruiters', internet);
    const before = internet.requests.length;
    const complete = await readDetail('smartrecruiters', internet, got[0]);
    const paths = internet.requests.slice(before).map((r) => r.path);
    expect(paths).toEqual(['/v1/companies/FictivaPharma/postings/744000199000001']);
    expect(toPosting(complete)).toEqual(toPosting(CONNECTORS.smartrecruiters.item.parse(first)));
    expect(idsOf('smartrecruiters', [complete])).toEqual(idsOf('smartrecruiters', [got[0]]));
  });

  test.each([
    ['404', { kind: 'refuse', status: 404 }, 'http_4xx'],
    ['a page for people', { kind: 'html' }, 'parse'],
    ['no texts', { kind: 'body', body: { id: '744000199000001', active: true } }, 'parse'],
    ['a list', { kind: 'body', body: { totalFound: 1, content: [] } }, 'parse'],
  ] as const)('that is %s is a failure and no empty text', async (_, fault, type) => {
    const internet = await internetOf('smartrecruiters', items);
    internet.setFaults('smartrecruiters', { ...fault, detail: true });
    const { items: got } = await read('smartrecruiters', internet);
    await expect(readDetail('smartrecruiters', internet, got[0])).rejects.toMatchObject({ name: 'FetchError', type });
  });

  test('has pages for people where the row has an address of the API', () => {
    const { url, applyUrls } = toPosting(CONNECTORS.smartrecruiters.item.parse(first));
    for (const address of [url, ...applyUrls]) expect(address).not.toContain('api.smartrecruiters.com');
  });
});
