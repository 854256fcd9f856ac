import { expect, test } from 'vitest';
import { testDatabase } from '../db.ts';
import { insertJob } from './rows.ts';
import { startServer } from './server.ts';

async function setUp() {
  const { db } = await testDatabase();
  const fact = (name: string) => ({ name, phrase: name });
  const facts = { vendors: [], protocols: [], clearance: null };
  await insertJob(db, {
    title: 'Sailpoint <b>Developer</b>',
    workMode: 'remote',
    country: 'DE',
    facts: { ...facts, disciplines: [fact('iga')], seniority: fact('senior') },
  });
  await insertJob(db, {
    title: 'Okta Engineer',
    workMode: 'onsite',
    facts: { ...facts, disciplines: [], seniority: null },
  });
  return startServer(db);
}

const textOf = (html: string) => html.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

test('the form shows how many jobs each choice has, and keeps what was chosen', async () => {
  const server = await setUp();
  const { text } = await server.get(
    '/?work_mode=remote&country=DE&pay_min=50000&pay_unknown=true&company_not=Globex&sort=match',
  );
  const shown = textOf(text);
  expect(shown).toContain('1 open job matches');
  expect(shown).toContain('Remote 1');
  expect(text).toContain('name="country" value="DE" checked');
  expect(text).toContain('name="pay_min" type="number" min="1" max="1000000000" step="any" value="50000"');
  expect(text).toContain('value="Globex"');
  expect(text).toContain('<option value="match" selected>');
});

test('each chosen filter is a link to the same search without it', async () => {
  const server = await setUp();
  const { text } = await server.get('/?q=engineer&work_mode=onsite&seniority=unknown');
  const links = [...text.matchAll(/<li><a href="([^"]+)">(?:On site|Not stated)/g)].map(([, link]) =>
    link?.replaceAll('&amp;', '&'),
  );
  expect(links).toEqual(['/?q=engineer&seniority=unknown', '/?q=engineer&work_mode=onsite']);
});

test('what was found is there as a table, filters and all', async () => {
  const server = await setUp();
  const { text } = await server.get('/?q=engineer&work_mode=onsite&sort=match');
  const link = /href="(\/api\/v1\/jobs\/export[^"]*)"/.exec(text)![1]!.replaceAll('&amp;', '&');
  const table = await server.get(link);
  expect(table.headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(table.text.trim().split('\r\n').length - 1).toBe(Number(/(\d+) open jobs? match/.exec(textOf(text))![1]));
});

test('what was looked for instead is said, with the words of strangers as text', async () => {
  const server = await setUp();
  expect(textOf((await server.get('/?q=saipoint')).text)).toContain(
    'Nothing has “saipoint”: showing sailpoint instead.',
  );
  const { text } = await server.get(
    `/?q=${encodeURIComponent('<script>enginer')}&company=${encodeURIComponent('"><img>')}`,
  );
  expect(text).not.toMatch(/<script|<img/);
});

test('what has no word in it is told so', async () => {
  const server = await setUp();
  expect(textOf((await server.get('/?q=-')).text)).toContain('There is no word in “-”: search for letters or numbers.');
});

test('an `or` with nothing behind it is no word', async () => {
  const server = await setUp();
  const found = async (q: string) =>
    textOf((await server.get(`/?q=${encodeURIComponent(q)}`)).text).match(/\d+ open jobs? match/)?.[0];
  expect(await found('engineer or')).toEqual(await found('engineer'));
  expect(await found('engineer OR or')).toEqual(await found('engineer'));
  expect(await found('engineer')).toBeDefined();
});
