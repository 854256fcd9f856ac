/** Texts of strangers in a real browser: twice protected, by the sanitiser and by the policy of the page, each proven without the other. */
import { describe, expect, test } from 'vitest';
import { sanitise } from '../../worker/steps/normalise/html.ts';
import { CHROMIUM, expectClean, openPage } from '../accounts/chromium.ts';
import { linkFor } from '../accounts/people.ts';
import { insertJob } from '../api/rows.ts';
import { startServer } from '../api/server.ts';
import { testDatabase } from '../db.ts';
import { PAYLOADS } from './payloads.ts';

const LONG = { timeout: 180_000 };
/** Elements and attributes of the page's own skeleton never stand in an advert. */
const FORBIDDEN = 'script,style,iframe,object,embed,svg,math,form,input,button,img,video,audio,meta,base,link,template';

async function setUp() {
  const { db } = await testDatabase();
  const server = await startServer(db);
  const { page, faults } = await openPage();
  let ran = 0;
  page.on('dialog', (dialog) => {
    ran += 1;
    return dialog.dismiss();
  });
  await page.exposeFunction('pwned', () => {
    ran += 1;
  });
  return { db, server, page, faults, site: `http://localhost:${server.port}`, ran: () => ran };
}

/** What a reader does: looks, moves over everything, and comes to everything with the keyboard. As text: it runs in the page. */
const USE_ALL = `for (const element of document.querySelectorAll('main *'))
  for (const type of ['mouseover', 'focus', 'toggle', 'animationstart']) element.dispatchEvent(new Event(type));`;

interface Advert {
  readonly text: string;
  readonly strange: readonly string[];
  readonly handlers: readonly string[];
  readonly links: readonly string[];
}

const READ_ADVERT = `(() => {
  const advert = document.querySelector('.advert');
  const elements = [...advert.querySelectorAll('*')];
  return {
    text: advert.textContent,
    strange: [...advert.querySelectorAll('${FORBIDDEN}')].map((one) => one.outerHTML),
    handlers: elements.flatMap((one) => one.getAttributeNames().filter((name) => name.startsWith('on'))),
    links: elements.map((one) => one.getAttribute('href')).filter((href) => href !== null),
  };
})()`;

const INSERT_MARKUP = `(() => {
  try {
    document.body.insertAdjacentHTML('beforeend', '<img src=x>');
    return 'taken';
  } catch (error) {
    return error.name;
  }
})()`;

describe.skipIf(CHROMIUM === undefined)('in a real browser', () => {
  test('the strings would run on a page that does nothing about them', LONG, async () => {
    const { page, ran } = await setUp();
    for (const payload of PAYLOADS) {
      await page.setContent(`<!doctype html><main>${payload}</main>`);
      await page.evaluate(USE_ALL);
    }
    expect(PAYLOADS.length).toBeGreaterThanOrEqual(60);
    await expect.poll(ran, { timeout: 20_000 }).toBeGreaterThan(20);
  });

  test(
    'none of them runs as an advert, a title or a company, and none asks for what the policy forbids',
    LONG,
    async () => {
      const { db, page, faults, site, ran } = await setUp();
      for (const payload of PAYLOADS) {
        const clean = payload.replaceAll('\0', '');
        const job = await insertJob(db, {
          html: sanitise(`<p>before</p>${payload}<p>after</p>`),
          title: `Okta ${clean}`.slice(0, 200),
          company: clean.slice(0, 200),
        });
        await page.goto(`${site}/jobs/${job}`);
        await page.evaluate(USE_ALL);
        const found = await page.evaluate<Advert>(READ_ADVERT);
        expect(found, payload).toMatchObject({ strange: [], handlers: [] });
        expect(found.text, payload).toContain('before');
        for (const link of found.links) expect(link, payload).toMatch(/^(https?|mailto):/);
      }
      await page.goto(`${site}/?limit=100`);
      await page.evaluate(USE_ALL);
      expect(await page.locator('main').textContent()).toContain('<script>pwned()</script>');
      expect(ran()).toBe(0);
      expectClean(faults);
    },
  );

  test('were the sanitiser blind, the policy of the page alone would stop them', LONG, async () => {
    const { db, page, faults, site, ran } = await setUp();
    for (const payload of PAYLOADS) {
      const job = await insertJob(db, { html: payload.replaceAll('\0', '') });
      await page.goto(`${site}/jobs/${job}`, { waitUntil: 'domcontentloaded' });
      await page.evaluate(USE_ALL);
    }
    expect(ran()).toBe(0);
    // It had something to stop.
    expect(faults.filter((fault) => fault.includes('Content Security Policy')).length).toBeGreaterThan(10);
  });

  test('a document of forty thousand levels is a page like any other', LONG, async () => {
    const { db, page, faults, site } = await setUp();
    for (const tag of ['<div>', '<b>', '<ul><li>', '<table><tr><td>']) {
      const html = sanitise(`<p>first</p>${tag.repeat(40_000)}deep`);
      await page.goto(`${site}/jobs/${await insertJob(db, { html })}`);
      expect(await page.locator('.advert').textContent(), tag).toContain('first');
    }
    expectClean(faults);
  });

  test('no page of ours does what its own policy forbids', LONG, async () => {
    const { db, server, page, faults, site } = await setUp();
    const job = await insertJob(db);
    await page.goto(`${site}/sign-in/link?token=${await linkFor(server, 'reader@example.org', 'invite')}`);
    await page.locator('main button').click();
    await page.waitForURL(`${site}/settings`);
    const paths = ['/', `/jobs/${job}`, '/tracker', '/boards', '/scans', '/settings', '/settings/data', '/api/docs'];
    for (const path of [...paths, '/problems/not-found', '/nowhere']) {
      await page.goto(site + path);
      expect(await page.locator('h1, .swagger-ui').count(), path).toBeGreaterThan(0);
    }
    expectClean(faults);
    // And markup from a string is refused, also to a script of ours.
    await page.goto(`${site}/`);
    expect(await page.evaluate(INSERT_MARKUP)).toBe('TypeError');
  });
});
