import { describe, expect, test } from 'vitest';
import type { Fetch } from '../../worker/http/fetch.ts';
import { hackernews } from '../../worker/sources/hackernews.ts';
import type { ReadSettings } from '../../worker/sources/source.ts';
import { FIXTURES } from './fixture.ts';
import { askedOf, internetOf, read } from './kit.ts';

const { items: rows, board } = FIXTURES.hackernews;
const posting = (text: string) => hackernews.toPosting(hackernews.item.parse({ id: 1, text }), board);

describe('the thread', () => {
  test('is the newest "Who is hiring?" of the account that opens them, and is read as one tree', async () => {
    const internet = await internetOf('hackernews', rows);
    const { items, end, endpoints } = await read('hackernews', internet);
    expect(askedOf(internet)).toEqual([
      '/api/v1/search_by_date?tags=story,author_whoishiring&hitsPerPage=10',
      '/api/v1/items/49900000',
    ]);
    expect(endpoints).toEqual(['/api/v1/search_by_date', '/api/v1/items/:id']);
    expect(items).toHaveLength(rows.length);
    expect(end?.complete).toBe(true);
  });

  /** A door of which only the schemas are real. */
  const answering =
    (...answers: unknown[]): Fetch =>
    async ({ schema }) => ({ status: 200, headers: {}, json: schema.parse(answers.shift()), bytes: 0 });
  const settings: ReadSettings = {
    baseUrl: 'https://hn.example',
    keys: {},
    jsearchPath: '/search',
    adzunaCountries: [],
    queries: [],
    pagesMax: 1,
    concurrency: 1,
  };
  const idsFrom = async (...answers: unknown[]) => {
    const pages = hackernews.read(board, settings, answering(...answers));
    const { value, done } = await pages.next();
    return done ? [] : value.items.map(hackernews.nativeId);
  };

  test.each([
    [{ hits: [] }],
    [{ hits: [{ objectID: '1', title: 'Ask HN: Who wants to be hired? (November 2026)' }] }],
    [
      {
        hits: [
          { objectID: '1', title: 'Who is hiring? My list' },
          { objectID: '2', title: null },
        ],
      },
    ],
    [{ message: 'maintenance' }],
  ])('that is not among %j is a failure and no month without jobs', async (search) => {
    await expect(idsFrom(search, { children: [] })).rejects.toThrow(/hits|hiring/);
  });

  test('has adverts at its top only: replies are none, and deleted ones are gone', async () => {
    const hits = [{ objectID: '7', title: 'Ask HN: Who is hiring? (November 2026)' }];
    const reply = { id: 12, text: 'Do you sponsor visas?', children: [] };
    const children = [
      { id: 11, text: 'Acme | Engineer', children: [reply] },
      { id: 13, text: null, children: [reply] },
    ];
    expect(await idsFrom({ hits }, { children })).toEqual(['11']);
  });
});

describe('the first line of an advert', () => {
  test.each([
    ['Acme | IAM Engineer | Berlin, Germany | Onsite<p>We do.', 'IAM Engineer', 'Acme', ['Berlin, Germany', 'Onsite']],
    ['Acme|IAM Engineer|REMOTE', 'IAM Engineer', 'Acme', ['REMOTE']],
    [
      'Acme | Full-time, remote | Germany<p>Roles below',
      'Acme | Full-time, remote | Germany',
      'Acme',
      ['remote', 'Germany'],
    ],
    ['Acme | Series B | Go, Rust | Security Engineer', 'Security Engineer', 'Acme', ['Go, Rust']],
    ['We hire engineers in Berlin', 'We hire engineers in Berlin', null, []],
    ['<p>Tom &amp; Jerry | <i>PAM Lead</i> | Caf&eacute;', 'PAM Lead', 'Tom & Jerry', []],
    ['https:&#x2F;&#x2F;acme.example | Engineer', 'Engineer', null, []],
  ])('%j', (text, title, company, places) => {
    expect(posting(text)).toMatchObject({ title, company, places, workMode: 'unknown', country: null });
  });

  test('that is a wall of text is cut for a title and whole in the body', () => {
    const { title, html } = posting(`Acme is hiring ${'and growing '.repeat(100)}`);
    expect(title.length).toBeLessThanOrEqual(161);
    expect(html?.length).toBeGreaterThan(1_000);
  });

  test('that is full of bars and addresses is read in a moment', () => {
    const start = performance.now();
    posting(
      `${'https://x.example/( | '.repeat(5_000)}${'('.repeat(20_000)}${'<p'.repeat(20_000)}${'<a '.repeat(20_000)}`,
    );
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

test('links are decoded, each once, and the comment itself comes last', () => {
  const link = '<a href="https:&#x2F;&#x2F;acme.example&#x2F;jobs?a=1&amp;b=2" rel="nofollow">here</a>';
  expect(posting(`Acme | Engineer ${link}${link}<a href="javascript:alert(1)">x</a>`).applyUrls).toEqual([
    'https://acme.example/jobs?a=1&b=2',
    'https://news.ycombinator.com/item?id=1',
  ]);
});
