/** A folder of `--data`: loaded once, measured as often as one likes. A mark in it says that it is ours, and what it holds. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureDataDir } from '../../shared/data-dir.ts';

const MARK = 'bench-search.json';

interface State {
  readonly rows: number;
  readonly isLoaded: boolean;
}

export interface Kept {
  readonly isLoaded: boolean;
  /** To be said when everything is there. */
  setLoaded(): void;
}

/** @throws when the folder is another's, holds other jobs, or was left half loaded */
export function openKept(folder: string, rows: number): Kept {
  const mark = join(folder, MARK);
  const save = (state: State) => writeFileSync(mark, `${JSON.stringify(state)}\n`);
  if (existsSync(mark)) {
    check(folder, JSON.parse(readFileSync(mark, 'utf8')) as State, rows);
    return { isLoaded: true, setLoaded: () => undefined };
  }
  // It might be the folder of real data, and loading empties tables.
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Error(`${folder} is not empty and was not made by this benchmark: name another folder by --data`);
  }
  ensureDataDir(folder);
  save({ rows, isLoaded: false });
  return { isLoaded: false, setLoaded: () => save({ rows, isLoaded: true }) };
}

function check(folder: string, known: State, rows: number): void {
  if (!known.isLoaded) throw new Error(`${folder} was left half loaded: remove it, or name another folder by --data`);
  if (known.rows !== rows) {
    throw new Error(`${folder} has ${known.rows} jobs: ask for --rows ${known.rows}, or name another folder by --data`);
  }
}
