/** What a board's history becomes with one more read. Pure. */
import { FIELDS, type Field, FOUND_MAX, type ReadHistory } from '../../shared/db/source-health/read-history.ts';
import type { ReadSeen, Verdict } from './judge-read.ts';

/** Reads that follow each other faster would push days of health out of the history. */
const ENTRY_MS = 3_600_000;
/** So many entries come as fast as they can, so that a new board is soon known. */
const SOON = 8;
/** Postings after which old ones count half as much as before. */
const MAPPED_MAX = 200;
/** Weight of the newest read in the usual share of broken items and the usual bytes. */
const NEWEST = 0.2;

/**
 * A read in doubt leaves what is usual as it was and is counted; one that was believed begins anew.
 * @param now Unix milliseconds
 * @param isAlias it listed exactly what another board lists
 */
export function nextHistory(
  history: ReadHistory,
  read: ReadSeen,
  verdict: Verdict,
  now: number,
  isAlias = false,
): ReadHistory {
  const moved = read.newest !== null && read.newest > (history.newest ?? Number.NEGATIVE_INFINITY);
  const newest = moved ? { newest: read.newest, movedAt: now } : {};
  if (verdict.verdict === 'suspect') return { ...history, ...newest, doubt: doubtOf(history, read, verdict, now) };
  const share = read.broken / Math.max(1, read.found);
  const each = read.bytes > 0 && read.found > 0 ? read.bytes / read.found : null;
  const usual = {
    broken: verdict.about === 'broken' || history.at === 0 ? share : mean(history.broken, share),
    bytes: each === null || verdict.about === 'bytes' ? (each ?? history.bytes) : mean(history.bytes ?? each, each),
  };
  return {
    ...history,
    ...newest,
    ...usual,
    ...foundOf(history, read, verdict, now),
    ...fieldsOf(history, read, verdict),
    type: read.type ?? history.type,
    alias: history.alias || isAlias,
    doubt: null,
  };
}

function doubtOf({ doubt }: ReadHistory, read: ReadSeen, { about = 'few' }: Verdict, now: number) {
  const before = doubt?.about === about ? doubt : undefined;
  return { about, found: read.found, reads: (before?.reads ?? 0) + 1, since: before?.since ?? now };
}

function foundOf({ found, at }: ReadHistory, read: ReadSeen, { about, believed }: Verdict, now: number) {
  if (believed === true && (about === 'none' || about === 'few' || about === 'many'))
    return { found: [read.found], at: now };
  const replaces = found.length >= SOON && now - at < ENTRY_MS;
  const kept = replaces ? found.slice(0, -1) : found;
  return { found: [...kept, read.found].slice(-FOUND_MAX), at: replaces ? at : now };
}

function fieldsOf(history: ReadHistory, read: ReadSeen, { about }: Verdict) {
  if (read.mapped === 0) return {};
  const before = about === 'fields' ? 0 : history.mapped;
  const mapped = before + read.mapped;
  const share = (field: Field) => (history.fields[field] * before + read.fields[field]) / mapped;
  const fields = Object.fromEntries(FIELDS.map((field) => [field, rounded(share(field))])) as Record<Field, number>;
  return { fields, mapped: Math.min(mapped, MAPPED_MAX) };
}

const mean = (before: number, now: number) => rounded(before * (1 - NEWEST) + now * NEWEST);

/** Four digits are more than anything here means, and keep the row small. */
const rounded = (value: number) => Number(value.toPrecision(4));
