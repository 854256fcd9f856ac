/** The internet of a simulation: three vendors of boards and one feed, in their own formats, with everything that goes wrong there. */
import { createRandom } from '../../benchmarks/kit/random.ts';
import { type SourceName, sourceInfo } from '../../shared/sources.ts';
import type { Answer, Question } from '../../worker/http/exchange.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { BoardSource, EmployerBoard, Listed, World } from './world.ts';

/** What was asked of one source. */
export interface Asked {
  /** When each request came, in order. */
  readonly times: number[];
  bytes: number;
  underWay: number;
  underWayMax: number;
}

/** How the last reads of one board went, as the source knows it. */
export interface Served {
  /** The board was told truly and whole at that moment. */
  trulyAt: number;
  /** Version and bytes of the first whole answer, and bytes of the next read when nothing had changed. */
  firstVersion: number;
  firstBytes: number;
  secondBytes: number | undefined;
}

export interface Internet {
  readonly asked: ReadonlyMap<string, Asked>;
  readonly served: readonly (Served | undefined)[];
  readonly faults: Readonly<Record<string, number>>;
  /** Wrong answers that a board gave, each with its hour. */
  readonly oddities: readonly (string[] | undefined)[];
  exchange(agent: unknown, question: Question, limits: unknown, signal: AbortSignal): Promise<Answer>;
}

const HOUR_MS = 3_600_000;
/** Hours of the simulation in which a vendor is down, and how. */
const OUTAGES: readonly { source: SourceName; from: number; to: number; how: 503 | 'reset' }[] = [
  { source: 'greenhouse', from: 7, to: 7.75, how: 503 },
  { source: 'lever', from: 12, to: 12.3, how: 'reset' },
  { source: 'ashby', from: 15, to: 15.1, how: 503 },
];
/** Of so many requests one goes wrong so. */
const REFUSED = 1 / 2000;
const CUT_SHORT = 1 / 1000;
const EMPTY = 1 / 4000;
const BROKEN = 1 / 2000;
const PAGE_ROWS = 100;

/** @param trouble how many times the usual share of wrong answers */
export function createInternet(world: World, time: VirtualTime, seed: number, trouble: number): Internet {
  const random = createRandom(seed);
  const [refused, broken, empty, cutShort] = [REFUSED, BROKEN, EMPTY, CUT_SHORT].map((share) => share * trouble) as [
    number,
    number,
    number,
    number,
  ];
  const start = time.now();
  const asked = new Map<string, Asked>();
  const served: (Served | undefined)[] = new Array(world.boards.length).fill(undefined);
  const faults: Record<string, number> = {};
  const oddities: (string[] | undefined)[] = [];
  const fault = (name: string, board?: EmployerBoard) => {
    faults[name] = (faults[name] ?? 0) + 1;
    if (board === undefined) return;
    const hour = Math.round(((time.now() - start) / HOUR_MS) * 100) / 100;
    const own = oddities[board.index] ?? [];
    own.push(`${name} of ${board.listed.length} at hour ${hour}`);
    oddities[board.index] = own;
  };

  async function exchange(_agent: unknown, question: Question, _limits: unknown, signal: AbortSignal): Promise<Answer> {
    const source = sourceOf(question.url);
    const book = asked.get(source) ?? { times: [], bytes: 0, underWay: 0, underWayMax: 0 };
    asked.set(source, book);
    book.times.push(time.now());
    book.underWay++;
    book.underWayMax = Math.max(book.underWayMax, book.underWay);
    try {
      await time.sleep(100 + random() * 300, signal);
      const answer = answerOf(source, question);
      book.bytes += answer.body.length;
      return answer;
    } finally {
      book.underWay--;
    }
  }

  function answerOf(source: SourceName, { url, headers }: Question): Answer {
    const hours = (time.now() - start) / HOUR_MS;
    const outage = OUTAGES.find((one) => one.source === source && one.from <= hours && hours < one.to);
    if (outage !== undefined) {
      fault('outage');
      if (outage.how === 'reset') throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
      return answer(503, 'down for maintenance');
    }
    if (source === 'remotive') return feed(time.now());
    if (random() < refused) {
      fault('429');
      return answer(429, 'slow down', { 'retry-after': '30' });
    }
    const token = tokenOf(url);
    const board = world.board(token, time.now());
    if (board === undefined || board.source !== source || board.goneAt <= time.now()) {
      fault('404');
      return answer(404, 'not found');
    }
    return boardAnswer(board, source as BoardSource, url, headers);
  }

  function boardAnswer(board: EmployerBoard, source: BoardSource, url: URL, headers: Question['headers']): Answer {
    const skip = Number(url.searchParams.get('skip') ?? 0);
    const etag = board.hasEtag ? `W/"${board.version}-${skip}"` : undefined;
    const isLast = source !== 'lever' || board.listed.length - skip < PAGE_ROWS;
    if (etag !== undefined && headers['if-none-match'] === etag) {
      told(board, 0, isLast);
      return answer(304, '', { etag });
    }
    const odd = random();
    const rows = source === 'lever' ? board.listed.slice(skip, skip + PAGE_ROWS) : board.listed;
    const body = FORMATS[source](rows, board, board.listed.length);
    if (odd < broken) {
      fault('broken body', board);
      return answer(200, body.slice(0, Math.floor(body.length / 2)));
    }
    if (odd < broken + empty && board.listed.length > 0) {
      fault('empty by mistake', board);
      return answer(200, FORMATS[source]([], board, 0));
    }
    if (odd < broken + empty + cutShort && rows.length > 3) {
      fault('cut short', board);
      return answer(200, FORMATS[source](rows.slice(0, Math.ceil(rows.length / 3)), board, board.listed.length));
    }
    told(board, body.length, isLast);
    return answer(200, body, etag === undefined ? {} : { etag });
  }

  function told(board: EmployerBoard, bytes: number, isLast: boolean): void {
    if (!isLast) return;
    const before = served[board.index];
    const at = time.now();
    if (before === undefined) {
      served[board.index] = { trulyAt: at, firstVersion: board.version, firstBytes: bytes, secondBytes: undefined };
      return;
    }
    before.trulyAt = at;
    if (before.secondBytes === undefined && before.firstVersion === board.version) before.secondBytes = bytes;
  }

  return { asked, served, faults, oddities, exchange };
}

type Format = (rows: readonly Listed[], board: EmployerBoard, total: number) => string;

const FORMATS: Readonly<Record<BoardSource, Format>> = {
  greenhouse: (rows, board, total) =>
    JSON.stringify({
      jobs: rows.map((row) => ({
        id: row.id,
        title: titleOf(row),
        absolute_url: `https://boards.greenhouse.io/${board.token}/jobs/${row.id}`,
        content: `&lt;p&gt;${textOf(row)}&lt;/p&gt;`,
        first_published: new Date(row.at).toISOString(),
        company_name: `Employer ${board.index}`,
        location: { name: 'Berlin, Germany' },
      })),
      meta: { total },
    }),
  lever: (rows, board) =>
    JSON.stringify(
      rows.map((row) => ({
        id: String(row.id),
        text: titleOf(row),
        hostedUrl: `https://jobs.lever.co/${board.token}/${row.id}`,
        createdAt: Math.floor(row.at),
        categories: { location: 'London, UK', commitment: 'Full-time' },
        description: `<p>${textOf(row)}</p>`,
      })),
    ),
  ashby: (rows, board) =>
    JSON.stringify({
      jobs: rows.map((row) => ({
        id: String(row.id),
        title: titleOf(row),
        jobUrl: `https://jobs.ashbyhq.com/${board.token}/${row.id}`,
        location: 'New York, NY',
        publishedAt: new Date(row.at).toISOString(),
        employmentType: 'FullTime',
        descriptionHtml: `<p>${textOf(row)}</p>`,
      })),
    }),
};

const TITLES = ['Accountant', 'Warehouse Associate', 'Data Analyst', 'Nurse', 'Product Designer', 'Truck Driver'];
const IAM_TEXT =
  'You run our identity and access management: Okta and SailPoint, SSO with SAML and OIDC, MFA, SCIM provisioning, access reviews.';
const OTHER_TEXT =
  'You join a friendly team, plan your own week, talk with customers and colleagues, and learn something new each month.';

const titleOf = (row: Listed) => (row.isIam ? `IAM Engineer ${row.id}` : `${TITLES[row.id % TITLES.length]} ${row.id}`);
const textOf = (row: Listed) => (row.isIam ? IAM_TEXT : OTHER_TEXT);

function feed(at: number): Answer {
  const jobs = Array.from({ length: 20 }, (_, i) => {
    const id = Math.floor(at / HOUR_MS) - i;
    const row = { id, isIam: false, at: id * HOUR_MS };
    return {
      id,
      url: `https://remotive.com/remote-jobs/${id}`,
      title: titleOf(row),
      company_name: `Employer ${id}`,
      publication_date: new Date(row.at).toISOString(),
      candidate_required_location: 'Worldwide',
      description: `<p>${textOf(row)}</p>`,
    };
  });
  return answer(200, JSON.stringify({ jobs }));
}

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, cookies: [], body: Buffer.from(body) };
}

const HOSTS = new Map(
  (['greenhouse', 'lever', 'ashby', 'remotive'] as const).map((name) => [new URL(sourceInfo(name).baseUrl).host, name]),
);

function sourceOf(url: URL): SourceName {
  const source = HOSTS.get(url.host);
  if (source === undefined) throw new Error(`the simulation has no server at ${url.host}`);
  return source;
}

/** "/v1/boards/TOKEN/jobs", "/v0/postings/TOKEN", "/posting-api/job-board/TOKEN". */
function tokenOf(url: URL): string {
  return /\/(b\d+)(?:\/|$)/.exec(url.pathname)?.[1] ?? '';
}
