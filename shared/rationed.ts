/** For lines of the log that strangers can have written as often as they like: so many of a kind in a minute, then how many more there were. */
import type { Log } from './log.ts';

type Fields = Readonly<Record<string, unknown>>;
type Level = 'info' | 'warn';

const MINUTE_MS = 60_000;
/** Enough to see what happens and from where; the rest is a number. */
const LINES = 60;
/** Kinds are few and ours; were one made of a request by mistake, this is all that it could fill. */
const KINDS_MAX = 100;

export interface RationedLog {
  /** Writes the line, or counts it. The first line of the next minute says how many of its kind were left out before. */
  write(kind: string, level: Level, fields: Fields): void;
}

/** @param now milliseconds of a clock that never goes back */
export function rationedLog(log: Pick<Log, Level>, lines = LINES, now = () => performance.now()): RationedLog {
  const kinds = new Map<string, { since: number; count: number }>();
  return {
    write: (kind, level, fields) => {
      const known = kinds.get(kind);
      if (known !== undefined && now() - known.since < MINUTE_MS) {
        known.count += 1;
        if (known.count <= lines) log[level](fields);
        return;
      }
      const leftOut = Math.max(0, (known?.count ?? 0) - lines);
      if (known === undefined && kinds.size >= KINDS_MAX) kinds.clear();
      kinds.set(kind, { since: now(), count: 1 });
      log[level](leftOut === 0 ? fields : { ...fields, leftOutBefore: leftOut });
    },
  };
}
