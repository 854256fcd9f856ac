import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { finishScanIfDone } from '../../shared/db/scans/finish.ts';
import { testDatabase } from '../db.ts';
import { insertBoard, insertJob } from './rows.ts';
import { asAdmin, NOW, startServer } from './server.ts';

async function setUp() {
  const { db } = await testDatabase();
  return { db, server: await startServer(db) };
}

/** Text that a person reads, without markup. */
const textOf = (page: string) =>
  page
    .replace(/<(style|script)[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
const linksOf = (page: string) =>
  [...page.matchAll(/<a [^>]*href="([^"]*)"/g)].map((m) => m[1]!.replaceAll('&amp;', '&'));
const day = (n: number) => new Date(NOW.getTime() - n * 86_400_000);

async function endScan(db: Database, id: string, set: string) {
  await db.pool.query(`update scan_unit set ${set}, finished_at = now(), started_at = now() where scan_id = $1`, [id]);
  await finishScanIfDone(db, id);
}

const HOSTILE = "<script>alert(1)</script>\"><img src=x onerror=alert(2)> & 'quoted'";

describe('the list of jobs', () => {
  test('shows what is stated of each job, where it comes from and why it matches', async () => {
    const { db, server } = await setUp();
    await insertJob(db, {
      title: 'Okta Administrator',
      parts: [
        { term: 'okta', label: 'Okta', phrase: 'Okta', place: 'title', points: 30 },
        { term: 'saml', label: 'SAML', phrase: 'saml', place: 'body', points: 12 },
        { term: 'okta', label: 'Okta', phrase: 'okta', place: 'body', points: 3 },
      ],
      company: 'Northwind',
      places: ['Berlin', 'Remote EU'],
      source: 'remoteok',
      workMode: 'remote',
      statedAt: day(3),
      pay: { raw: '95-120k', min: 95_000, max: 120_000, currency: 'EUR', period: 'year', estimated: true },
    });
    await insertJob(db, { company: null, places: [], firstSeenAt: day(1) });
    const { text, headers } = await server.get('/');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    const read = textOf(text);
    expect(read).toContain('2 open jobs');
    expect(read).toMatch(
      /Okta Administrator .*Northwind .*Berlin · Remote EU .*Remote .*€95,000 – €120,000 a year .*\(estimated by the source\)/,
    );
    expect(read).toContain('posted 3 days ago');
    expect(read).toContain('first seen yesterday');
    expect(read).toContain('Company not stated');
    expect(read).toContain('Place not stated');
    expect(read).toContain('Work mode not stated');
    expect(read).toMatch(/Matches: Okta SAML (?!Okta)/);
    expect(text).toContain('<a href="https://remoteok.com">Remote OK</a>');
    expect(text).toMatch(/<a class="apply" href="https:\/\/jobs\.example\/\d+" rel="noopener">/);
    expect(text).not.toContain('nofollow');
  });

  test('has a label for each field, one h1, a count that is announced, and nothing inline', async () => {
    const { db, server } = await setUp();
    await insertJob(db);
    const { text } = await server.get('/');
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text).toMatch(/<p role="status"[^>]*>1 open job<\/p>/);
    expect(text).toContain('<html lang="en">');
    for (const id of [...text.matchAll(/<(?:input|select) id="(\w+)"/g)].map((m) => m[1]))
      expect(text).toContain(`<label for="${id}">`);
    expect(text).not.toMatch(/<script|<style|\sstyle=|\son\w+=|javascript:/);
  });

  test('search, filters and pages work by links and a form alone, and keep what was asked', async () => {
    const { db, server } = await setUp();
    for (let i = 0; i < 25; i++) await insertJob(db, { title: `Okta engineer ${i}`, workMode: 'remote' });
    await insertJob(db, { title: 'Baker' });
    const first = await server.get('/?q=okta&work_mode=remote&source=&posted_since=30d');
    expect(textOf(first.text)).toContain('25 open jobs match');
    expect(first.text).toContain('name="q" type="search" value="okta"');
    expect(first.text).toContain('value="remote" checked');
    expect(first.text).toContain('<option value="30d" selected>');
    expect(first.text).toContain('<details open>');
    expect(first.text).not.toContain('Baker');
    const next = linksOf(first.text).find((link) => link.includes('cursor='))!;
    expect(next).toContain('q=okta&work_mode=remote&posted_since=30d');
    const second = await server.get(next);
    expect(second.text.match(/<article>/g)).toHaveLength(5);
    expect(linksOf(second.text)).toContain('/?q=okta&work_mode=remote&posted_since=30d');
    expect(second.text).not.toContain('rel="next"');
  });

  test('a time of its own is kept as a choice', async () => {
    const { server } = await setUp();
    expect((await server.get('/?posted_since=2026-11-01')).text).toContain(
      '<option value="2026-11-01" selected>Since 2026-11-01',
    );
  });

  test('a job in many places names some of them in the list and all of them on its page', async () => {
    const { db, server } = await setUp();
    const id = await insertJob(db, { places: Array.from({ length: 60 }, (_, i) => `City ${i}`) });
    const list = textOf((await server.get('/')).text);
    expect(list).toContain('City 0 · City 1 · City 2 · City 3 and 56 more');
    expect(list).not.toContain('City 4');
    expect(textOf((await server.get(`/jobs/${id}`)).text)).toContain('City 58 · City 59');
  });

  test('more than a thousand jobs are not counted to the end', async () => {
    const { db, server } = await setUp();
    await insertJob(db);
    await db.pool.query(
      `insert into job (id, posting_id, posted_at, first_seen_at, score, work_mode, title, places, employment, sources, terms, card, words)
      select 1000000 + n, 0, posted_at, first_seen_at, score, work_mode, title, places, employment, sources, terms, card, words
      from job, generate_series(1, 1001) as n`,
    );
    expect(textOf((await server.get('/')).text)).toContain('At least 1,000 open jobs');
  });

  test('a page that was cut short says so, and leads on to what fits further back', async () => {
    const { db, server } = await setUp();
    const only = await insertJob(db, { workMode: 'remote', statedAt: new Date('2026-01-01T00:00:00Z') });
    await insertJob(db, { workMode: 'onsite' });
    // One more than a walk looks at.
    await db.pool.query(
      `insert into job (id, posting_id, posted_at, first_seen_at, score, work_mode, title, places, employment, sources, terms, card, words)
      select 1000000 + n, 0, posted_at, first_seen_at, score, work_mode, title, places, employment, sources, terms, card, words
      from job, generate_series(1, 20001) as n where work_mode = 'onsite'`,
    );
    const first = await server.get('/?work_mode=remote');
    expect(textOf(first.text)).toContain('None among the newest Nothing fits among the newest that may');
    const next = linksOf(first.text).find((link) => link.includes('cursor='))!;
    expect((await server.get(next)).text).toContain(`href="/jobs/${only}"`);
  });
});

describe('texts of strangers', () => {
  test('stay texts in every page', async () => {
    const { db, server } = await setUp();
    const id = await insertJob(db, {
      title: HOSTILE,
      company: HOSTILE,
      places: [HOSTILE],
      url: 'javascript:alert(3)',
      applyUrls: ['javascript:alert(4)', 'data:text/html,x', 'https://good.example/apply'],
      pay: { raw: HOSTILE, min: null, max: null, currency: null, period: null, estimated: false },
      parts: [{ term: 'x', label: HOSTILE, phrase: HOSTILE, place: 'title', points: 42 }],
      state: 'closed',
      closedEvidence: HOSTILE,
    });
    await insertBoard(db, 'greenhouse');
    const scan = (await server.post('/api/v1/scans', { sources: ['greenhouse'] }, asAdmin)).json.id;
    await db.pool.query('update scan_unit set error = $1', [HOSTILE]);
    await endScan(db, scan, "state = 'failed', error_type = 'parse'");
    for (const path of ['/?state=all', `/jobs/${id}`, '/scans', `/?q=${encodeURIComponent(HOSTILE)}`]) {
      const { text, status } = await server.get(path);
      expect(status, path).toBe(200);
      expect(text, path).toContain('&lt;script&gt;');
      expect(text, path).not.toMatch(/<script|<img|javascript:|data:text|onerror=alert\(2\)>/);
    }
    expect(linksOf((await server.get(`/jobs/${id}`)).text)).toContain('https://good.example/apply');
  });

  test('a hostile address in a refusal stays a text, too', async () => {
    const { server } = await setUp();
    const page = await server.get(`/?${encodeURIComponent(HOSTILE)}=1`, { accept: 'text/html' });
    expect(page.status).toBe(422);
    expect(page.text).toContain('&lt;script&gt;');
    expect(page.text).not.toContain('<script');
  });
});

describe('an empty list says why and what to do', () => {
  test('before the first scan', async () => {
    const { server } = await setUp();
    const page = textOf((await server.get('/')).text);
    expect(page).toContain('0 open jobs');
    expect(page).toContain('No scan has run yet: start one with npm run scan');
  });

  test('while a scan runs, and after one that kept nothing', async () => {
    const { db, server } = await setUp();
    await insertBoard(db, 'greenhouse');
    const id = (await server.post('/api/v1/scans', { sources: ['greenhouse'] }, asAdmin)).json.id;
    expect(textOf((await server.get('/')).text)).toContain('The first jobs appear here while the scan runs');
    await endScan(db, id, "state = 'success', found = 7, rejected = 7");
    expect(textOf((await server.get('/')).text)).toContain('The last scan read 7 postings and kept no open job');
  });

  test('when the filters fit nothing, and behind the last page', async () => {
    const { db, server } = await setUp();
    for (let i = 0; i < 3; i++) await insertJob(db);
    expect(textOf((await server.get('/?q=zebra')).text)).toContain('Nothing fits all of this.');
    const first = await server.get('/?limit=2');
    const next = linksOf(first.text).find((link) => link.includes('cursor='))!;
    await db.pool.query("update job set state = 'closed' where id = (select min(id) from job)");
    expect(textOf((await server.get(next)).text)).toContain('This page of the list is empty. Back to the first page');
  });
});

describe('the page of a job', () => {
  test('has the description, the score that adds up, the links to apply and where it was found', async () => {
    const { db, server } = await setUp();
    const id = await insertJob(db, {
      title: 'IAM lead',
      company: 'Acme',
      html: '<h2>You</h2><p>know <em>SAML</em></p>',
      textIsCut: true,
    });
    const { text } = await server.get(`/jobs/${id}`);
    expect(text).toContain('<title>IAM lead at Acme – IAM Job Scout</title>');
    expect(text).toContain('<h2>You</h2><p>know <em>SAML</em></p>');
    const read = textOf(text);
    expect(read).toContain('The source gives only the beginning of the text');
    expect(read).toMatch(/Okta .*in the title .*30 .*SAML .*in the text .*12 .*Score .*42/);
    expect(read).toMatch(/Greenhouse, acme : first seen 2 days ago/);
    expect(linksOf(text)).toContain('https://www.greenhouse.com');
    expect(text).toMatch(
      /<a class="apply" href="https:\/\/apply\.example\/\d+" rel="noopener">Apply at apply\.example<\/a>/,
    );
  });

  test('of a closed job says since when and how that is known', async () => {
    const { db, server } = await setUp();
    const id = await insertJob(db, { state: 'closed', closedEvidence: 'It is gone from the board.' });
    expect(textOf((await server.get(`/jobs/${id}`)).text)).toMatch(
      /closed since yesterday \. It is gone from the board\./,
    );
  });
});

describe('the page of scans', () => {
  test('shows each scan with what each source answered, and which source waits for which key', async () => {
    const { db, server } = await setUp();
    await insertBoard(db, 'greenhouse');
    await insertBoard(db, 'jsearch', '*');
    expect(textOf((await server.get('/scans')).text)).toContain('No scan has run yet');
    const id = (await server.post('/api/v1/scans', { sources: ['greenhouse', 'jsearch'] }, asAdmin)).json.id;
    expect((await server.get('/scans')).text).toMatch(/<progress value="1" max="2">/);
    await db.pool.query(
      `update scan_unit set state = 'failed', error_type = 'http_5xx', error = 'It answered 503.', finished_at = now()
      where scan_id = $1 and source = 'greenhouse'`,
      [id],
    );
    await finishScanIfDone(db, id);
    const page = textOf((await server.get('/scans')).text);
    expect(page).toContain('greenhouse/acme: It answered 503.');
    expect(page).toContain('waiting for key It waits for JSEARCH_API_KEY in the settings.');
    expect(page).toMatch(
      /Greenhouse degraded It has not been read yet\..{0,40} 1 of 1 never, late \(promised: 48 hours\) never –/,
    );
  });

  test('leads to older scans', async () => {
    const { db, server } = await setUp();
    await db.pool.query(
      `insert into scan (trigger, sources, state, finished_at) select 'cli', '{lever}', 'failed', now() from generate_series(1, 12)`,
    );
    const first = await server.get('/scans');
    expect(first.text.match(/class="scan"/g)).toHaveLength(10);
    const older = await server.get(linksOf(first.text).find((link) => link.startsWith('/scans?cursor='))!);
    expect(older.text.match(/class="scan"/g)).toHaveLength(2);
  });
});

describe('files of the pages', () => {
  test('have their hash in their address and are kept for ever; an old address is gone', async () => {
    const { server } = await setUp();
    const { text } = await server.get('/');
    const [css] = /\/static\/site\.[0-9a-f]{12}\.css/.exec(text)!;
    const answer = await server.get(css);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect((await server.get('/static/site.000000000000.css')).status).toBe(404);
    expect((await server.get('/static/..%2fsite.css')).status).toBe(404);
    const [icon] = /\/static\/icon\.[0-9a-f]{12}\.svg/.exec(text)!;
    expect((await server.get(icon)).headers['content-type']).toContain('image/svg+xml');
  });

  test('are one style in one file, whatever parts it is written in', async () => {
    const { server } = await setUp();
    const [css] = /\/static\/site\.[0-9a-f]{12}\.css/.exec((await server.get('/')).text)!;
    const sent = (await server.get(css)).text;
    expect(sent.startsWith('@layer base, parts;')).toBe(true);
    const folder = join(import.meta.dirname, '../../api/web/style');
    const parts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
    expect(parts.filter((part) => !sent.includes(part))).toEqual([]);
    expect(sent).toHaveLength(parts.join('').length);
  });
});
