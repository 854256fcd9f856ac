import { describe, expect, test } from 'vitest';
import { insertJob } from '../api/rows.ts';
import { setUp } from './kit.ts';

const textOf = (page: string) => page.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const HOSTILE = `<script>alert(1)</script>"><img src=x> & 'quoted'`;

describe('the list of jobs', () => {
  test('leads who is not signed in to the sign-in, and back', async () => {
    const { db, as } = await setUp();
    await insertJob(db);
    const { text } = await as(undefined).get('/?q=iam&state=all');
    expect(text).toContain('href="/sign-in?next=%2F%3Fq%3Diam%26state%3Dall"');
    expect(text).not.toContain('action="/jobs/');
  });

  test('has buttons for who is signed in, which work as forms and lead back to the list', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    const before = (await robin.get('/?q=iam')).text;
    expect(before).toContain(`<form class="track" method="post" action="/jobs/${job}/track">`);
    expect(before).toContain('<input type="hidden" name="back" value="/?q=iam">');
    const sent = await robin.form(`/jobs/${job}/track`, { state: 'saved', back: '/?q=iam' });
    expect([sent.status, sent.headers.location]).toEqual([303, '/?q=iam']);
    expect(textOf((await robin.get('/?q=iam')).text)).toMatch(/Saved Mark as applied .*Hide .*Take back/);
    const away = await robin.form(`/jobs/${job}/track`, { state: 'applied', back: 'https://evil.example/' });
    expect(away.headers.location).toBe('/');
    expect((await robin.form(`/jobs/${job}/track`, { state: 'offer' })).headers.location).toBe(`/jobs/${job}`);
    expect((await robin.form(`/jobs/${job}/track`, { state: 'saved' }, { accept: 'text/html' })).status).toBe(409);
  });

  test('leaves out what a person hides, says how many those are, and shows everything to others', async () => {
    const { db, person, as } = await setUp();
    const robin = await person();
    const jobs = [
      await insertJob(db),
      await insertJob(db, { company: 'HAYS plc' }),
      await insertJob(db, { company: 'Haystack' }),
    ];
    jobs.push(await insertJob(db, { title: 'IAM help desk agent' }), await insertJob(db, { company: 'Initech' }));
    await robin.form(`/jobs/${jobs[0]}/track`, { state: 'hidden' });
    for (const [kind, value] of [
      ['agency', 'hays'],
      ['keyword', 'Help Desk'],
      ['company', 'INITECH'],
    ] as const)
      expect((await robin.form('/settings/data/hides', { kind, value })).status).toBe(303);
    const page = textOf((await robin.get('/')).text);
    expect(page).toContain('1 open job');
    expect(page).toContain('4 more are hidden');
    expect(page).toContain('Haystack');
    const { json } = await robin.get('/api/v1/jobs?count=exact');
    expect(json.items.map(({ id }: { id: string }) => id)).toEqual([jobs[2]]);
    expect(json.count.value).toBe(1);
    expect(json.hidden).toBe(4);
    expect((await as(undefined).get('/api/v1/jobs')).json.items).toHaveLength(5);
    expect((await as(undefined).get('/api/v1/jobs')).json.hidden).toBeUndefined();
    const rules = (await robin.get('/settings/data')).text;
    expect(textOf(rules)).toMatch(
      /Agency: hays hides 1 open job .*Company: INITECH hides 1 open job .*Words: Help Desk hides 1 open job/,
    );
    const remove = /action="(\/settings\/data\/hides\/[^"]+\/remove)"/.exec(rules)![1]!;
    expect((await robin.form(remove, {})).headers.location).toBe('/settings/data?said=shown');
    expect((await robin.get('/api/v1/jobs')).json.items).toHaveLength(2);
  });
});

describe('the page of a tracked job', () => {
  test('has its notes, its next step and its history, and keeps what is written', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db, { title: HOSTILE, company: HOSTILE });
    await robin.form(`/jobs/${job}/track`, { state: 'applied' });
    const { text } = await robin.get(`/jobs/${job}`);
    const action = /action="(\/tracker\/[^"]+)\/edit"/.exec(text)![1]!;
    const version = /name="version" value="(\d+)"/.exec(text)![1]!;
    const fields = {
      back: `/jobs/${job}`,
      version,
      notes: `\r\n  ${HOSTILE}\r\nline`,
      step: HOSTILE,
      on: '2026-12-24',
    };
    expect((await robin.form(`${action}/edit`, fields)).headers.location).toBe(`/jobs/${job}`);
    // Sent twice is kept once; another text from the same old page is refused.
    expect((await robin.form(`${action}/edit`, fields)).status).toBe(303);
    expect((await robin.form(`${action}/edit`, { ...fields, notes: 'else' })).status).toBe(412);
    const { json } = await robin.get(`/api/v1/jobs/${job}/application`);
    expect(json).toMatchObject({ notes: `\n  ${HOSTILE}\nline`, nextStep: { text: HOSTILE, on: '2026-12-24' } });
    for (const path of [`/jobs/${job}`, action, '/tracker']) {
      const page = await robin.get(path);
      expect(page.status, path).toBe(200);
      expect(page.text, path).toContain('&lt;script&gt;');
      expect(page.text, path).not.toMatch(/<script|<img|\sstyle=|\son\w+=|javascript:/);
      expect(page.text.match(/<h1>/g), path).toHaveLength(1);
    }
    expect(textOf((await robin.get(action)).text)).toMatch(
      /History .*Next step: .*Notes .*Applied .*The advert as you applied .*Okta and saml/,
    );
    await robin.form(`${action}/undo`, {});
    expect((await robin.get(`/api/v1/jobs/${job}/application`)).json.nextStep).toBeNull();
  });

  test('that was changed in another window keeps what is typed in this one, and says what is kept', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    await robin.form(`/jobs/${await insertJob(db)}/track`, { state: 'saved' });
    const action = /action="(\/tracker\/[^"]+)\/move"/.exec((await robin.get('/tracker')).text)![1]!;
    const version = (text: string) => /name="version" value="(\d+)"/.exec(text)![1]!;
    const old = version((await robin.get(action)).text);
    await robin.form(`${action}/edit`, { version: old, notes: 'from <one> window', step: '', on: '' });
    const mine = { notes: 'from the <other>', step: 'Call', on: '2026-12-24' };
    const refused = await robin.form(`${action}/edit`, { version: old, ...mine }, { accept: 'text/html' });
    expect(refused.status).toBe(412);
    expect(textOf(refused.text)).toMatch(/changed elsewhere .*from &lt;one&gt; window/);
    expect(refused.text).toContain('from the &lt;other&gt;</textarea>');
    expect(refused.text).toContain('value="Call"');
    const again = await robin.form(`${action}/edit`, { version: version(refused.text), ...mine });
    expect(again.status).toBe(303);
    const entry = (await robin.get(`/api/v1/applications/${action.split('/').at(-1)}`)).json;
    expect([entry.notes, entry.nextStep]).toEqual([mine.notes, { text: 'Call', on: '2026-12-24' }]);
  });

  test('undoes the step that it shows, and that once, however often the button is pressed', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    await robin.form(`/jobs/${await insertJob(db)}/track`, { state: 'saved' });
    const action = /action="(\/tracker\/[^"]+)\/move"/.exec((await robin.get('/tracker')).text)![1]!;
    await robin.form(`${action}/move`, { state: 'applied' });
    const event = /name="event" value="(\d+)"/.exec((await robin.get(action)).text)![1]!;
    for (let i = 0; i < 2; i++) expect((await robin.form(`${action}/undo`, { event })).status).toBe(303);
    const { json } = await robin.get(`/api/v1/applications/${action.split('/').at(-1)}`);
    expect(json.state).toBe('saved');
  });

  test('tells what changed until it is seen', async () => {
    const { db, person } = await setUp();
    const robin = await person();
    const job = await insertJob(db);
    await robin.form(`/jobs/${job}/track`, { state: 'saved' });
    await db.pool.query(`update job set state = 'closed', closed_at = '2026-11-21'`);
    const { text } = await robin.get('/tracker');
    expect(textOf(text)).toContain('It is closed since yesterday');
    await robin.form(`${/action="(\/tracker\/[^"]+\/seen)"/.exec(text)![1]}`, {});
    expect(textOf((await robin.get('/tracker')).text)).not.toContain('It is closed since');
  });
});

describe('the page of a person’s data', () => {
  test('imports a file that was exported, tells what is wrong with another, and deletes the account with a report', async () => {
    const { db, person } = await setUp();
    const [robin, kim] = [await person(), await person()];
    await robin.form(`/jobs/${await insertJob(db)}/track`, { state: 'applied' });
    const { text: file } = await robin.get('/api/v1/account/export');
    const upload = (content: string) => {
      const body = `--B\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\nContent-Type: application/json\r\n\r\n${content}\r\n--B--\r\n`;
      return kim.post('/settings/data/import', body, {
        'content-type': 'multipart/form-data; boundary=B',
        accept: 'text/html',
      });
    };
    const wrong = await upload('{"format":"iam-job-scout-account"}');
    expect([wrong.status, /applications/.test(wrong.text)]).toEqual([422, true]);
    expect((await upload('{')).status).toBe(400);
    const done = await upload(file);
    expect([done.status, textOf(done.text).includes('Imported 1 entry and 0 hides.')]).toEqual([200, true]);
    expect((await upload(file)).status).toBe(409);
    const gone = await kim.form('/settings/data/delete', { confirm: kim.who.email });
    expect(gone.headers['clear-site-data']).toContain('cookies');
    expect(textOf(gone.text)).toMatch(/applications: 1 .*adverts: 1/);
    expect((await db.pool.query('select email from auth."user"')).rows).toEqual([{ email: robin.who.email }]);
  });

  test('is for who is signed in only, as everything that is tracked', async () => {
    const { as, server } = await setUp();
    for (const path of [
      '/tracker',
      '/settings/data',
      '/api/v1/applications',
      '/api/v1/hides',
      '/api/v1/account/export',
    ])
      expect((await as(undefined).get(path)).status, path).toBe(401);
    expect(
      (
        await server.post('/settings/data/delete', 'confirm=x', {
          cookie: 'a=b',
          'content-type': 'application/x-www-form-urlencoded',
        })
      ).status,
    ).toBe(403);
  });
});
