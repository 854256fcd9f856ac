/**
 * Whether a source tells "no such board" from "a board without postings". Some answer any name with an empty list; there an
 * empty answer proves nothing, neither that a board exists nor that its postings are gone.
 */
import { randomBytes } from 'node:crypto';
import { FetchError } from '../../shared/errors.ts';
import type { Fetch } from '../http/fetch.ts';
import type { Board, Connector, ReadSettings } from '../sources/source.ts';

/**
 * - `tells apart`: a surely absent board is refused, or answered in a shape that no board has.
 * - `cannot tell`: it is answered as a board in health is.
 * - `no answer`: the source cannot be asked now; nothing was learnt.
 */
export type Absence = 'tells apart' | 'cannot tell' | 'no answer';

export interface AbsentProbe {
  readonly answer: Absence;
  /** What the source said to the absent name, as one sentence. */
  readonly says: string;
  /** Postings that it listed for the absent name; left out where it did not answer like a board. */
  readonly listed?: number;
}

/** Failures that say something about now, and nothing about the name that was asked for. */
const SAYS_NOTHING: readonly FetchError['type'][] = ['auth', 'rate_limited', 'http_5xx', 'timeout', 'network'];

/**
 * Asks for the first page of a board whose name was drawn by lot a moment ago. Costs one request, and the retries of the door
 * where the source does not answer.
 * @param board one that is known or supposed to exist, in the same region; of a careers page its host is asked for another path
 * @throws what is no failure of the source: the signal's reason, or a fault of the connector
 */
export async function probeAbsent(
  connector: Connector,
  settings: ReadSettings,
  fetch: Fetch,
  board: Pick<Board, 'token' | 'region'> = { token: '', region: '' },
): Promise<AbsentProbe> {
  const absent: Board = { token: absentToken(connector, board), company: null, region: board.region };
  const pages = connector.read(absent, { ...settings, pagesMax: 1, concurrency: 1 }, fetch);
  try {
    const first = await pages.next();
    const rows = first.done === true ? 0 : first.value.items.length + first.value.invalid.length;
    const told = rows === 0 ? 'an empty list' : `${rows} postings`;
    return {
      answer: 'cannot tell',
      says: `the surely absent name ${JSON.stringify(absent.token)} gets ${told}`,
      listed: rows,
    };
  } catch (error) {
    if (!(error instanceof FetchError)) throw error;
    const isNow = SAYS_NOTHING.includes(error.type) && !isNameUnknown(error);
    return { answer: isNow ? 'no answer' : 'tells apart', says: error.message };
  } finally {
    await pages.return({ complete: false, problems: [] }).catch(() => undefined);
  }
}

/** Where each employer has a host, one that is not there may have no address either. */
export function isNameUnknown(error: unknown): boolean {
  return error instanceof FetchError && (error.cause as { code?: unknown } | undefined)?.code === 'ENOTFOUND';
}

/** 64 random bits: nobody has that name, and nobody remembers the answer to it. */
function absentToken({ name }: Connector, { token }: Pick<Board, 'token'>): string {
  const random = `zz${randomBytes(8).toString('hex')}`;
  if (name !== 'jsonld') return random;
  const [host] = token.replace(/^https:\/\//i, '').split(/[/?]/, 1);
  return `${host}/${random}`;
}
