import { describe, expect, test } from 'vitest';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { FIXTURES } from './fixture.ts';
import { firstRequest, idsOf, internetOf, manyRows, read } from './kit.ts';

const { items, board } = FIXTURES.teamtailor;

test('every employer has a host', async () => {
  const { url } = await firstRequest('teamtailor');
  expect(url.href).toBe('https://ejemplotelecom.teamtailor.com/jobs.json');
});

test('a 400 that passes is survived, and one that stays fails after three tries', async () => {
  const internet = await internetOf('teamtailor', items);
  internet.setFaults('teamtailor', { kind: 'refuse', status: 400, times: 2 });
  expect((await read('teamtailor', internet)).end?.complete).toBe(true);
  expect(internet.requests.map((r) => r.status)).toEqual([400, 400, 200]);
  internet.setFaults('teamtailor', { kind: 'refuse', status: 400 });
  expect((await read('teamtailor', internet)).error).toMatchObject({ type: 'http_4xx', status: 400 });
  expect(internet.requests).toHaveLength(6);
});

test('the title of the feed is the employer where a posting names none', async () => {
  const internet = await internetOf('teamtailor', items);
  const { items: got } = await read('teamtailor', internet);
  const companies = got.map((item) => CONNECTORS.teamtailor.toPosting(item, board).company);
  expect(new Set(companies)).toEqual(new Set(['Ejemplo Telecom']));
});

describe('a feed that goes on', () => {
  const next = 'https://careers.ejemplo-telecom.example/jobs.json?page=2';
  const body = (from: number, next_url?: string) => ({
    title: 'Ejemplo Telecom',
    items: manyRows('teamtailor', from + 30).slice(from),
    ...(next_url === undefined ? {} : { next_url }),
  });

  test('is followed to its end, on this host whatever it says', async () => {
    const internet = await internetOf('teamtailor', items);
    internet.setFaults('teamtailor', { kind: 'body', body: body(0, next), times: 1 }, { kind: 'body', body: body(30) });
    const { items: got, end } = await read('teamtailor', internet);
    expect(new Set(idsOf('teamtailor', got)).size).toBe(60);
    expect(internet.requests.map((r) => r.path)).toEqual([
      '/ejemplotelecom/jobs.json',
      '/ejemplotelecom/jobs.json?page=2',
    ]);
    expect(end?.complete).toBe(true);
  });

  test('whose second page fails is not complete', async () => {
    const internet = await internetOf('teamtailor', items);
    internet.setFaults('teamtailor', { kind: 'body', body: body(0, next), times: 1 }, { kind: 'refuse', status: 500 });
    const { items: got, end } = await read('teamtailor', internet);
    expect(got).toHaveLength(30);
    expect(end).toMatchObject({ complete: false, problems: [{ what: 'page 2 of the feed' }] });
  });

  test('in a circle ends, and so does one without end', async () => {
    const internet = await internetOf('teamtailor', items);
    internet.setFaults('teamtailor', { kind: 'body', body: body(0, next) });
    expect((await read('teamtailor', internet)).end?.problems).toMatchObject([
      { error: { message: expect.stringContaining('repeats') } },
    ]);
    expect(internet.requests).toHaveLength(2);
    internet.setFaults(
      'teamtailor',
      { kind: 'body', body: body(0, next), times: 1 },
      { kind: 'body', body: body(30, next) },
    );
    const { end } = await read('teamtailor', internet, { settings: { pagesMax: 2 } });
    expect(end?.problems).toMatchObject([{ ownLimit: true }]);
  });
});
