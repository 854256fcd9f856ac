/** How much of an advert's work is IAM: a list of thirty tools names everything once, an IAM advert comes back to it. */
import type { Sections } from './sections.ts';

export interface Focus {
  /** Pieces of the text that name a term or a word of such work. */
  readonly named: number;
  /** All pieces that speak of the work. */
  readonly pieces: number;
}

/** Shorter pieces say nothing by themselves ("etc", "and"). */
const LETTERS_MIN = 3;
/** Pieces that are counted; longer texts repeat themselves. */
const PIECES_MAX = 2000;
const PIECE = /[^,.;:!?\n()]+/g;

/**
 * @param text in lower case @param places where terms stand in it, in its order
 * @param context words that such work is described with; alone they prove nothing
 */
export function focusOf(text: string, sections: Sections, places: readonly number[], context: RegExp): Focus {
  let named = 0;
  let pieces = 0;
  let next = 0;
  PIECE.lastIndex = 0;
  for (let match = PIECE.exec(text); match !== null && pieces < PIECES_MAX; match = PIECE.exec(text)) {
    const end = match.index + match[0].length;
    const from = next;
    while (next < places.length && (places[next] ?? 0) < end) next++;
    if (match[0].trim().length < LETTERS_MIN || sections.kindAt(match.index) !== 'work') continue;
    pieces++;
    if (next > from || context.test(match[0])) named++;
  }
  return { named, pieces };
}
