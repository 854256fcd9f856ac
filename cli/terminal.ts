/** Live progress and tables for people at a terminal; plain lines where nobody watches. */
import { stripVTControlCharacters } from 'node:util';

export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface Progress {
  /** Shows the newest line. On a terminal it replaces the one before. */
  show(line: string): void;
  /** Leaves the last line where it is. */
  end(): void;
}

/** Without a terminal, a line this soon after another one is not worth reading. */
const PLAIN_EVERY_MS = 5000;
const COLUMNS_DEFAULT = 80;
const BAR_LENGTH = 20;

/** @param now for tests; milliseconds that only grow */
export function startProgress(screen: Screen, now = () => performance.now()): Progress {
  let shown = '';
  let shownAt = Number.NEGATIVE_INFINITY;
  let latest = '';
  const plain = (line: string) => {
    shown = line;
    shownAt = now();
    screen.write(`${line}\n`);
  };
  return {
    show: (line) => {
      latest = line;
      if (line === shown) return;
      if (screen.isTTY === true) {
        shown = line;
        screen.write(`\r\x1b[2K${clip(line, (screen.columns ?? COLUMNS_DEFAULT) - 1)}`);
      } else if (now() - shownAt >= PLAIN_EVERY_MS) plain(line);
    },
    end: () => {
      if (screen.isTTY === true) {
        if (shown !== '') screen.write('\n');
      } else if (latest !== shown) plain(latest);
    },
  };
}

/** `[#####---------------] 5/20` */
export function bar(done: number, total: number): string {
  const filled = total === 0 ? 0 : Math.floor((Math.min(done, total) / total) * BAR_LENGTH);
  return `[${'#'.repeat(filled)}${'-'.repeat(BAR_LENGTH - filled)}] ${done}/${total}`;
}

/** Columns as wide as their widest cell; numbers to the right. The first row is the head. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => text(row[column]).length)));
  const numeric = widths.map((_, column) => rows.slice(1).every((row) => typeof row[column] === 'number'));
  const cell = (value: string | number | undefined, column: number) =>
    numeric[column] ? text(value).padStart(widths[column] ?? 0) : text(value).padEnd(widths[column] ?? 0);
  return rows.map((row) => `${row.map(cell).join('  ').trimEnd()}\n`).join('');
}

/** Words from outside (an error's text) may hold control characters that would move the cursor. */
export function printable(words: string): string {
  return stripVTControlCharacters(words).replace(/\p{Cc}+/gu, ' ');
}

function text(value: string | number | undefined): string {
  return typeof value === 'number' ? value.toLocaleString('en') : (value ?? '');
}

function clip(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
