/** What `npm run doctor` looks at outside: each source answers, in the shape it has in health, and how much quota is left. */
import packageJson from '../package.json' with { type: 'json' };
import type { Config } from '../shared/config.ts';
import { starterBoards } from '../shared/db/boards.ts';
import { FetchError } from '../shared/errors.ts';
import { type SourceName, sourceInfo } from '../shared/sources.ts';
import { createHttp, type Http } from '../worker/http.ts';
import { movedHosts, readSettings } from '../worker/read-settings.ts';
import { CONNECTORS } from '../worker/sources/all.ts';
import type { Board, Connector } from '../worker/sources/source.ts';
import type { Finding } from './doctor-checks.ts';

/** A doctor is asked by somebody who waits. */
const SOURCE_TIMEOUT_MS = 20_000;
const TITLE_LENGTH_MAX = 60;
/** RapidAPI's headers; other sources tell their quota nowhere (facts of each source). */
const QUOTA_LEFT = 'x-ratelimit-requests-remaining';
const QUOTA_LIMIT = 'x-ratelimit-requests-limit';

/** Asks every enabled source for its first page, one request each; a source without its key is not asked. */
export async function checkSources(config: Config): Promise<Finding[]> {
  const http = createHttp({
    contact: config.contact,
    version: packageJson.version,
    allowPrivateFor: movedHosts(config),
    secrets: Object.values(config.sourceKeys),
  });
  try {
    return await Promise.all(config.sources.map((source) => checkSource(config, http, source)));
  } finally {
    await http.close();
  }
}

async function checkSource(config: Config, http: Http, source: SourceName): Promise<Finding> {
  const missing = sourceInfo(source).keys.filter((key) => config.sourceKeys[key] === undefined);
  if (missing.length > 0) {
    const says = `waiting for key: set ${missing.join(' and ')} (${sourceInfo(source).homepage})`;
    return { name: source, state: 'wait', says };
  }
  const board = sampleBoard(config, source);
  if (board === undefined) return { name: source, state: 'wait', says: 'no board is listed: name some in BOARDS_FILE' };
  try {
    return { name: source, state: 'ok', says: await sample(config, http, CONNECTORS[source], board) };
  } catch (error) {
    return {
      name: source,
      state: 'wrong',
      says: `${(error as Error).message.replace(/\.$/, '')}${advice(error, source)}`,
    };
  }
}

function sampleBoard(config: Config, source: SourceName): Board | undefined {
  if (sourceInfo(source).kind !== 'board') return { token: '*', company: null, region: '' };
  const found = starterBoards(config.boardsFile).find((board) => board.source === source && board.confidence !== 'low');
  return found === undefined ? undefined : { token: found.token, company: found.company ?? null, region: found.region };
}

/** One page, and what is on it. @throws FetchError */
async function sample(config: Config, http: Http, connector: Connector, board: Board): Promise<string> {
  const settings = { ...readSettings(config, connector.name), pagesMax: 1, concurrency: 1 };
  const ask = http.fetchFor(connector.name, { signal: AbortSignal.timeout(SOURCE_TIMEOUT_MS) });
  let quota = '';
  const pages = connector.read(board, { ...settings, queries: settings.queries.slice(0, 1) }, async (request) => {
    const answer = await ask(request);
    const left = answer.headers[QUOTA_LEFT];
    if (left !== undefined) quota = `, ${left} of ${answer.headers[QUOTA_LIMIT] ?? '?'} requests left`;
    return answer;
  });
  const first = await pages.next();
  await pages.return({ complete: false, problems: [] });
  const from = board.token === '*' ? '' : ` of ${board.token}`;
  if (first.done || first.value.items.length === 0) {
    const invalid = first.done ? 0 : first.value.invalid.length;
    if (invalid > 0)
      throw new FetchError('parse', `none of ${invalid} postings${from} has the shape that this code reads`);
    return `answers with no posting${from}${quota}`;
  }
  const [item] = first.value.items;
  const title = connector.toPosting(item, board).title.slice(0, TITLE_LENGTH_MAX);
  return `${first.value.items.length} postings${from}, such as "${title}"${quota}`;
}

function advice(error: unknown, source: SourceName): string {
  const type = error instanceof FetchError ? error.type : 'other';
  const keys = sourceInfo(source).keys.join(' and ');
  const known: Partial<Record<string, string>> = {
    auth: keys === '' ? ': it refuses this address' : `: check ${keys}`,
    rate_limited: ': wait, or ask for a larger quota',
    network: ': check the network, a proxy or SOURCE_URL',
    timeout: ': check the network, or try later',
    parse: ': the API may have changed; look for a newer release',
    http_5xx: ': its own trouble; try later',
  };
  return known[type] ?? '';
}
