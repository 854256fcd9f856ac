/** Every page, in light and in dark, wide and narrow, as axe-core reads it: WCAG 2.2 A and AA, and its best practices. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../shared/db/database.ts';
import { insertJob } from '../api/rows.ts';
import { ALL_ROUTES, startServer, type TestServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { CHROMIUM, openPage } from './chromium.ts';
import { linkFor, signedIn } from './people.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const SIZES = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 800 } };

let db: Database;
let server: TestServer;
let site: string;
/** Of the pages in the table of routes; what an address needs is filled in. */
const known = new Map<string, string>();

beforeAll(async () => {
  ({ db } = await testDatabase());
  server = await startServer(db);
  site = `http://localhost:${server.port}`;
  const job = await insertJob(db, { title: 'A title of many words, long enough for a second line on a telephone' });
  for (let n = 0; n < 30; n++) await insertJob(db, { company: `Company ${n}` });
  const robin = await signedIn(server, 'robin@example.org', 'admin');
  const entry = await robin.browser.send('PUT', `/api/v1/jobs/${job}/application`, { body: { state: 'applied' } });
  await robin.browser.send('PATCH', `/api/v1/applications/${entry.json.id}`, {
    body: { notes: 'Spoke to them.', nextStep: { text: 'Call', on: '2026-12-01' } },
    headers: { 'if-match': '*' },
  });
  await db.pool.query(`update job set state = 'closed', closed_at = now() where id = $1`, [job]);
  await robin.browser.post('/api/v1/hides', { kind: 'company', value: 'Company 3' });
  await robin.browser.post('/api/v1/account/api-keys', { name: 'cron', scopes: ['jobs:read'], expiresInDays: 30 });
  await robin.browser.post('/api/v1/account/password', { newPassword: 'correct horse battery staple' });
  await signedIn(server, 'kim@example.org');
  const link = await linkFor(server, 'kim@example.org');
  known.set('/jobs/:id', `/jobs/${job}`).set('/tracker/:id', `/tracker/${entry.json.id}`);
  known.set('/problems/:slug', '/problems/invalid-input').set('/sign-in/link', `/sign-in/link?token=${link}`);
});

/** Those that lead elsewhere, are no page, or are Swagger UI's. */
const NOT_SHOWN = /^\/(\.well-known\/|sign-in\/(provider|code)$|api\/docs$)/;
const PAGES = ALL_ROUTES.filter(
  ({ kind, method, path, responses }) =>
    kind === 'page' && method === 'GET' && responses[200]?.type === 'text/html' && !NOT_SHOWN.test(path),
).map(({ path }) => path);

/** Every violation, with the rule and the elements. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations: found, passes } = await page.evaluate<Result>(
    `axe.run(document, ${JSON.stringify({ runOnly: { type: 'tag', values: RULES } })})`,
  );
  if (passes.length < 10) return ['axe has looked at nothing'];
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

interface Result {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { html: string }[];
  }[];
  readonly passes: readonly unknown[];
}

describe.skipIf(CHROMIUM === undefined)('every page', () => {
  test('is among those that are looked at', () => {
    expect(PAGES).toEqual(
      expect.arrayContaining([
        '/',
        '/jobs/:id',
        '/tracker',
        '/settings',
        '/settings/data',
        '/admin',
        '/sign-in',
        '/scans',
        '/boards',
      ]),
    );
  });

  test.each([
    ['light', 'wide'],
    ['dark', 'narrow'],
  ] as const)(
    'is without a violation in %s, %s, and scrolls to no side',
    { timeout: 180_000 },
    async (colorScheme, size) => {
      // axe is no script of ours: the policy would keep it out.
      const { page } = await openPage({ colorScheme, viewport: SIZES[size], bypassCSP: true });
      const faults: string[] = [];
      const look = async (path: string, who: string) => {
        const answer = await page.goto(`${site}${known.get(path) ?? path}`);
        expect([path, answer?.status()]).toEqual([path, 200]);
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        if (wide > 0) faults.push(`${path} (${who}): ${wide} px too wide`);
        for (const fault of await violations(page)) faults.push(`${path} (${who}): ${fault}`);
      };
      const open = PAGES.filter((path) =>
        ALL_ROUTES.some((one) => one.path === path && ['public', 'reader'].includes(one.auth)),
      );
      for (const path of open) await look(path, 'nobody');
      await page.goto(`${site}/sign-in/link?token=${await linkFor(server, 'robin@example.org')}`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(`${site}/**`);
      for (const path of PAGES) await look(path, 'an administrator');
      expect(faults).toEqual([]);
    },
  );
});
