import { describe, expect, test } from 'vitest';
import { forbiddenBy } from './robots.ts';

const ALL = 'User-agent: *\n';

describe('robots.txt', () => {
  test.each([
    ['', '/jobs', undefined],
    ['<html>not found</html>', '/jobs', undefined],
    [`${ALL}Disallow:`, '/jobs', undefined],
    [`${ALL}Disallow: /`, '/jobs', 'Disallow: /'],
    [`${ALL}Disallow: /`, '/robots.txt', undefined],
    [`${ALL}Disallow: /jobs`, '/jobs?page=1', 'Disallow: /jobs'],
    [`${ALL}Disallow: /jobs`, '/careers/jobs', undefined],
    [`${ALL}Disallow: /\nAllow: /careers`, '/careers/x', undefined],
    [`${ALL}Allow: /careers\nDisallow: /careers/internal`, '/careers/internal/1', 'Disallow: /careers/internal'],
    [`${ALL}Disallow: /a\nAllow: /a`, '/a', undefined],
    [`${ALL}Disallow: /*.php$`, '/index.php', 'Disallow: /*.php$'],
    [`${ALL}Disallow: /*.php$`, '/index.php?x=1', undefined],
    [`${ALL}Disallow: /*?*sort=`, '/jobs?dept=it&sort=new', 'Disallow: /*?*sort='],
    [`${ALL}Disallow: /jobs$`, '/jobs', 'Disallow: /jobs$'],
    [`${ALL}Disallow: /jobs$`, '/jobs/1', undefined],
    [`${ALL}Disallow: *a*b$`, '/xaxb', 'Disallow: *a*b$'],
    [`${ALL}Disallow: *ab*b$`, '/xab', undefined],
    [`${ALL}Disallow: /%6aobs # ours`, '/jobs', 'Disallow: /jobs'],
    [`${ALL}Disallow: /stellen/übersicht`, '/stellen/%C3%BCbersicht', 'Disallow: /stellen/%C3%BCbersicht'],
    ['USER-AGENT:*\r\nDISALLOW:/jobs\r\n', '/jobs', 'Disallow: /jobs'],
    ['User-agent: Googlebot\nDisallow: /', '/jobs', undefined],
    ['User-agent: Googlebot\nUser-agent: *\nDisallow: /', '/jobs', 'Disallow: /'],
    [`${ALL}Disallow: /\nUser-agent: IAM-Job-Scout/1.0\nDisallow: /private`, '/jobs', undefined],
    [`${ALL}Disallow: /\n\nUser-agent: iam-job-scout\nAllow: /`, '/jobs', undefined],
    [`${ALL}Allow: /\nUser-agent: iam-job-scout\nDisallow: /`, '/jobs', 'Disallow: /'],
    [`${ALL}Disallow: /\nUser-agent: iam-job-scout\nDisallow:`, '/jobs', undefined],
    ['User-agent: iam-job-scouter\nDisallow: /', '/jobs', undefined],
    [
      'User-agent: iam-job-scout\nDisallow: /a\nUser-agent: x\nDisallow: /\nUser-agent: iam-job-scout\nDisallow: /b',
      '/b',
      'Disallow: /b',
    ],
    ['Disallow: /jobs', '/jobs', undefined],
    [`${ALL}Crawl-delay: 5\nSitemap: https://x.example/s.xml\nDisallow: /jobs`, '/jobs', 'Disallow: /jobs'],
  ])('%j and %s: %s', (text, path, rule) => {
    expect(forbiddenBy(text, path)).toBe(rule);
  });

  test('of a hostile site is read in linear time', () => {
    const from = process.cpuUsage();
    forbiddenBy(`${ALL}${`Disallow: /${'*a'.repeat(240)}$\n`.repeat(2000)}`, `/${'a'.repeat(2000)}b`);
    forbiddenBy(' '.repeat(600_000), '/');
    forbiddenBy('user-agent:'.repeat(60_000), '/');
    forbiddenBy(`iam-job-scout${'\n'.repeat(600_000)}`, '/');
    forbiddenBy(`${'User-agent: x\n'.repeat(40_000)}Disallow: /`, '/');
    const { user } = process.cpuUsage(from);
    expect(user / 1e6).toBeLessThan(20);
  });
});
