/** `npm run board`, as a process. */
import { describe, expect, test } from 'vitest';
import { insertBoard } from '../api/rows.ts';
import { start } from '../crash/processes.ts';
import { testDatabase } from '../db.ts';
import { testFolder } from '../folder.ts';
import { demoData } from '../internet/demo-data.ts';
import { demoInternet, ownInternet } from './kit.ts';

const internet = await demoInternet();
const { db, url } = await testDatabase();
const sourceUrls = (urls: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(urls).map(([name, to]) => [`SOURCE_URL_${name.toUpperCase()}`, to]));
const env = { DATABASE_URL: url, ...sourceUrls(internet.urls) };

async function run(args: readonly string[], more: Readonly<Record<string, string | undefined>> = {}) {
  const cli = start('cli/board.ts', args, { DATA_DIR: testFolder(), ...env, ...more });
  const code = await cli.ended;
  return { code, out: cli.out(), err: cli.said().replace(cli.out(), '') };
}
const add = (address: string, ...args: string[]) => run(['add', address, ...args]);
const tokens = async () =>
  (await db.sql.selectFrom('board').select('token').orderBy('id').execute()).map((b) => b.token);

describe('npm run board refuses', () => {
  test.each([
    [[], /What shall be done\?/],
    [['add', 'a.example'], /Nobody can be asked here whether to save it: say --yes or --dry-run/],
    [['add', 'a.example', '--yes', '--dry-run'], /contradict/],
    [['add', 'a.example', '--yes', '--candidate', 'x'], /--candidate takes a number/],
    [['list', '--source', 'jsearch'], /No source with boards is called jsearch/],
    [['list', '--state', 'on'], /No state is called on/],
    [['disable', 'acme'], /Name boards by the numbers/],
  ])('%j with how it is meant', async (args, why) => {
    const { code, out, err } = await run(args);
    expect(code).toBe(64);
    expect(out).toBe('');
    expect(err).toMatch(why);
    expect(err).toContain('Usage: npm run board -- add URL');
  });

  test('to save without a system, and says what to do; a dry run needs none', async () => {
    const none = { DATABASE_URL: undefined };
    const saving = await run(['add', 'https://jobs.lever.co/sablefin', '--yes'], none);
    expect(saving.code).toBe(69);
    expect(saving.err).toMatch(/^Nothing is running with DATA_DIR .*npm start, or set DATABASE_URL\.\n$/);
    const dry = await run(['add', 'https://jobs.lever.co/sablefin', '--dry-run'], none);
    expect(dry.code).toBe(0);
    expect(dry.out).toContain('Nothing was saved: this was a dry run.');
  });

  test('a database that is not there with one sentence', async () => {
    const { code, err } = await run(['list'], { DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/jobscout' });
    expect(code).toBe(69);
    expect(err).toMatch(/^The database at 127\.0\.0\.1:1\/jobscout is unreachable/);
    expect(err).not.toContain('secret');
  });
});

test('npm run board -- --help explains itself', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--even-if-unsure') });
});

test('a board is shown with samples and cost, and saved once', async () => {
  const page = 'https://boards.greenhouse.io/palisadeidentity/jobs/77?gh_src=1';
  const first = await add(page, '--yes');
  expect(first.code).toBe(0);
  expect(first.err).toBe('asking Greenhouse for palisadeidentity\n');
  expect(first.out).toMatch(
    /^greenhouse\/palisadeidentity, Palisade Identity: works\. 18 postings, of which \d+ are IAM work\.\n/,
  );
  expect(first.out).toMatch(/\n {2}cost: {2}1 request a check; 4 a day at first, then 1 to 48 as it changes\n/);
  expect(first.out.match(/^ {2}\+ .+\n {6}kept \(\d+ points: .+\)$/gm)).toHaveLength(4);
  expect(first.out).toMatch(/^ {2}- .+\n {6}left out: no IAM work/m);
  const [, id = ''] =
    /\nSaved as board (\d+) \(greenhouse\/palisadeidentity\)\. The next check: as soon as/.exec(first.out) ?? [];
  expect(id).not.toBe('');

  const asked = internet.requests.length;
  const again = await add(page, '--yes');
  expect(again).toMatchObject({ code: 0, err: '' });
  expect(again.out).toBe(`It is there already as board ${id} (greenhouse/palisadeidentity), switched on.\n`);
  expect(internet.requests).toHaveLength(asked);
  expect(await tokens()).toEqual(['palisadeidentity']);
  await db.sql.updateTable('board').set({ enabled: false }).where('id', '=', Number(id)).execute();
  expect((await add(page, '--yes')).out).toContain(`switched off; npm run board -- enable ${id}.`);
});

test('boards are listed, switched off and on', async () => {
  const id = String(await insertBoard(db, 'ashby', 'listed'));
  const off = await run(['disable', id]);
  expect(off).toMatchObject({ code: 0, out: `board ${id} (ashby/listed) is off\n` });
  const list = await run(['list', '--state', 'disabled', '--source', 'ashby']);
  expect(list.out).toMatch(/^id +board +company +state +complete +next +why\n/);
  expect(list.out).toMatch(/\d+ +ashby\/listed +Acme +off +never +never +never: it is switched off\n$/);
  const on = await run(['enable', id, '999999', '--json']);
  expect(on).toMatchObject({ code: 1, err: 'There is no board 999999.\n' });
  expect(JSON.parse(on.out)).toMatchObject([{ id: Number(id), enabled: true }]);
});

test('--json is one object, also for what is refused', async () => {
  const good = await add('https://jobs.lever.co/sablefin', '--dry-run', '--json');
  expect(good).toMatchObject({ code: 0, err: '' });
  expect(JSON.parse(good.out)).toMatchObject({
    suggested: 0,
    saved: false,
    board: null,
    problem: null,
    candidates: [{ source: 'lever', token: 'sablefin', verdict: 'works', found: 14 }],
  });
  const bad = await add('http://10.0.0.1/jobs', '--yes', '--json');
  expect(bad).toMatchObject({ code: 1, err: '' });
  expect(JSON.parse(bad.out)).toMatchObject({ saved: false, problem: { reason: 'private-address' } });
});

test.each([
  ['javascript:alert(1)', /"javascript:alert\(1\)" begins with javascript:/],
  ['http://169.254.169.254/', /leads into a private network/],
  ['https://jobs.lever.co/closedforgood', /^lever\/closedforgood, Closedforgood: absent\./],
  ['https://nobody.example/careers', /does not exist \(404\)/],
])('%s is not saved, and the command says why', async (address, says) => {
  const before = await tokens();
  const { code, out, err } = await add(address, '--yes');
  expect(code).toBe(1);
  expect(`${out}${err}`).toMatch(says);
  expect(await tokens()).toEqual(before);
});

test('a board that may not exist, and a page with several, need a word more', async () => {
  const other = await ownInternet({ greenhouse: demoData().greenhouse });
  other.setFaults('smartrecruiters', { kind: 'body', body: { offset: 0, limit: 100, totalFound: 0, content: [] } });
  const links = ['palisadeidentity', 'quillonhealth'].map(
    (token) => `<a href="https://boards.greenhouse.io/${token}">`,
  );
  other.setFaults('jsonld', { kind: 'text', text: links.join(''), board: 'acme.example/' });
  const here = (...args: string[]) => run(args, sourceUrls(other.urls));

  const unsure = await here('add', 'https://careers.smartrecruiters.com/Typo', '--yes');
  expect(unsure.code).toBe(1);
  expect(unsure.err).toMatch(
    /smartrecruiters\/Typo may not exist\..* If you know that it is right, say --even-if-unsure\.\n$/,
  );
  const told = await here(
    'add',
    'https://careers.smartrecruiters.com/Typo',
    '--yes',
    '--even-if-unsure',
    '--company',
    'Typo AG',
  );
  expect(told.code).toBe(0);
  const row = db.sql.selectFrom('board').where('token', '=', 'Typo').select(['company', 'added_by', 'evidence']);
  expect(await row.executeTakeFirst()).toEqual({
    company: 'Typo AG',
    added_by: expect.stringMatching(/\S/),
    evidence: 'https://careers.smartrecruiters.com/Typo: the address itself',
  });

  const several = await here('add', 'acme.example', '--yes');
  expect(several.code).toBe(1);
  expect(several.out).toMatch(/^\[0\] greenhouse\/palisadeidentity/);
  expect(several.err).toMatch(/ Say --candidate N\.\n$/);
  expect((await here('add', 'acme.example', '--yes', '--candidate', '1')).out).toMatch(
    /Saved as board \d+ \(greenhouse\/quillonhealth\)/,
  );
});

test('what a stranger writes moves no cursor', async () => {
  const other = await ownInternet({ greenhouse: demoData().greenhouse });
  other.setFaults('greenhouse', {
    kind: 'patch-first',
    patch: { title: 'IAM engineer \u001b[2J\u001b]0;x\u0007 \u009b31m' },
  });
  const { out } = await run(
    ['add', 'https://boards.greenhouse.io/palisadeidentity', '--dry-run'],
    sourceUrls(other.urls),
  );
  expect(out).toContain('works');
  expect(out.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});
