import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { insertJob } from '../api/rows.ts';
import { until } from '../until.ts';
import { setUp } from './kit.ts';

/** An answer of which nothing has been read yet. */
function open(port: number, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, agent: false }, resolve).on('error', reject).end();
  });
}

async function copies(db: Database, id: string, n: number): Promise<void> {
  await db.pool.query(
    `insert into job (id, posting_id, posted_at, first_seen_at, score, work_mode, title, company, places, employment, sources,
      terms, card, words, flags)
    select 1000000 + n, 0, posted_at - make_interval(mins => n), first_seen_at, score, work_mode, title, company, places,
      employment, sources, terms, card, words, flags
    from job, generate_series(1, $2::integer) as n where job.id = $1`,
    [id, n],
  );
}

const HEAD = 'id,title,company,places,work_mode,';

describe('an export of jobs', () => {
  test('is CSV that no spreadsheet runs: formulas have a quote before them, commas, quotes and lines stay in their cell', async () => {
    const { db, server } = await setUp();
    await insertJob(db, {
      title: '=HYPERLINK("http://evil.example","x")',
      company: '+49, "Acme"\nGmbH',
      places: ['@home', 'Köln'],
    });
    await insertJob(db, { title: 'Plain', company: '-1+2', pay: null });
    const { text, headers } = await server.get('/api/v1/jobs/export');
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(headers['content-disposition']).toBe('attachment; filename=iam-jobs-2026-11-22.csv');
    expect(text.startsWith(HEAD)).toBe(true);
    expect(text).toContain(`"'=HYPERLINK(""http://evil.example"",""x"")"`);
    expect(text).toContain(`"'+49, ""Acme""\nGmbH",'@home | Köln,`);
    expect(text).toMatch(/,Plain,'-1\+2,/);
    expect(text.endsWith('\r\n')).toBe(true);
    expect((await server.get('/api/v1/jobs/export?bom=true')).text.startsWith(`\ufeff${HEAD}`)).toBe(true);
  });

  test.each(['\n', '\r', '\r\n'])(
    'is CSV in which what %j ends in the words of a source begins no row of its own',
    async (end) => {
      const { db, server } = await setUp();
      const raw = `120k${end}=cmd|'/C calc'!A0`;
      const pay = { raw, min: null, max: null, currency: null, period: null, estimated: false };
      await insertJob(db, { title: `Lead${end}`, pay });
      const { text } = await server.get('/api/v1/jobs/export');
      expect(text).toContain(`,"Lead${end}",`);
      expect(text).toContain(`,"${raw}",`);
      const rows = text.replaceAll(/"[^"]*"/g, 'quoted').split(/\r\n|\n|\r/);
      expect(rows.map((row) => row.split(',').length)).toEqual([21, 21, 1]);
    },
  );

  test('is JSON lines or one list, with the items of the list, and follows the filters', async () => {
    const { db, server } = await setUp();
    for (const workMode of ['remote', 'onsite', 'remote'] as const) await insertJob(db, { workMode });
    const items = (await server.get('/api/v1/jobs?work_mode=remote')).json.items;
    const lines = (await server.get('/api/v1/jobs/export?format=ndjson&work_mode=remote')).text;
    expect(
      lines
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(items);
    expect((await server.get('/api/v1/jobs/export?format=json&work_mode=remote')).json).toEqual(items);
    expect((await server.get('/api/v1/jobs/export?format=json&q=zebra')).json).toEqual([]);
    for (const wrong of ['format=xls', 'limit=5', 'cursor=x', 'work_mode=moon', 'remote=true&work_mode=remote'])
      expect((await server.get(`/api/v1/jobs/export?${wrong}`)).status, wrong).toBe(422);
  });

  test('of fifty thousand jobs has each once, and is read no faster than it is taken: what waits is a few pages', async () => {
    const { db, server } = await setUp();
    const id = await insertJob(db, { title: 'x'.repeat(2000) });
    await copies(db, id, 49_999);
    let pages = 0;
    const query = db.pool.query.bind(db.pool) as (...args: unknown[]) => unknown;
    Object.assign(db.pool, {
      query: (...args: unknown[]) => {
        if (String((args[0] as { name?: string }).name).startsWith('search-jobs')) pages += 1;
        return query(...args);
      },
    });
    const res = await open(server.port, '/api/v1/jobs/export?format=ndjson');
    // Nothing is read yet: the writer fills the buffers on the way, some megabytes of more than a hundred, and waits.
    let before = -1;
    const waits = () => {
      const stood = pages > 0 && pages === before;
      before = pages;
      return stood;
    };
    await until(waits, { everyMs: 1000, what: 'the writer waits' });
    expect(pages).toBeLessThan(60);
    const seen = new Set<string>();
    let rows = 0;
    for await (const line of createInterface({ input: res })) {
      seen.add(/^\{"id":"(\d+)"/.exec(line)![1]!);
      rows += 1;
    }
    expect([rows, seen.size]).toEqual([50_000, 50_000]);
    expect(pages).toBeGreaterThanOrEqual(100);
  });

  test('is refused while three others run, and goes on when one of them ends', async () => {
    const { db, server } = await setUp();
    await copies(db, await insertJob(db, { title: 'x'.repeat(5000) }), 4000);
    // Nothing of them is read, and the answer is far larger than all buffers on the way.
    const readers = await Promise.all([1, 2, 3].map(() => open(server.port, '/api/v1/jobs/export?format=json')));
    const refused = await server.get('/api/v1/jobs/export');
    expect([refused.json.type, refused.headers['retry-after']]).toEqual(['/problems/too-many-exports', '10']);
    for (const reader of readers) reader.destroy();
    await until(async () => (await server.get('/api/v1/jobs/export?q=zebra')).status === 200, {
      what: 'there is room again',
    });
  });

  test('leaves out what a signed-in person hides', async () => {
    const { db, person, as } = await setUp();
    const robin = await person();
    const [one] = [await insertJob(db), await insertJob(db, { company: 'Hays plc' }), await insertJob(db)];
    await robin.put(`/api/v1/jobs/${one}/application`, { state: 'hidden' });
    await robin.post('/api/v1/hides', { kind: 'agency', value: 'Hays' });
    expect((await robin.get('/api/v1/jobs/export?format=json')).json).toHaveLength(1);
    expect((await as(undefined).get('/api/v1/jobs/export?format=json')).json).toHaveLength(3);
  });
});
