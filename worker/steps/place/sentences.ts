/** Sentences of a long text around the few words that matter: everything else is never looked at. */

/** A sentence longer than this is looked at around the word only. */
const REACH = 220;

/** Where a sentence begins and ends. */
export interface Span {
  readonly from: number;
  readonly end: number;
}

/** @param at where the word stands */
export function sentenceAround(text: string, at: number): Span {
  return { from: startOf(text, at), end: endOf(text, at) };
}

function startOf(text: string, at: number): number {
  const least = Math.max(0, at - REACH);
  for (let i = at - 1; i >= least; i--) if (isEnd(text, i)) return i + 1;
  return least;
}

function endOf(text: string, at: number): number {
  const most = Math.min(text.length, at + REACH);
  for (let i = at; i < most; i++) if (isEnd(text, i)) return i;
  return most;
}

/** A line break, or a mark with a blank behind it that closes no abbreviation of one letter ("U.S. time"). */
function isEnd(text: string, i: number): boolean {
  const code = text.charCodeAt(i);
  if (code === 10 || code === 0x2022) return true;
  if (code !== 46 && code !== 33 && code !== 63 && code !== 59) return false;
  if (i + 1 < text.length && !isBlank(text.charCodeAt(i + 1))) return false;
  return code !== 46 || text.charCodeAt(i - 2) !== 46;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 0xa0;
}
