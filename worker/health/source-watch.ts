/**
 * What this process saw of a source across its boards. One board that lists nothing is the employer's affair; three at once are
 * the source's. Bounded, and lost with the process: the rows remember what lasts.
 */
import type { Absence } from '../../shared/db/source-health/absence.ts';
import type { SourceName } from '../../shared/sources.ts';

export interface SourceWatch {
  /** The board listed so much less than in health, or it did not; undefined: nothing can be said of it. */
  note(source: SourceName, board: string, dropped: boolean | undefined): void;
  /** Many of the boards that were read last listed much less than in health. */
  isInDoubt(source: SourceName): boolean;
  /** Another board of the source that listed exactly this, if there is one. */
  twin(source: SourceName, board: string, print: string | undefined): string | undefined;
  /** What the source said of a surely absent board not long ago; otherwise asks it. Undefined: it did not say. */
  absence(source: SourceName, now: number, ask: () => Promise<Absence | undefined>): Promise<Absence | undefined>;
}

/** Boards of one source that are looked back at. */
const RECENT_MAX = 20;
const DROPPED_MIN = 3;
const DROPPED_SHARE = 0.5;
/** How long an answer to the question for an absent board holds. */
const ABSENCE_MS = 6 * 3_600_000;
/** Boards whose last list is remembered; some 100 bytes each. */
const PRINTS_MAX = 20_000;

export function createSourceWatch(): SourceWatch {
  const recent = new Map<SourceName, Map<string, boolean>>();
  const boards = new Map<string, string>();
  const prints = new Map<string, string>();
  const absences = new Map<SourceName, { readonly at: number; readonly absence: Absence }>();

  return {
    note(source, board, dropped) {
      const own = recent.get(source) ?? new Map<string, boolean>();
      recent.set(source, own);
      own.delete(board);
      if (dropped !== undefined) own.set(board, dropped);
      dropOldest(own, RECENT_MAX);
    },
    isInDoubt(source) {
      const outcomes = [...(recent.get(source)?.values() ?? [])];
      const dropped = outcomes.filter(Boolean).length;
      return dropped >= DROPPED_MIN && dropped >= outcomes.length * DROPPED_SHARE;
    },
    twin(source, board, print) {
      const name = `${source}/${board}`;
      const before = boards.get(name);
      if (before !== undefined && prints.get(before) === name) prints.delete(before);
      boards.delete(name);
      if (print === undefined) return undefined;
      const mark = `${source} ${print}`;
      const other = prints.get(mark);
      boards.set(name, mark);
      if (other === undefined) prints.set(mark, name);
      dropOldest(boards, PRINTS_MAX);
      dropOldest(prints, PRINTS_MAX);
      return other;
    },
    async absence(source, now, ask) {
      const known = absences.get(source);
      if (known !== undefined && now - known.at < ABSENCE_MS) return known.absence;
      const absence = await ask();
      if (absence !== undefined) absences.set(source, { at: now, absence });
      return absence;
    },
  };
}

function dropOldest(map: Map<string, unknown>, max: number): void {
  if (map.size <= max) return;
  // A map keeps its order: the first one is the oldest.
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
