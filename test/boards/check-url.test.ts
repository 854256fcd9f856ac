/** From a pasted address to tried boards, over the played internet. */
import { describe, expect, test } from 'vitest';
import { type BoardCandidate, suggested } from '../../shared/boards/candidate.ts';
import { BoardRefusedError } from '../../shared/boards/refusal.ts';
import { checkUrl } from '../../worker/boards/check-url.ts';
import { CONNECTORS } from '../../worker/sources/all.ts';
import { demoData } from '../internet/demo-data.ts';
import type { Internet } from '../internet/internet.ts';
import { demoInternet, doorTo, NEVER, ownInternet, settingsOn } from './kit.ts';

const demo = await demoInternet();
const DEMO = demoData();

async function check(text: string, internet: Internet = demo, signal = NEVER) {
  const steps: string[] = [];
  let requests = 0;
  const candidates = await checkUrl(text, {
    http: doorTo(internet),
    connectors: CONNECTORS,
    settingsOf: settingsOn(internet),
    signal,
    onRequest: () => requests++,
    onStep: (says) => steps.push(says),
  });
  return { candidates, only: candidates[0]!, steps, requests };
}

const refusal = (text: string, internet?: Internet) =>
  check(text, internet).then(
    ({ candidates }) => Promise.reject(new Error(`it was taken: ${JSON.stringify(candidates)}`)),
    (error: unknown) => {
      if (error instanceof BoardRefusedError) return error;
      throw error;
    },
  );

function addUp({ found, kept, rejected, undecided }: BoardCandidate) {
  expect(kept + undecided + Object.values(rejected).reduce((sum, count) => sum + count, 0)).toBe(found);
}

describe('the address of a board', () => {
  test.each([
    ['https://boards.greenhouse.io/palisadeidentity/jobs/77?gh_src=x', 'greenhouse', 'palisadeidentity'],
    ['https://jobs.lever.co/sablefin', 'lever', 'sablefin'],
    ['https://jobs.ashbyhq.com/larkspur-analytics', 'ashby', 'larkspur-analytics'],
    ['https://apply.workable.com/cobaltferry/j/AB12/', 'workable', 'cobaltferry'],
    ['https://zonnebloem.recruitee.com/o/x', 'recruitee', 'zonnebloem'],
    ['https://sturmhut.jobs.personio.de/', 'personio', 'sturmhut'],
    ['https://lumalien.teamtailor.com/jobs', 'teamtailor', 'lumalien'],
    ['https://careers.smartrecruiters.com/nordhavnfoods', 'smartrecruiters', 'nordhavnfoods'],
    ['https://maplewick.bamboohr.com/careers', 'bamboohr', 'maplewick'],
  ] as const)('%s is tried by the connector of %s', async (text, source, token) => {
    const { candidates, only, requests } = await check(text);
    expect(candidates).toHaveLength(1);
    expect(only).toMatchObject({ source, token, verdict: 'works', evidence: 'the address itself', complete: true });
    expect(only.found).toBe(DEMO[source][token]!.length);
    addUp(only);
    expect(only.kept + only.undecided).toBeGreaterThan(0);
    expect(only.samples.length).toBeGreaterThan(0);
    expect(only.samples.length).toBeLessThanOrEqual(5);
    for (const sample of only.samples) {
      expect(sample.title).not.toBe('');
      expect(sample.url).toMatch(/^https:/);
      expect(sample.why).toMatch(/^(kept|left out|its text decides)/);
    }
    expect(only.cost?.perCheck).toBeGreaterThan(0);
    expect(requests).toBeGreaterThanOrEqual(only.cost!.perCheck);
  });

  test('shows what is kept first, with pay and reasons, and one that is left out with its own', async () => {
    const { only } = await check('https://boards.greenhouse.io/palisadeidentity');
    const kept = only.samples.filter((sample) => sample.kept);
    expect(kept).toHaveLength(4);
    expect(kept.map(({ score }) => score)).toEqual(kept.map(({ score }) => score).toSorted((a, b) => b! - a!));
    expect(kept[0]?.why).toMatch(/^kept \(\d+ points: .+\)$/);
    expect(only.samples.at(-1)).toMatchObject({ kept: false, why: expect.stringMatching(/^left out: no IAM work/) });
    expect(only.samples.some(({ pay }) => pay?.currency !== undefined)).toBe(true);
    expect(only.company).toBe('Palisade Identity');
    expect(only.companyFrom).toBe('postings');
    expect(only.cost).toEqual({
      perCheck: 1,
      atLeast: false,
      firstCheck: 1,
      perDay: { atFirst: 4, least: 1, most: 48 },
    });
    expect(only.says).toMatch(/^18 postings, of which \d+ are IAM work\.$/);
  });

  test('costs more requests where lists have no texts, and only a few of those are asked for', async () => {
    const internet = await ownInternet({ smartrecruiters: DEMO.smartrecruiters });
    const { only } = await check('https://careers.smartrecruiters.com/nordhavnfoods', internet);
    const details = internet.requests.filter(({ path }) => /postings\/\d+$/.test(path));
    expect(details).toHaveLength(2);
    expect(only.cost?.perCheck).toBe(1);
    expect(only.cost!.firstCheck).toBe(1 + only.undecided + 2);
    expect(only.rejected.not_iam_by_title).toBeGreaterThan(0);
    addUp(only);
  });

  test('is read on its first pages only, and the cost says that there is more', async () => {
    const internet = await ownInternet({ lever: { oaklinegroup: DEMO.lever.oaklinegroup! } });
    internet.setFaults('lever', { kind: 'endless-pages' });
    const { only, requests } = await check('https://jobs.lever.co/oaklinegroup', internet);
    expect(requests).toBe(3);
    expect(only).toMatchObject({ verdict: 'works', complete: false, found: 300 });
    expect(only.cost).toMatchObject({ perCheck: 3, atLeast: true });
    expect(only.says).toContain('on its first pages');
  });

  test('that has two pages costs two requests', async () => {
    const { only } = await check('https://jobs.lever.co/oaklinegroup');
    expect(only).toMatchObject({ found: 104, complete: true, cost: { perCheck: 2, atLeast: false } });
  });

  test('in other letters than the source knows is tried in small ones as well', async () => {
    const { only } = await check('HTTPS://JOBS.LEVER.CO/SABLEFIN');
    expect(only).toMatchObject({ token: 'sablefin', verdict: 'works' });
  });

  test('of a source that does not say who the employer is gets a name from the address', async () => {
    const { only } = await check('https://jobs.ashbyhq.com/larkspur-analytics');
    expect(only).toMatchObject({ company: 'Larkspur Analytics', companyFrom: 'token' });
  });
});

describe('a board without postings', () => {
  test('exists where the source refuses unknown names', async () => {
    const { only, requests } = await check('https://boards.greenhouse.io/emptynest');
    expect(only).toMatchObject({ verdict: 'works', found: 0, says: 'The board exists and lists no posting now.' });
    expect(requests).toBe(2);
  });

  test('may not exist where the source answers any name with an empty list', async () => {
    const internet = await ownInternet();
    internet.setFaults('smartrecruiters', {
      kind: 'body',
      body: { offset: 0, limit: 100, totalFound: 0, content: [] },
    });
    const { only, candidates } = await check('https://careers.smartrecruiters.com/Mistyped', internet);
    expect(only.verdict).toBe('unsure');
    expect(only.says).toContain('SmartRecruiters says the same of boards that do not exist');
    expect(suggested(candidates)).toBe(0);
  });

  test('is absent when the source says so', async () => {
    const { only, candidates } = await check('https://jobs.lever.co/closedforgood');
    expect(only).toMatchObject({ verdict: 'absent', found: 0, cost: null, samples: [] });
    expect(only.says).toContain('"closedforgood"');
    expect(suggested(candidates)).toBeUndefined();
  });

  test.each([
    ['is down', { kind: 'refuse', status: 503 }, /503/],
    ['answers in another form', { kind: 'html' }, /not JSON/],
    ['has postings in another form', { kind: 'body', body: { jobs: [{ a: 1 }, { b: 2 }] } }, /None of its 2 postings/],
  ] as const)('is no empty one when the source %s', async (_what, fault, says) => {
    const internet = await ownInternet();
    internet.setFaults('greenhouse', fault);
    const { only } = await check('https://boards.greenhouse.io/acme', internet);
    expect(only.verdict).toBe('failed');
    expect(only.says).toMatch(says);
  });
});

describe("an employer's own page", () => {
  const page = (html: string) => ({ kind: 'text', text: `<!doctype html><html>${html}</html>` }) as const;
  async function site(board: string, html: string) {
    const internet = await ownInternet({ greenhouse: DEMO.greenhouse, lever: DEMO.lever, jsonld: DEMO.jsonld });
    internet.setFaults('jsonld', { ...page(html), board });
    return internet;
  }

  test('leads to the board that it embeds', async () => {
    const embed = '<iframe src="https://boards.greenhouse.io/embed/job_board?for=palisadeidentity">';
    const internet = await site('acme.example/careers', embed);
    const { candidates, only, steps } = await check('http://ACME.example/careers?utm_source=x#top', internet);
    expect(candidates).toHaveLength(1);
    expect(only).toMatchObject({ source: 'greenhouse', token: 'palisadeidentity', verdict: 'works' });
    expect(only.evidence).toContain('boards.greenhouse.io/embed/job_board?for=palisadeidentity');
    expect(steps).toEqual(['reading https://acme.example/careers', 'asking Greenhouse for palisadeidentity']);
    expect(internet.requests[0]?.path).toBe('/acme.example/robots.txt');
  });

  test('that names several boards is ambiguous, and each is tried', async () => {
    const links = ['greenhouse.io/palisadeidentity', 'greenhouse.io/quillonhealth'].map(
      (at) => `<a href="https://boards.${at}">`,
    );
    const internet = await site('acme.example/', `${links.join('')}<a href="https://jobs.lever.co/closedforgood">`);
    const { candidates } = await check('acme.example', internet);
    expect(candidates.map(({ token, verdict }) => `${token} ${verdict}`)).toEqual([
      'palisadeidentity works',
      'quillonhealth works',
      'closedforgood absent',
    ]);
    expect(suggested(candidates)).toBeUndefined();
  });

  test('that names a hundred boards is tried for five', async () => {
    const links = Array.from({ length: 100 }, (_, i) => `<a href="https://jobs.lever.co/no${i}">`);
    const internet = await site('acme.example/', links.join(''));
    expect((await check('acme.example', internet)).candidates).toHaveLength(5);
  });

  test('that describes its postings itself is a board of its own', async () => {
    const { candidates, only } = await check('https://careers.pemberly.example/jobs?utm_medium=mail');
    expect(candidates).toHaveLength(1);
    expect(only).toMatchObject({
      source: 'jsonld',
      token: 'careers.pemberly.example/jobs',
      verdict: 'works',
      found: 5,
      page: 'https://careers.pemberly.example/jobs',
    });
    addUp(only);
  });

  test('that does both is the board; the page comes last', async () => {
    const posting = '<script type="application/ld+json">{"@type":"JobPosting","title":"IAM Engineer"}</script>';
    const link = '<a href="https://boards.greenhouse.io/palisadeidentity">';
    const internet = await site('acme.example/jobs', posting + link);
    const { candidates } = await check('acme.example/jobs', internet);
    expect(candidates.map(({ source }) => source)).toEqual(['greenhouse', 'jsonld']);
    expect(suggested(candidates)).toBe(0);
  });

  test('that redirects to a board leads to it', async () => {
    const internet = await site('acme.example/careers', '');
    const location = 'https://boards.greenhouse.io/palisadeidentity?gh_src=1';
    internet.setFaults('jsonld', { kind: 'refuse', status: 301, headers: { location }, board: 'acme.example/careers' });
    const { only } = await check('acme.example/careers', internet);
    expect(only).toMatchObject({ source: 'greenhouse', token: 'palisadeidentity', verdict: 'works' });
    expect(only.evidence).toMatch(/^acme\.example leads to https:\/\/boards\.greenhouse\.io\/palisadeidentity/);
  });

  test('that redirects to another host is read there', async () => {
    const internet = await site('www.acme.example/careers', '<a href="https://jobs.lever.co/sablefin">');
    const location = 'https://www.acme.example/careers';
    internet.setFaults(
      'jsonld',
      { kind: 'refuse', status: 302, headers: { location }, board: 'acme.example/careers' },
      { ...page('<a href="https://jobs.lever.co/sablefin">'), board: 'www.acme.example/careers' },
    );
    expect((await check('acme.example/careers', internet)).only).toMatchObject({ source: 'lever', verdict: 'works' });
  });

  test.each([
    'http://127.0.0.1:9000/',
    'http://169.254.169.254/latest/meta-data/',
    'https://[::1]/',
    'http://localhost/',
    'https://metadata.google.internal/',
  ])('that redirects to %s is refused, and nothing is asked there', async (location) => {
    const internet = await ownInternet();
    internet.setFaults('jsonld', { kind: 'refuse', status: 302, headers: { location }, board: 'acme.example/' });
    const { reason } = await refusal('acme.example', internet);
    expect(['private-address', 'unusable-url']).toContain(reason);
    const asked = ['/acme.example/robots.txt', '/acme.example/.well-known/tdmrep.json', '/acme.example/'];
    expect(internet.requests.map(({ path }) => path)).toEqual(asked);
  });

  test('that sends us from host to host is left', async () => {
    const internet = await ownInternet();
    internet.setFaults(
      'jsonld',
      ...Array.from({ length: 10 }, (_, i) => {
        const headers = { location: `https://h${i + 1}.example/` };
        return { kind: 'refuse', status: 302, headers, board: `h${i}.example/` } as const;
      }),
    );
    const { reason, message } = await refusal('h0.example', internet);
    expect(reason).toBe('page-unreachable');
    expect(message).toContain('leads over more than 4 hosts');
  });
});

describe('a page is not read', () => {
  const robots = (text: string) => ({ kind: 'text', text, board: 'acme.example/robots.txt' }) as const;

  test('where robots.txt forbids it, and only files of the site were asked for', async () => {
    const internet = await ownInternet();
    internet.setFaults('jsonld', robots('User-agent: *\nDisallow: /careers'));
    const { reason, message } = await refusal('acme.example/careers/it', internet);
    expect(reason).toBe('page-forbidden');
    expect(message).toContain('says robots.txt of "acme.example"');
    expect(internet.requests.map(({ path }) => path)).toEqual([
      '/acme.example/robots.txt',
      '/acme.example/.well-known/tdmrep.json',
    ]);
  });

  test('while robots.txt cannot be read', async () => {
    const internet = await ownInternet();
    internet.setFaults('jsonld', { kind: 'refuse', status: 503, board: 'acme.example/robots.txt' });
    expect((await refusal('acme.example/careers', internet)).reason).toBe('page-unreachable');
    expect(internet.requests.every(({ path }) => path.endsWith('/robots.txt'))).toBe(true);
  });

  test('where a file of its site reserves it, and the page was not asked for', async () => {
    const internet = await ownInternet();
    const text = '[{"location":"/careers","tdm-reservation":1}]';
    internet.setFaults('jsonld', { kind: 'text', text, board: 'acme.example/.well-known/tdmrep.json' });
    expect((await refusal('acme.example/careers/it', internet)).reason).toBe('page-forbidden');
    expect(internet.requests.map(({ path }) => path)).not.toContain('/acme.example/careers/it');
  });

  test.each([
    ['in its head', '<meta name="tdm-reservation" content="1">'],
    ['in other words', '<META CONTENT=1 NAME=tdm-reservation>'],
  ])('where it reserves its rights %s', async (_where, html) => {
    const internet = await ownInternet();
    internet.setFaults('jsonld', { kind: 'text', text: html, board: 'acme.example/' });
    expect((await refusal('acme.example', internet)).reason).toBe('page-forbidden');
  });

  test.each([
    ['does not exist', { kind: 'refuse', status: 404 }, /does not exist \(404\)/],
    ['lets no programs in', { kind: 'refuse', status: 403 }, /does not let programs in/],
    ['is down', { kind: 'refuse', status: 500 }, /cannot be read now/],
    ['never ends', { kind: 'endless-body' }, /cannot be read now.*larger than/],
  ] as const)('that %s, and the refusal says so', async (_what, fault, says) => {
    const internet = await ownInternet();
    internet.setFaults('jsonld', { ...fault, board: 'acme.example/careers' });
    const { reason, message } = await refusal('acme.example/careers', internet);
    expect(reason).toBe('page-unreachable');
    expect(message).toMatch(says);
    expect(message).toContain('https://acme.example/careers');
  });
});

test('a page with nothing on it is refused with what to do', async () => {
  const internet = await ownInternet();
  const text = '<h1>We are hiring!</h1><a href="/karriere/">Stellen</a>';
  internet.setFaults('jsonld', { kind: 'text', text, board: 'acme.example/about' });
  const { reason, message } = await refusal('acme.example/about', internet);
  expect(reason).toBe('no-board-found');
  expect(message).toMatch(
    /^"https:\/\/acme\.example\/about" leads to no board that can be read: it names none of Greenhouse, /,
  );
  expect(message).toMatch(/It links to "https:\/\/acme\.example\/karriere\/": try that\..*paste its address\.$/);
});

test('nothing is asked for an address that is refused', async () => {
  const internet = await ownInternet();
  expect((await refusal('http://192.168.1.1/jobs', internet)).reason).toBe('private-address');
  expect((await refusal('javascript:alert(1)', internet)).reason).toBe('unusable-url');
  expect(internet.requests).toEqual([]);
});

test('a check that is aborted ends at once, with the reason', async () => {
  const internet = await ownInternet();
  internet.setFaults('greenhouse', { kind: 'hang' });
  const ending = new AbortController();
  const checking = check('https://boards.greenhouse.io/acme', internet, ending.signal);
  setImmediate(() => ending.abort(new Error('the process ends')));
  await expect(checking).rejects.toThrow('the process ends');
});

test('what strangers write stays short and printable', async () => {
  const wild = '\u0000\u001b[31m<script>alert(1)</script>\ud800'.repeat(2000);
  const internet = await ownInternet({ greenhouse: DEMO.greenhouse });
  internet.setFaults('greenhouse', {
    kind: 'patch-first',
    patch: { title: `IAM engineer ${wild}`, company_name: wild, absolute_url: `https://x.example/${'a'.repeat(5000)}` },
  });
  const { candidates } = await check('https://boards.greenhouse.io/palisadeidentity', internet);
  const text = JSON.stringify(candidates);
  expect(text.length).toBeLessThan(20_000);
  expect(text).not.toMatch(/\\u0000|\\u001b|\\ud800/);
});
