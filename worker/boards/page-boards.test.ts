import { describe, expect, test } from 'vitest';
import { boardsInPage, careersLink, siteName } from './page-boards.ts';

const found = (html: string) =>
  boardsInPage(html).map(({ board, times }) => `${board.source}/${board.region}${board.token} ×${times}`);

describe('a page leads to a board', () => {
  test.each([
    ['by a link', '<a href="https://boards.greenhouse.io/acme">Jobs</a>', 'greenhouse/acme ×1'],
    ['by a link without a scheme', "<a href='//jobs.lever.co/acme'>", 'lever/acme ×1'],
    [
      'by a frame',
      '<iframe src="https://boards.greenhouse.io/embed/job_board?for=acme&amp;b=x">',
      'greenhouse/acme ×1',
    ],
    [
      'by a script',
      '<script src="https://boards.greenhouse.io/embed/job_board/js?for=acme"></script>',
      'greenhouse/acme ×1',
    ],
    ['by an unquoted attribute', '<script src=https://jobs.ashbyhq.com/acme/embed></script>', 'ashby/acme ×1'],
    ['by JSON', '{"url":"https:\\/\\/jobs.ashbyhq.com\\/Acme%20Labs\\/embed?version=2"}', 'ashby/Acme Labs ×1'],
    ['by a script that asks the API', 'fetch(`https://api.eu.lever.co/v0/postings/acme?mode=json`)', 'lever/euacme ×1'],
    ['by a host in an attribute', '<div id="BambooHR" data-domain="acme.bamboohr.com">', 'bamboohr/acme ×1'],
    ['by a host of its own', '<a href="https://acme.teamtailor.com/jobs">', 'teamtailor/acme ×1'],
    ['in capitals', '<A HREF="HTTPS://ACME.JOBS.PERSONIO.COM/JOB/1">', 'personio/comacme ×1'],
    ['by encoded slashes', '<a href="https:&#x2F;&#x2F;acme.recruitee.com&#x2F;o&#x2F;x">', 'recruitee/acme ×1'],
    ['in a sentence', 'See jobs.lever.co/acme. Or write.', 'lever/acme ×1'],
    [
      "by what Lever's script is told",
      "window.leverJobsOptions = {accountName: 'acme', includeCss: true}; // lever-jobs-embed",
      'lever/acme ×1',
    ],
    [
      "by what SmartRecruiters' widget is told",
      'widget({"job_ad_active":"1","company_code": "AcmeCorp1"}) // static.smartrecruiters.com/job-widget/1.4.2',
      'smartrecruiters/AcmeCorp1 ×1',
    ],
  ])('%s', (_how, html, expected) => {
    expect(found(html)).toEqual([expected]);
  });

  test('or to several, the most mentioned first, each once', () => {
    const html = `<a href="https://jobs.lever.co/one/1"><a href="https://apply.workable.com/two/j/A">
      <a href="https://apply.workable.com/Two/j/B"><a href="https://apply.workable.com/two/"><a href="https://jobs.lever.co/three">`;
    expect(found(html)).toEqual(['workable/two ×3', 'lever/one ×1', 'lever/three ×1']);
  });
});

describe('a page leads to none', () => {
  test.each([
    [
      'of a maker itself',
      '<a href="https://www.greenhouse.io/">Powered by Greenhouse</a><a href="https://www.lever.co/">',
    ],
    [
      'of a look-alike',
      '<a href="https://boards.greenhouse.io.evil.com/acme"><a href="https://boards-greenhouse.io/acme">',
    ],
    ['with a user before it', '<a href="https://boards.greenhouse.io@evil.com/acme">'],
    ['on another port', '<a href="https://boards.greenhouse.io:8443/acme">'],
    ['in a longer word', 'https://xjobs.lever.company/acme jobs.lever.covid'],
    ['without a name', '<a href="https://boards.greenhouse.io/"><a href="https://jobs.ashbyhq.com">'],
    [
      'with a name that is none',
      '<a href="https://boards.greenhouse.io/<%=token%>"><a href="https://jobs.lever.co/{{site}}">',
    ],
    ["with another maker's words", '<script>x = {company_code: "acme"}</script>'],
  ])('%s', (_what, html) => {
    expect(found(html)).toEqual([]);
  });
});

describe('a hostile page is searched in linear time', () => {
  const seconds = (html: string) => {
    const from = process.cpuUsage();
    boardsInPage(html);
    siteName(html);
    careersLink(html, new URL('https://acme.example/'));
    const { user, system } = process.cpuUsage(from);
    return (user + system) / 1e6;
  };
  test.each([
    ['one long word', 'a'.repeat(4_000_000)],
    ['dots', '.'.repeat(4_000_000)],
    ['domains without end', 'jobs.lever.co/'.repeat(300_000)],
    ['hosts without end', `${'a.'.repeat(100)}greenhouse.io `.repeat(15_000)],
    ['blanks after a word that is looked for', 'lever leverJobsOptions = {'.repeat(150_000)],
    ['quotation marks', 'smartrecruiters "company_code": "'.repeat(100_000)],
    ['open tags', '<meta property='.repeat(250_000)],
    ['links', '<a href="/x">'.repeat(300_000)],
    ['open links', 'href="'.repeat(600_000)],
    ['escaped slashes', '\\/&amp;'.repeat(500_000)],
  ])('%s', (_what, html) => {
    // Quadratic work on four million characters would take hours.
    expect(seconds(html)).toBeLessThan(20);
  });

  test('and what lies behind the limit is not seen', () => {
    expect(found(`${' '.repeat(5_000_000)}jobs.lever.co/acme`)).toEqual([]);
  });
});

test.each([
  ['<meta property="og:site_name" content="Acme Corp">', 'Acme Corp'],
  ["<meta content='Acme' property='og:site_name'/>", 'Acme'],
  ['<title>Careers</title>', null],
])('%s names its site %j', (html, name) => {
  expect(siteName(html)).toBe(name);
});

describe('the list of openings behind a page', () => {
  const at = new URL('https://www.acme.example/about');
  test.each([
    ['<a href="/careers">', 'https://www.acme.example/careers'],
    ['<a href="/en/jobs/?a=1&amp;b=2">', 'https://www.acme.example/en/jobs/?a=1&b=2'],
    ["<A HREF='https://careers.acme.example'>", 'https://careers.acme.example/'],
    ['<a href="https://acme.example/join-us">', 'https://acme.example/join-us'],
    ['<a href="/unternehmen/karriere">', 'https://www.acme.example/unternehmen/karriere'],
    ['<link href="/jobs.css"><a href="/jobs">', 'https://www.acme.example/jobs'],
    ['<a href="/imprint"><a href="/vacancies#it">', 'https://www.acme.example/vacancies#it'],
  ])('%s', (html, expected) => {
    expect(careersLink(html, at)?.href).toBe(expected);
  });

  test.each([
    '<a href="/about">',
    '<a href="/blog/steve-jobson">',
    '<a href="https://evil.example/careers">',
    '<a href="https://acme.example.evil.example/careers">',
    '<a href="http://www.acme.example/careers">',
    '<a href="https://www.acme.example:8443/careers">',
    '<a href="javascript:careers()">',
    '<a href="https://[/careers">',
  ])('%s is none', (html) => {
    expect(careersLink(html, at)).toBeUndefined();
  });

  test('is not the page itself', () => {
    expect(careersLink('<a href="/careers#top">', new URL('https://www.acme.example/careers'))).toBeUndefined();
  });
});
