import { describe, expect, test } from 'vitest';
import { BOARD_DOMAINS, boardOfUrl } from './board-of-url.ts';
import { boardPage } from './board-page.ts';
import { parseCareersUrl } from './careers-url.ts';

const read = (text: string) => {
  const board = boardOfUrl(parseCareersUrl(text));
  return board === undefined ? undefined : [board.source, board.token, board.region].join('|');
};
const UUID = '0f2b6c1e-6d2a-4c1e-9f56-5a5f3f0b7a11';

describe('the board of an address', () => {
  test.each([
    // Greenhouse
    ['https://boards.greenhouse.io/acme', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io/acme/', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io/acme/jobs/4009876005?gh_src=a1b2c3&utm_source=x#app', 'greenhouse|acme|'],
    ['http://boards.greenhouse.io/acme', 'greenhouse|acme|'],
    ['boards.greenhouse.io/acme', 'greenhouse|acme|'],
    ['//boards.greenhouse.io/acme', 'greenhouse|acme|'],
    ['HTTPS://BOARDS.GREENHOUSE.IO/ACME', 'greenhouse|acme|'],
    ['  <https://boards.greenhouse.io/acme>\n', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io./acme', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io:443/acme', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io//acme//jobs', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io/%61cme', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io/x/../acme', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io/embed/job_board?for=acme', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io/embed/job_board/js?for=acme&b=https%3A%2F%2Facme.com', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io/embed/job_app?token=123&for=acme', 'greenhouse|acme|'],
    ['https://boards.greenhouse.io/?for=acme', 'greenhouse|acme|'],
    ['https://job-boards.greenhouse.io/acme/jobs/7001', 'greenhouse|acme|'],
    ['https://job-boards.eu.greenhouse.io/acme', 'greenhouse|acme|'],
    ['https://boards.eu.greenhouse.io/acme/jobs/7', 'greenhouse|acme|'],
    ['https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true', 'greenhouse|acme|'],
    ['https://boards-api.greenhouse.io/v1/boards/acme', 'greenhouse|acme|'],
    ['https://api.greenhouse.io/v1/boards/acme/embed/jobs', 'greenhouse|acme|'],
    // Lever
    ['https://jobs.lever.co/acme', 'lever|acme|'],
    [`https://jobs.lever.co/acme/${UUID}/apply?lever-source=LinkedIn`, 'lever|acme|'],
    ['https://jobs.eu.lever.co/acme?department=Security', 'lever|acme|eu'],
    ['https://api.lever.co/v0/postings/acme?mode=json&skip=0', 'lever|acme|'],
    [`https://api.eu.lever.co/v0/postings/acme/${UUID}`, 'lever|acme|eu'],
    ['https://jobs.lever.co/Acme', 'lever|Acme|'],
    // Ashby
    ['https://jobs.ashbyhq.com/acme', 'ashby|acme|'],
    [`https://jobs.ashbyhq.com/Acme/${UUID}/application`, 'ashby|Acme|'],
    ['https://jobs.ashbyhq.com/acme/embed?version=2', 'ashby|acme|'],
    ['https://jobs.ashbyhq.com/The%20Imaginary%20Company', 'ashby|The Imaginary Company|'],
    ['https://jobs.ashbyhq.com/B%C3%BCcher%20%26%20Co', 'ashby|Bücher & Co|'],
    ['https://jobs.ashbyhq.com/Bücher', 'ashby|Bücher|'],
    ['https://api.ashbyhq.com/posting-api/job-board/acme?includeCompensation=true', 'ashby|acme|'],
    // SmartRecruiters
    ['https://careers.smartrecruiters.com/AcmeCorp1', 'smartrecruiters|AcmeCorp1|'],
    ['https://careers.smartrecruiters.com/AcmeCorp1/some-brand', 'smartrecruiters|AcmeCorp1|'],
    ['https://jobs.smartrecruiters.com/AcmeCorp1/744000012345678-iam-engineer', 'smartrecruiters|AcmeCorp1|'],
    ['https://jobs.smartrecruiters.com/?company=AcmeCorp1', 'smartrecruiters|AcmeCorp1|'],
    [
      `https://jobs.smartrecruiters.com/oneclick-ui/company/AcmeCorp1/publication/${UUID}`,
      'smartrecruiters|AcmeCorp1|',
    ],
    ['https://www.smartrecruiters.com/AcmeCorp1/95512345-engineer', 'smartrecruiters|AcmeCorp1|'],
    ['https://api.smartrecruiters.com/v1/companies/AcmeCorp1/postings?limit=100', 'smartrecruiters|AcmeCorp1|'],
    // Workable
    ['https://apply.workable.com/acme/', 'workable|acme|'],
    ['https://apply.workable.com/Acme/j/0A1B2C3D4E/apply/', 'workable|acme|'],
    ['https://apply.workable.com/api/v1/widget/accounts/acme?details=true', 'workable|acme|'],
    ['https://apply.workable.com/api/v3/accounts/acme/jobs', 'workable|acme|'],
    ['https://www.workable.com/api/accounts/acme?details=true', 'workable|acme|'],
    ['https://acme.workable.com/jobs/12345', 'workable|acme|'],
    // A host for each employer
    ['https://acme.recruitee.com/o/iam-engineer', 'recruitee|acme|'],
    ['https://acme.recruitee.com/api/offers/', 'recruitee|acme|'],
    ['https://ACME.Recruitee.com', 'recruitee|acme|'],
    ['https://acme.jobs.personio.de/job/123?language=de', 'personio|acme|'],
    ['https://acme.jobs.personio.com/xml', 'personio|acme|com'],
    ['https://acme-labs.teamtailor.com/jobs/123-iam-engineer', 'teamtailor|acme-labs|'],
    ['https://acme.teamtailor.com/jobs.json', 'teamtailor|acme|'],
    ['https://acme.bamboohr.com/careers/42', 'bamboohr|acme|'],
    ['https://acme.bamboohr.com/jobs/embed2.php?version=1.0.0', 'bamboohr|acme|'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test.each([
    'https://acme.com/careers',
    'https://acme.com/jobs?gh_jid=4009876005',
    'https://www.acme.com/?for=acme',
    'https://boards.greenhouse.io/',
    'https://boards.greenhouse.io/embed/job_board',
    'https://www.greenhouse.com/careers',
    'https://www.greenhouse.io/acme',
    'https://app.greenhouse.io/acme',
    'https://hire.lever.co/acme',
    'https://www.lever.co/acme',
    'https://api.lever.co/v1/acme',
    'https://app.ashbyhq.com/acme',
    'https://www.smartrecruiters.com/recruiting-software',
    'https://apply.workable.com/j/0A1B2C3D4E',
    'https://apply.workable.com/api/v3/jobs',
    'https://jobs.workable.com/view/abc/iam-engineer',
    'https://www.recruitee.com/acme',
    'https://app.bamboohr.com/login',
    'https://a.b.recruitee.com/',
    'https://acme.na.teamtailor.com/jobs',
    'https://personio.de/acme',
    'https://jobs.personio.de/acme',
  ])('%s names none', (text) => {
    expect(read(text)).toBeUndefined();
  });
});

describe('what only looks like a board is none', () => {
  test.each([
    'https://boards.greenhouse.io.evil.com/acme',
    'https://boards-greenhouse.io/acme',
    'https://xboards.greenhouse.io/acme',
    'https://evil.com/boards.greenhouse.io/acme',
    'https://evil.com/?u=https://boards.greenhouse.io/acme',
    'https://evil.com#@boards.greenhouse.io/acme',
    'https://jobs.lever.co.evil.com/acme',
    'https://jobs.lever.com/acme',
    'https://jobs.ashbyhq.com.evil.com/acme',
    'https://acmerecruitee.com/',
    'https://acme.recruitee.com.evil.com/',
    'https://evil.com/acme.bamboohr.com',
    'https://bоards.greenhouse.io/acme', // a Cyrillic o
  ])('%s', (text) => {
    expect(read(text)).toBeUndefined();
  });

  test.each([
    'https://boards.greenhouse.io/%2e%2e%2fadmin',
    'https://boards.greenhouse.io/a%2Fb',
    'https://boards.greenhouse.io/%00acme',
    'https://boards.greenhouse.io/acme%0d%0aHost:evil',
    'https://boards.greenhouse.io/%zz',
    'https://boards.greenhouse.io/%F0%9F%92%A9',
    `https://boards.greenhouse.io/${'a'.repeat(101)}`,
    'https://boards.greenhouse.io/a?b=c&for=x'.replace('/a?', '/-a?'),
    'https://boards.greenhouse.io/embed/job_board?for=../../x',
    'https://boards.greenhouse.io/embed/job_board?for=a%3Fb%23c',
    "https://jobs.lever.co/acme';drop table board",
    'https://jobs.ashbyhq.com/a%2F..%2Fb',
    'https://jobs.ashbyhq.com/%3Cscript%3E',
    `https://jobs.smartrecruiters.com/${encodeURIComponent('{token}')}`,
  ])('%s: such a name has no board', (text) => {
    expect(boardOfUrl(new URL(text))).toBeUndefined();
  });
});

test('every domain leads to some source, and each board has a page that leads back to it', () => {
  const boards = [
    'https://boards.greenhouse.io/acme',
    'https://jobs.eu.lever.co/Acme',
    'https://jobs.lever.co/acme',
    'https://jobs.ashbyhq.com/Acme%20%26%20Sons',
    'https://careers.smartrecruiters.com/Acme1',
    'https://apply.workable.com/acme',
    'https://acme.recruitee.com',
    'https://acme.jobs.personio.de',
    'https://acme.jobs.personio.com',
    'https://acme.teamtailor.com',
    'https://acme.bamboohr.com',
  ].map((text) => boardOfUrl(new URL(text)));
  for (const board of boards) {
    expect(board).toBeDefined();
    const page = new URL(boardPage(board!) ?? '');
    expect(boardOfUrl(page)).toEqual(board);
    expect(BOARD_DOMAINS.some((domain) => page.hostname.endsWith(`.${domain}`))).toBe(true);
  }
  expect(boardPage({ source: 'jsonld', token: 'example.com/careers?a=1', region: '' })).toBe(
    'https://example.com/careers?a=1',
  );
  expect(boardPage({ source: 'jsearch', token: '*', region: '' })).toBeNull();
});
