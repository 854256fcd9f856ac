import { describe, expect, test, vi } from 'vitest';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { contentHash } from '../../worker/store.ts';
import { FIXTURES } from './fixture.ts';
import { firstRequest, internetOf, read } from './kit.ts';

const { items } = FIXTURES.jsonld;
const script = (text: string) => `<script type="application/ld+json">${text}</script>`;
const posting = (more: object) => JSON.stringify({ '@type': 'JobPosting', title: 'IAM Engineer', ...more });

describe('the address of the page', () => {
  const asked = async (token: string, baseUrl?: string) =>
    (await firstRequest('jsonld', { board: { token }, settings: baseUrl === undefined ? {} : { baseUrl } })).url.href;

  test.each([
    ['www.example.com/careers?dept=it', 'https://www.example.com/careers?dept=it'],
    ['https://www.example.com/careers#jobs', 'https://www.example.com/careers'],
    ['HTTPS://Example.com', 'https://example.com/'],
  ])('%s is asked at %s', async (token, href) => {
    expect(await asked(token)).toBe(href);
  });

  test('that the operator moved has the host in its path', async () => {
    expect(await asked('example.com/careers', 'http://127.0.0.1:9/x')).toBe('http://127.0.0.1:9/x/example.com/careers');
  });

  test.each([
    'acme',
    'http://example.com/',
    'example.com:8443/x',
    'user:pw@example.com/',
    'https://',
    '',
    '*',
    'a b.c',
  ])('%j is none, and is not asked', async (token) => {
    await expect(asked(token)).rejects.toThrow('is no address of a careers page');
  });
});

describe('a page', () => {
  const readText = async (text: string) => {
    const internet = await internetOf('jsonld', items);
    internet.setFaults('jsonld', { kind: 'text', text });
    return read('jsonld', internet);
  };

  test('that describes only its employer has no postings', async () => {
    const outcome = await readText(script('{"@type":"Organization","name":"Example"}'));
    expect(outcome).toMatchObject({ items: [], invalid: [], end: { complete: true } });
  });

  test('without any structured data is not taken for one without postings', async () => {
    const { error, end } = await readText('<!doctype html><h1>Careers</h1><p>IAM Engineer</p>');
    expect(error).toMatchObject({ type: 'parse', message: expect.stringContaining('has no structured data') });
    expect(end).toBeUndefined();
  });

  test('with a block that cannot be read is not complete, so nothing of it is closed', async () => {
    const { items: got, end } = await readText(script(posting({})) + script('{"@type":"JobPosting","title":'));
    expect(got).toHaveLength(1);
    expect(end).toMatchObject({ complete: false, problems: [{ what: '1 block of structured data' }] });
  });

  test('whose postings have no title has them set aside, and the others kept', async () => {
    const { items: got, invalid } = await readText(script(`[${posting({})},${posting({ title: null })}]`));
    expect([got.length, invalid.length]).toEqual([1, 1]);
  });

  test('may be read after a 403 that only wanted to set a cookie', async () => {
    const internet = await internetOf('jsonld', items);
    const wall = { kind: 'refuse', status: 403, headers: { 'set-cookie': 'seen=1; Path=/' }, times: 1 } as const;
    internet.setFaults('jsonld', wall);
    const { items: got, end } = await read('jsonld', internet);
    expect(got).toHaveLength(items.length);
    expect(end?.complete).toBe(true);
    expect(internet.requests.map((r) => r.headers.cookie)).toEqual([undefined, 'seen=1']);
  });
});

test('a date that is always two years before the question is no date and no change', async () => {
  const { item, stable, toPosting } = CONNECTORS.jsonld;
  const asOf = (now: string, datePosted: string) => {
    vi.setSystemTime(new Date(now));
    const row = item.parse(JSON.parse(posting({ datePosted })));
    return { hash: contentHash(stable(row)).toString('hex'), at: toPosting(row, FIXTURES.jsonld.board).statedAt };
  };
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const monday = asOf('2026-11-23T08:00:00Z', '2024-11-23T08:00:00Z');
    const tuesday = asOf('2026-11-24T09:30:00Z', '2024-11-24T09:30:00Z');
    expect(monday.at).toBeNull();
    expect(tuesday).toEqual(monday);
    expect(asOf('2026-11-23T08:00:00Z', '2026-11-20T08:00:00Z').at?.toISOString()).toBe('2026-11-20T08:00:00.000Z');
  } finally {
    vi.useRealTimers();
  }
});
