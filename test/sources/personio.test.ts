import { describe, expect, test } from 'vitest';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { FIXTURES } from './fixture.ts';
import { firstRequest, idsOf, internetOf, read } from './kit.ts';

const { items, board } = FIXTURES.personio;
const [first = {}, second = {}] = items;
const german = (text: string) => ({
  jobDescriptions: { jobDescription: [{ name: 'Aufgaben', value: `<p>${text}</p>` }] },
});

describe('the address', () => {
  test('has the employer in its host, under .com for those who are there', async () => {
    const asked = async (region: string, baseUrl?: string) =>
      (await firstRequest('personio', { board: { region }, settings: baseUrl === undefined ? {} : { baseUrl } })).url
        .href;
    expect(await asked('')).toBe('https://sample-systems.jobs.personio.de/xml?language=en');
    expect(await asked('com')).toBe('https://sample-systems.jobs.personio.com/xml?language=en');
    expect(await asked('com', 'http://127.0.0.1:9')).toBe('http://127.0.0.1:9/sample-systems/xml?language=en');
  });

  test('of a posting is that of the employer, also when the feed was read elsewhere', () => {
    const urlOf = (region: string) =>
      CONNECTORS.personio.toPosting(CONNECTORS.personio.item.parse(first), { ...board, region }).url;
    expect(urlOf('')).toBe('https://sample-systems.jobs.personio.de/job/1990001');
    expect(urlOf('com')).toBe('https://sample-systems.jobs.personio.com/job/1990001');
  });
});

describe('a text that is missing in English', () => {
  const rows = [first, { ...second, jobDescriptions: '', de: german('Rechte prüfen') }];

  test('comes in German, by the id of its posting and with one more request', async () => {
    const internet = await internetOf('personio', rows);
    const { items: got, end } = await read('personio', internet);
    const texts = got.map((item) => CONNECTORS.personio.toPosting(item, board).html);
    expect(texts).toEqual([expect.stringContaining('Zielarchitektur'), '<h3>Aufgaben</h3><p>Rechte prüfen</p>']);
    expect(internet.requests.map((r) => r.path.split('?')[1])).toEqual(['language=en', 'language=de']);
    expect(end).toEqual({ complete: true, problems: [] });
  });

  test('costs no request when there is none', async () => {
    const internet = await internetOf('personio', [first, second]);
    await read('personio', internet);
    expect(internet.requests).toHaveLength(1);
  });

  test('that cannot be had holds its posting back, and the read says so', async () => {
    const internet = await internetOf('personio', rows);
    internet.setFaults('personio', { kind: 'slow', ms: 0, times: 1 }, { kind: 'refuse', status: 500 });
    const { items: got, end } = await read('personio', internet);
    expect(idsOf('personio', got)).toEqual(['1990001']);
    expect(end).toMatchObject({ complete: false, problems: [{ what: '1 postings that have no text in English' }] });
  });
});

describe('a feed that is switched off', () => {
  const reason = 'the employer may have switched its feed off';
  test.each([
    ['a page for people', { kind: 'html' }, 'parse'],
    ['a page that is well-formed', { kind: 'text', text: '<html><body><p>Jobs</p></body></html>' }, 'parse'],
    ['404', { kind: 'refuse', status: 404 }, 'http_4xx'],
  ] as const)('as %s fails with that reason', async (_, fault, type) => {
    const internet = await internetOf('personio', items);
    internet.setFaults('personio', fault);
    const { error } = await read('personio', internet);
    expect(error).toMatchObject({ type, message: expect.stringContaining(reason) });
  });

  test('is not what a broken connection looks like', async () => {
    const internet = await internetOf('personio', items);
    internet.setFaults('personio', { kind: 'refuse', status: 503 });
    expect((await read('personio', internet)).error).not.toMatchObject({ message: expect.stringContaining(reason) });
  });
});

describe('hostile XML', () => {
  test.each([
    [
      'entities',
      '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><workzag-jobs><position><id>1</id><name>&b;</name></position></workzag-jobs>',
    ],
    [
      'an entity of a file',
      '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><workzag-jobs><position><id>1</id><name>&a;</name></position></workzag-jobs>',
    ],
    ['an end that is missing', '<workzag-jobs><position><id>1</id><name>IAM</name></position>'],
  ])('with %s is refused as a whole', async (_, text) => {
    const internet = await internetOf('personio', items);
    internet.setFaults('personio', { kind: 'text', text });
    const { error, items: got } = await read('personio', internet);
    expect(error).toMatchObject({ type: 'parse', message: expect.stringContaining('is not XML') });
    expect(got).toEqual([]);
  });

  test('a feed without positions, in any spelling, is an employer without open positions', async () => {
    for (const text of ['<workzag-jobs/>', '<?xml version="1.0"?>\n<workzag-jobs>\n</workzag-jobs>\n']) {
      const internet = await internetOf('personio', items);
      internet.setFaults('personio', { kind: 'text', text });
      expect(await read('personio', internet)).toMatchObject({ items: [], end: { complete: true } });
    }
  });
});
