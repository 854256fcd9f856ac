/** How a site is asked for its permission: through the guarded door, in the unit's turn, and wherever it sends us (RFC 9309 2.3.1.2). */
import type { Agent } from 'undici';
import { transportError } from '../classify.ts';
import { type Answer, type exchange, isHealthy } from '../exchange.ts';
import type { FetchRequest } from '../fetch.ts';
import { tryInTurn } from '../in-turn.ts';
import { JSON_FORMAT } from '../json.ts';
import type { HttpLimits } from '../limits.ts';
import { RedirectError } from '../redirect.ts';
import type { Turn } from '../turn.ts';
import { type AskSite, reserved } from './permission.ts';
import { isReservedByHeader, isReservedByPage } from './tdm.ts';

/** A larger file is no list of rules that a person keeps; of this one its beginning is read. */
const BYTES_MAX = 5 * 1024 * 1024;
const HOSTS_MAX = 5;

export interface SiteDoor {
  readonly agent: Agent;
  readonly limits: HttpLimits;
  readonly userAgent: string;
  readonly exchange: typeof exchange;
}

export function siteAsker(door: SiteDoor, who: string, turn: Turn | undefined, signal: AbortSignal): AskSite {
  const { agent, userAgent, exchange } = door;
  const limits = { ...door.limits, bytesMax: BYTES_MAX };
  const headers = { accept: '*/*', 'accept-encoding': 'gzip, deflate, br', 'user-agent': userAgent };
  const askOnce = (url: URL) =>
    tryInTurn(
      turn,
      url.host,
      signal,
      () => {
        const deadline = AbortSignal.any([signal, AbortSignal.timeout(limits.wholeMs)]);
        return exchange(agent, { url, headers, body: undefined }, limits, deadline);
      },
      { isAside: true },
    );
  return async (url) => {
    let at = url;
    for (let hosts = 1; ; hosts++) {
      try {
        const { status, body } = await askOnce(at);
        return { status, text: body.toString('utf8') };
      } catch (error) {
        signal.throwIfAborted();
        const elsewhere = error instanceof RedirectError ? error.to : undefined;
        if (elsewhere?.protocol !== 'https:' || hosts === HOSTS_MAX) throw transportError(error, who) ?? error;
        at = elsewhere;
      }
    }
  };
}

/** @throws FetchError when the answer itself says that it is not to be mined */
export function refuseReserved<T>(answer: Answer, { url, format = JSON_FORMAT }: FetchRequest<T>, who: string): void {
  if (!isHealthy(answer.status)) return;
  const isReserved =
    isReservedByHeader(answer.headers) || isReservedByPage(format.text(answer.body, answer.headers['content-type']));
  if (isReserved) throw reserved(who, url);
}
