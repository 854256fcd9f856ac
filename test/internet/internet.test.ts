/** The played internet is held to what the demo and other tests rely on. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { SOURCE_NAMES, sourceInfo } from '../../shared/sources.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import boards from './boards.json' with { type: 'json' };
import { DEMO_FAULTS, demoData } from './demo-data.ts';
import { startInternet } from './internet.ts';

async function internet() {
  const started = await startInternet(demoData());
  onTestFinished(() => started.close());
  return started;
}

describe('the demo data', () => {
  const data = demoData();

  test('is the same on every call', () => {
    expect(JSON.stringify(demoData())).toBe(JSON.stringify(data));
  });

  test('has some hundred postings over all sources, each fit for its connector and under an id of its own', () => {
    let postings = 0;
    for (const source of SOURCE_NAMES) {
      for (const [token, rows] of Object.entries(data[source])) {
        const items = rows.map((row) => CONNECTORS[source].item.parse(row));
        const ids = new Set(items.map((item) => CONNECTORS[source].nativeId(item)));
        expect(ids.size, `${source}/${token}`).toBe(rows.length);
        for (const item of items) {
          const posting = CONNECTORS[source].toPosting(item, { token, company: 'Example', region: '' });
          expect(posting.statedAt, posting.url).toBeInstanceOf(Date);
        }
        postings += rows.length;
      }
      expect(Object.keys(data[source]).length, source).toBeGreaterThan(0);
    }
    expect(postings).toBeGreaterThan(150);
    expect(postings).toBeLessThan(900);
  });

  test('has the boards of boards.json, some for each source of that kind, one empty and one that does not exist', () => {
    for (const source of SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board')) {
      const tokens = boards.filter((board) => board.source === source).map((board) => board.token);
      expect(tokens.length, source).toBeGreaterThan(0);
      for (const token of Object.keys(data[source])) expect(tokens).toContain(token);
    }
    const rows = boards.map((board) => data[board.source as 'lever'][board.token]);
    expect(rows.filter((list) => list === undefined)).toHaveLength(1);
    expect(rows.filter((list) => list?.length === 0)).toHaveLength(1);
  });

  test('has a 429 and a broken page among its faults', () => {
    const kinds = Object.values(DEMO_FAULTS).flat();
    expect(kinds).toContainEqual(expect.objectContaining({ status: 429 }));
    expect(kinds).toContainEqual(expect.objectContaining({ kind: 'html' }));
  });
});

describe('the server', () => {
  test('speaks gzip to those who understand it and plainly to others', async () => {
    const { urls } = await internet();
    const url = `${urls.greenhouse}/v1/boards/ferrovalebank/jobs?content=true`;
    const zipped = await fetch(url, { headers: { 'accept-encoding': 'gzip' } });
    expect(zipped.headers.get('content-encoding')).toBe('gzip');
    const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(((await plain.json()) as { jobs: unknown[] }).jobs).toHaveLength(22);
  });

  test('logs each request, and what came of it', async () => {
    const { urls, requests } = await internet();
    await fetch(`${urls.lever}/v0/postings/kestrelpay?mode=json&limit=2`).then((answer) => answer.text());
    await fetch(`${urls.lever}/v0/postings/nobody?mode=json`).then((answer) => answer.text());
    expect(requests.map(({ source, path, status }) => ({ source, path, status }))).toEqual([
      { source: 'lever', path: '/v0/postings/kestrelpay?mode=json&limit=2', status: 200 },
      { source: 'lever', path: '/v0/postings/nobody?mode=json', status: 404 },
    ]);
  });

  test('sends what changed between two scans', async () => {
    const { urls, data } = await internet();
    const titles = async () => {
      const answer = await fetch(`${urls.lever}/v0/postings/sablefin?mode=json`);
      return ((await answer.json()) as { text: string }[]).map((row) => row.text);
    };
    const before = await titles();
    const [first, ...others] = data.lever.sablefin ?? [];
    data.lever.sablefin = [...others, { ...first, id: 'new', text: 'A new posting' }];
    expect(await titles()).toEqual([...before.slice(1), 'A new posting']);
  });

  test.each([
    ['lever without mode=json is a page for people', 'lever', '/v0/postings/sablefin', 200, "<div class='lever'>"],
    [
      'greenhouse without content=true has no texts',
      'greenhouse',
      '/v1/boards/ferrovalebank/jobs',
      200,
      '{"jobs":[{"absolute_url"',
    ],
    ['jsearch without a key is refused', 'jsearch', '/search?query=x', 401, 'Invalid API key'],
    ['adzuna without a key is refused', 'adzuna', '/v1/api/jobs/us/search/1?what=x', 401, 'Authorisation failed'],
    [
      'adzuna with a misspelt parameter is refused',
      'adzuna',
      '/v1/api/jobs/us/search/1?app_id=a&app_key=b&wat=x',
      400,
      '',
    ],
    [
      'adzuna in a country that it does not know is refused',
      'adzuna',
      '/v1/api/jobs/zz/search/1?app_id=a&app_key=b',
      404,
      'Not found',
    ],
  ] as const)('%s', async (_, source, path, status, begins) => {
    const { urls } = await internet();
    const answer = await fetch(urls[source] + path);
    expect(answer.status).toBe(status);
    const text = await answer.text();
    expect(text).toContain(begins);
    if (source === 'greenhouse') expect(text).not.toContain('"content"');
  });
});
