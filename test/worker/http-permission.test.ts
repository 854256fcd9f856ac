/** Pages are read only where their site allows it: robots.txt and reservations from mining, at the door. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { HTML_FORMAT } from '../../worker/http/html.ts';
import { createHttp } from '../../worker/http.ts';
import { loopback } from './loopback.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const PAGE: Answer = { body: '<html><head><title>Careers</title></head><p>Jobs</p></html>' };

async function site(answers: Record<string, Answer>) {
  const asked: string[] = [];
  const { url, host } = await loopback((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const { status, headers = {}, body = '' } = answers[path] ?? { status: 404 };
    response.writeHead(status ?? 200, headers).end(body);
  });
  const http = createHttp({
    contact: 'mailto:ops@example.org',
    version: '1',
    allowPrivateFor: new Set([host]),
    limits: { backoffMs: 1 },
    asksSites: true,
  });
  onTestFinished(() => http.close());
  const fetch = http.fetchFor('jsonld', { signal: new AbortController().signal });
  const read = (path: string, isPage = true) =>
    fetch({ url: new URL(url + path), endpoint: '/:page', format: HTML_FORMAT, schema: z.string(), isPage });
  return { asked, read };
}

describe('a page', () => {
  test('is read where the site forbids nothing, and its site is asked once', async () => {
    const s = await site({ '/careers': PAGE });
    expect((await s.read('/careers')).json).toContain('Jobs');
    await s.read('/careers');
    expect(s.asked).toEqual(['/robots.txt', '/.well-known/tdmrep.json', '/careers', '/careers']);
  });

  test('is not asked for where robots.txt does not allow it', async () => {
    const s = await site({
      '/careers': PAGE,
      '/robots.txt': { body: 'User-agent: IAM-Job-Scout\nDisallow: /careers' },
    });
    await expect(s.read('/careers')).rejects.toMatchObject({
      type: 'other',
      message: expect.stringMatching(
        /^Careers page: robots\.txt of 127\.0\.0\.1:\d+ does not allow \/careers to be read$/,
      ),
    });
    expect(s.asked).not.toContain('/careers');
  });

  test('is not asked for while the site cannot say', async () => {
    const s = await site({ '/careers': PAGE, '/robots.txt': { status: 503 } });
    await expect(s.read('/careers')).rejects.toThrow(
      /cannot say whether it may be read \(\/robots\.txt: it answered 503\)/,
    );
    expect(s.asked).toEqual(['/robots.txt']);
  });

  test('asks again where robots.txt has moved on the same site', async () => {
    const s = await site({
      '/careers': PAGE,
      '/robots.txt': { status: 301, headers: { location: '/rules.txt' } },
      '/rules.txt': { body: 'User-agent: *\nDisallow: /' },
    });
    await expect(s.read('/careers')).rejects.toThrow(/does not allow/);
  });

  test.each([
    ['its file', { '/.well-known/tdmrep.json': { body: '[{"location":"/","tdm-reservation":1}]' } }],
    ['the head of its answer', { '/careers': { ...PAGE, headers: { 'tdm-reservation': '1' } } }],
    ['itself', { '/careers': { body: '<head><meta name="tdm-reservation" content="1"></head>' } }],
  ] as [string, Record<string, Answer>][])('is not read where %s reserves it from mining', async (_, answers) => {
    const s = await site({ '/careers': PAGE, ...answers });
    await expect(s.read('/careers')).rejects.toThrow(/reserves \/careers from text and data mining/);
  });

  test('is not read at a site whose robots.txt has no end', async () => {
    const s = await site({ '/careers': PAGE, '/robots.txt': { body: '#'.repeat(6 * 1024 * 1024) } });
    await expect(s.read('/careers')).rejects.toThrow(/cannot say/);
  });

  test('of an API is none: nobody asks before it', async () => {
    const s = await site({ '/api': PAGE });
    await s.read('/api', false);
    expect(s.asked).toEqual(['/api']);
  });
});
