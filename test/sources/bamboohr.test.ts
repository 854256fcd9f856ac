import { describe, expect, test } from 'vitest';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { FIXTURES } from './fixture.ts';
import { firstRequest, internetOf, read, readDetail } from './kit.ts';

const { items, board } = FIXTURES.bamboohr;
const [first = {}] = items;
const toPosting = (item: unknown) => CONNECTORS.bamboohr.toPosting(item, board);

describe('the list', () => {
  test('is at the host of the employer', async () => {
    expect((await firstRequest('bamboohr')).url.href).toBe('https://widgetarium.bamboohr.com/careers/list');
  });

  test('of an employer that left leads to the marketing site, which is a board that is not there', async () => {
    const { error } = await read('bamboohr', await internetOf('bamboohr', undefined));
    expect(error).toMatchObject({
      type: 'http_4xx',
      status: 404,
      message: 'BambooHR has no board "widgetarium" (404): correct its name or disable it',
    });
  });

  test('that leads to any other host is a failure, and no sign that the employer left', async () => {
    const internet = await internetOf('bamboohr', items);
    for (const location of ['https://bamboohr.com.evil.example/', 'https://login.example.com/']) {
      internet.setFaults('bamboohr', { kind: 'refuse', status: 302, headers: { location } });
      expect((await read('bamboohr', internet)).error).toMatchObject({ type: 'other', status: undefined });
    }
  });

  test('with fewer openings than it counts is not complete', async () => {
    const internet = await internetOf('bamboohr', items);
    const body = { meta: { totalCount: items.length + 3 }, result: items };
    internet.setFaults('bamboohr', { kind: 'body', body });
    const { items: got, end } = await read('bamboohr', internet);
    expect(got).toHaveLength(items.length);
    expect(end).toMatchObject({ complete: false, problems: [{ what: '3 postings of the board' }] });
  });

  test('without a count is taken at its word', async () => {
    const internet = await internetOf('bamboohr', items);
    internet.setFaults('bamboohr', { kind: 'body', body: { result: items } });
    expect((await read('bamboohr', internet)).end?.complete).toBe(true);
  });
});

describe("a posting's own record", () => {
  test('is one request at the host of the employer, and completes the item that the list had', async () => {
    const internet = await internetOf('bamboohr', items);
    const { items: got } = await read('bamboohr', internet);
    const before = internet.requests.length;
    const complete = await readDetail('bamboohr', internet, got[0]);
    expect(internet.requests.slice(before).map((r) => r.path)).toEqual(['/widgetarium/careers/347/detail']);
    expect(toPosting(complete)).toEqual(toPosting(CONNECTORS.bamboohr.item.parse(first)));
  });

  test.each([
    ['404', { kind: 'refuse', status: 404 }, 'http_4xx'],
    ['a page for people', { kind: 'html' }, 'parse'],
    ['no opening', { kind: 'body', body: { meta: {}, result: {} } }, 'parse'],
    ['no text', { kind: 'body', body: { result: { jobOpening: { jobOpeningName: 'x' } } } }, 'parse'],
  ] as const)('that is %s is a failure and no empty text', async (_, fault, type) => {
    const internet = await internetOf('bamboohr', items);
    internet.setFaults('bamboohr', { ...fault, detail: true });
    const { items: got } = await read('bamboohr', internet);
    await expect(readDetail('bamboohr', internet, got[0])).rejects.toMatchObject({ name: 'FetchError', type });
  });
});
