/** Before a unit begins: its turn at the source, or when it shall come again, or why it ends without a request. */

import type { Database } from '../shared/db/database.ts';
import type { OpenUnit, UnitEnd } from '../shared/db/scans/units.ts';
import { noteQuota } from '../shared/db/scans/wait-views.ts';
import { parkUnit } from '../shared/db/scans/waits.ts';
import { sourceInfo } from '../shared/sources.ts';
import { needsOf, type Turn, type Turns } from './http/turn.ts';
import { causeOf, endOfWaiting, sentenceOf, type Wait } from './http/wait.ts';
import type { ReadSettings } from './sources/source.ts';

/** @returns undefined where no turn is needed: nothing will be asked */
export async function takeTurn(
  turns: Turns | undefined,
  unit: OpenUnit,
  settings: ReadSettings,
  signal: AbortSignal,
): Promise<Turn | Wait | 'interrupted' | undefined> {
  if (turns === undefined || sourceInfo(unit.source).keys.some((key) => !settings.keys[key])) return undefined;
  const beginning = {
    source: unit.source,
    host: hostOf(settings.baseUrl, unit.token),
    waited: unit.waitedMs !== null,
    ...needsOf(unit.source, settings.queries.length),
    signal,
  };
  return turns.begin(beginning).catch((error: unknown) => {
    if (signal.aborted) return 'interrupted';
    throw error;
  });
}

export function isWait(turn: Turn | Wait | undefined): turn is Wait {
  return turn !== undefined && 'why' in turn;
}

/** Parks the unit. @returns its end when it shall not wait, or cannot */
export async function waitOrEnd(
  db: Database,
  unit: OpenUnit,
  wait: Wait,
): Promise<UnitEnd | { againInMs: number } | 'ended'> {
  const end = endOfWaiting(wait, unit.waitedMs ?? 0);
  if (end?.state === 'out_of_quota') await noteQuota(db, unit.source, { says: causeOf(wait), ms: wait.waitMs });
  if (end !== undefined) return { ...end, notAsked: { againInMs: wait.waitMs } };
  const ms = Math.ceil(wait.waitMs ?? 0);
  const parked = await parkUnit(db, unit, { ms, why: wait.why, says: sentenceOf(wait) });
  if (parked === 'cancelled') return { state: 'cancelled' };
  return parked === 'ended' ? 'ended' : { againInMs: ms };
}

/** `URL.host` of a board that has a host of its own. What is no address fails later, and says so. */
export function hostOf(baseUrl: string, token: string): string {
  if (!baseUrl.includes('{token}')) return '';
  return URL.parse(baseUrl.replace('{token}', () => token.replace(/^https:\/\//i, '')))?.host ?? '';
}
