/** THE STORY of adding a board: from a pasted address to the boards that it may mean, each tried. Stores nothing. */
import { boardOfUrl, type KnownBoard } from '../../shared/boards/board-of-url.ts';
import { boardPage } from '../../shared/boards/board-page.ts';
import type { BoardCandidate } from '../../shared/boards/candidate.ts';
import { parseCareersUrl } from '../../shared/boards/careers-url.ts';
import { BoardRefusedError, quoted, shortText } from '../../shared/boards/refusal.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import type { Fetch } from '../http/fetch.ts';
import { needsOf, type Turns } from '../http/turn.ts';
import { WaitError } from '../http/wait.ts';
import type { Http } from '../http.ts';
import { structuredData } from '../sources/json-ld.ts';
import type { Connector, ReadSettings } from '../sources/source.ts';
import { hostOf } from '../take-turn.ts';
import { boardsInPage, careersLink, siteName } from './page-boards.ts';
import { readCareersPage } from './read-page.ts';
import { tryBoard } from './try-board.ts';

export interface CheckMeans {
  readonly http: Pick<Http, 'fetchFor'>;
  /** The line at each source, shared by all processes; without it only the source's own refusals make a request wait. */
  readonly turns?: Turns | undefined;
  readonly connectors: Readonly<Record<SourceName, Connector>>;
  readonly settingsOf: (source: SourceName) => ReadSettings;
  /** Ends everything at once. */
  readonly signal: AbortSignal;
  /** Called before each attempt of each request. */
  readonly onRequest?: () => void;
  /** Called with what is done now, for people who wait. */
  readonly onStep?: (says: string) => void;
}

/** Boards that one address may be tried for; a page with more is a list of employers and not one of them. */
const CANDIDATES_MAX = 5;
const COMPANY_MAX = 200;
const EVIDENCE_MAX = 300;

/** A board that the address may mean, before it is tried. */
interface Lead {
  readonly board: KnownBoard;
  readonly evidence: string;
  readonly site: string | null;
}

/**
 * @param text as it was pasted
 * @returns at least one candidate, the likeliest first
 * @throws BoardRefusedError where nothing can be tried, WaitError where a source must be left alone now; the signal's reason
 */
export async function checkUrl(text: string, means: CheckMeans): Promise<BoardCandidate[]> {
  const url = parseCareersUrl(text);
  const leads = await leadsOf(url, means);
  const candidates: BoardCandidate[] = [];
  for (const lead of leads.slice(0, CANDIDATES_MAX)) candidates.push(await tryLead(lead, means));
  return candidates;
}

async function leadsOf(url: URL, means: CheckMeans): Promise<Lead[]> {
  const board = boardOfUrl(url);
  if (board !== undefined) return [{ board, evidence: 'the address itself', site: null }];
  means.onStep?.(`reading ${url.href}`);
  const arrival = await withDoor('jsonld', url.host, means, (door) =>
    readCareersPage(url, { fetch: door.fetch, baseUrl: door.settings.baseUrl }),
  );
  if (arrival.board !== undefined) {
    return [{ board: arrival.board, evidence: `${url.host} leads to ${arrival.url.href}`, site: null }];
  }
  const site = siteName(arrival.html);
  const leads = boardsInPage(arrival.html).map(({ board, times, as }) => {
    const evidence = `the page names it ${times === 1 ? 'once' : `${times} times`}, as ${as}`;
    return { board, evidence, site };
  });
  const { postings } = structuredData(arrival.html);
  const token = pageToken(arrival.url);
  if (postings.length > 0 && token !== undefined) {
    const evidence = `the page describes ${postings.length === 1 ? 'one posting' : `${postings.length} postings`} as schema.org JobPosting`;
    // Not pushed out by a page that names many boards.
    leads.splice(CANDIDATES_MAX - 1, Number.POSITIVE_INFINITY);
    leads.push({ board: { source: 'jsonld', token, region: '' }, evidence, site });
  }
  if (leads.length === 0) throw nothingFound(arrival.url, careersLink(arrival.html, arrival.url));
  return leads;
}

function nothingFound(url: URL, link: URL | undefined): BoardRefusedError {
  const boards = SOURCE_NAMES.filter((name) => sourceInfo(name).kind === 'board' && name !== 'jsonld');
  const labels = boards.map((name) => sourceInfo(name).label).join(', ');
  return new BoardRefusedError(
    'no-board-found',
    `${quoted(url.href)} leads to no board that can be read: it names none of ${labels}, and describes no posting as schema.org JobPosting. ${link === undefined ? '' : `It links to ${quoted(link.href)}: try that. `}Open the employer's list of openings, follow one of them, and paste its address.`,
  );
}

/** The name of a page as a board: its address without the scheme. Undefined when it is too long for one. */
export function pageToken(url: URL): string | undefined {
  const token = url.host + (url.pathname === '/' && url.search === '' ? '' : url.pathname) + url.search;
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?][\x21-\x7e]{0,250})?$/i.test(token) ? token : undefined;
}

async function tryLead({ board, evidence, site }: Lead, means: CheckMeans): Promise<BoardCandidate> {
  let tried = board;
  let trial = await trialOf(board, means);
  // Nobody knows at which sources case matters; people and browsers change it.
  const lower = { ...board, token: board.token.toLowerCase() };
  if (trial.verdict === 'absent' && board.source !== 'jsonld' && lower.token !== board.token) {
    const again = await trialOf(lower, means);
    if (again.verdict === 'works') [tried, trial] = [lower, again];
  }
  const { told, ...known } = trial;
  return {
    ...tried,
    company: shortText(told ?? site ?? wordsOf(tried), COMPANY_MAX),
    companyFrom: told !== null ? 'postings' : site !== null ? 'page' : 'token',
    page: boardPage(tried),
    evidence: shortText(evidence, EVIDENCE_MAX),
    ...known,
  };
}

function trialOf(board: KnownBoard, means: CheckMeans) {
  means.onStep?.(`asking ${sourceInfo(board.source).label} for ${board.token}`);
  const connector = means.connectors[board.source];
  const host = hostOf(means.settingsOf(board.source).baseUrl, board.token);
  return withDoor(board.source, host, means, (door) =>
    tryBoard({ ...door, connector, signal: means.signal }, { ...board, company: null }),
  );
}

/** A check stands in the same line as the units of scans. @throws WaitError when its turn is not soon */
async function withDoor<T>(
  source: SourceName,
  host: string,
  { http, turns, settingsOf, signal, onRequest }: CheckMeans,
  work: (door: { readonly fetch: Fetch; readonly settings: ReadSettings }) => Promise<T>,
): Promise<T> {
  const turn = await turns?.begin({ source, host, waited: false, ...needsOf(source, 0), signal });
  if (turn !== undefined && 'why' in turn) throw new WaitError(turn);
  try {
    const fetch = http.fetchFor(source, { signal, turn, ...(onRequest === undefined ? {} : { onAttempt: onRequest }) });
    return await work({ fetch, settings: settingsOf(source) });
  } finally {
    await turn?.end();
  }
}

/** "larkspur-analytics" is probably Larkspur Analytics; of a page's address the host says it. */
function wordsOf({ source, token }: KnownBoard): string {
  const name =
    source === 'jsonld' ? (token.split(/[/?]/, 1)[0] ?? token).replace(/^(?:www|careers|jobs)\./, '') : token;
  if (source === 'jsonld') return name;
  return name.replace(/[-_.]+/g, ' ').replace(/(?<=^| )\p{Ll}/gu, (letter) => letter.toUpperCase());
}
