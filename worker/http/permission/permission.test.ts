import { describe, expect, test } from 'vitest';
import { FetchError } from '../../../shared/errors.ts';
import { isAllowed } from './path-rules.ts';
import { type AskSite, createPermissions } from './permission.ts';
import { robotsRules } from './robots.ts';
import { isReservedByFile, isReservedByHeader, isReservedByPage } from './tdm.ts';

const ME = 'IAM-Job-Scout';
const may = (robots: string, path: string) => isAllowed(robotsRules(robots, ME), path);

describe('robots.txt', () => {
  test.each([
    ['nothing forbids nothing', '', '/careers', true],
    ['a group for all holds for us', 'User-agent: *\nDisallow: /careers', '/careers/1', false],
    [
      'a group of our own replaces the one for all',
      'User-agent: *\nDisallow: /\n\nUser-agent: iam-job-scout\nDisallow: /x',
      '/careers',
      true,
    ],
    ['a version behind our name changes nothing', 'User-agent: IAM-Job-Scout/2.0\nDisallow: /', '/careers', false],
    ['a longer name is another robot', 'User-agent: IAM-Job-Scout-Extra\nDisallow: /', '/careers', true],
    ['several names share a group', 'User-agent: other\nUser-agent: IAM-Job-Scout\nDisallow: /', '/careers', false],
    [
      'groups of one name are one group',
      'User-agent: IAM-Job-Scout\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\nUser-agent: IAM-Job-Scout\nDisallow: /b',
      '/b',
      false,
    ],
    [
      'an empty group of our own allows all',
      'User-agent: *\nDisallow: /\n\nUser-agent: IAM-Job-Scout\nDisallow:',
      '/b',
      true,
    ],
    ['the longest pattern decides', 'User-agent: *\nDisallow: /jobs\nAllow: /jobs/open', '/jobs/open/1', true],
    ['between equals the allowing one does', 'User-agent: *\nDisallow: /jobs\nAllow: /jobs', '/jobs', true],
    ['an empty Disallow forbids nothing', 'User-agent: *\nDisallow:', '/jobs', true],
    ['a star stands for anything', 'User-agent: *\nDisallow: /*/private', '/a/b/private/c', false],
    ['a dollar is the end', 'User-agent: *\nDisallow: /*.pdf$', '/a.pdf?x', true],
    ['a dollar at the end fits the end', 'User-agent: *\nDisallow: /*.pdf$', '/a.pdf', false],
    ['the query is part of the path', 'User-agent: *\nDisallow: /*?page=', '/jobs?page=2', false],
    ['encoded and plain are the same', 'User-agent: *\nDisallow: /st%65llen/%c3%bc', '/stellen/ü', false],
    ['an encoded slash is none', 'User-agent: *\nDisallow: /a%2fb', '/a/b', true],
    [
      'comments, blanks, any line end and any case',
      '\uFEFF# hi\r\nUSER-AGENT : *  # all\rdisallow:/x # no',
      '/x',
      false,
    ],
    ['rules before any group belong to nobody', 'Disallow: /\nUser-agent: other\nDisallow: /', '/x', true],
    [
      'what lies between names and rules does not end a group',
      'User-agent: *\nSitemap: https://e.example/s.xml\nDisallow: /x',
      '/x',
      false,
    ],
    ['a page of HTML is no rule', '<!doctype html><p>User-agent: *<p>Disallow: /', '/x', true],
  ])('%s', (_, robots, path, allowed) => {
    expect(may(robots, path)).toBe(allowed);
  });

  test('a pattern that is made to be slow is not', () => {
    const robots = `User-agent: *\nDisallow: /${'*a'.repeat(900)}b$`;
    // A regular expression would take longer than any test may.
    expect(may(robots, `/${'a'.repeat(5_000)}`)).toBe(true);
  });
});

describe('a reservation from mining', () => {
  test.each([
    ['[{"location":"/","tdm-reservation":1}]', '/careers', true],
    ['[{"location":"/*","tdm-reservation":1},{"location":"/careers","tdm-reservation":0}]', '/careers', false],
    ['[{"location":"/images","tdm-reservation":1}]', '/careers', false],
    ['{"location":"/"}', '/careers', false],
    ['<html>', '/careers', false],
  ])('in the file %s of %s: %s', (file, path, expected) => {
    expect(isReservedByFile(file, path)).toBe(expected);
  });

  test('in the head of the answer, or in the page', () => {
    expect([isReservedByHeader({ 'tdm-reservation': ' 1 ' }), isReservedByHeader({ 'tdm-reservation': '0' })]).toEqual([
      true,
      false,
    ]);
    expect(isReservedByPage('<head><META content=1 name="TDM-Reservation"></head>')).toBe(true);
    expect(isReservedByPage('<meta name="tdm-reservation" content="0"><meta name="tdm-policy" content="1">')).toBe(
      false,
    );
  });
});

describe('the permission of a page', () => {
  const page = new URL('https://acme.example/careers?x=1');
  function site(answers: Record<string, number | string>) {
    const asked: string[] = [];
    const ask: AskSite = async ({ pathname }) => {
      asked.push(pathname);
      const answer = answers[pathname] ?? 404;
      if (answer === 0) throw new FetchError('network', 'it cannot be reached');
      return typeof answer === 'number' ? { status: answer, text: 'x' } : { status: 200, text: answer };
    };
    const clock = { now: 0 };
    const permissions = createPermissions(ME, () => clock.now);
    return { answers, asked, clock, check: () => permissions.check(page, 'Careers page', ask) };
  }

  test('is there where a site has neither file, and is not asked for again within a day', async () => {
    const s = site({});
    await s.check();
    await s.check();
    expect(s.asked).toEqual(['/robots.txt', '/.well-known/tdmrep.json']);
    s.clock.now = 24 * 3_600_000;
    s.answers['/robots.txt'] = 'User-agent: *\nDisallow: /careers';
    await expect(s.check()).rejects.toThrow('robots.txt of acme.example does not allow /careers to be read');
  });

  test.each([500, 503, 301, 429, 0])(
    'is not there while the site answers %s, and it is asked again soon',
    async (status) => {
      const s = site({ '/robots.txt': status });
      await expect(s.check()).rejects.toThrow(/cannot say whether it may be read \(\/robots\.txt/);
      s.answers['/robots.txt'] = 404;
      await expect(s.check()).rejects.toThrow(/cannot say/);
      s.clock.now = 10 * 60_000;
      await s.check();
    },
  );

  test('is not there where the site reserves it from mining', async () => {
    const s = site({ '/.well-known/tdmrep.json': '[{"location":"/careers","tdm-reservation":1}]' });
    await expect(s.check()).rejects.toThrow('acme.example reserves /careers from text and data mining (TDMRep)');
  });

  test('is asked for by one when many want it in the same moment', async () => {
    const s = site({});
    await Promise.all([s.check(), s.check(), s.check()]);
    expect(s.asked).toHaveLength(2);
  });
});
