/** `npm run evaluate -- KIND FILE`: how often a rule of the product is right on labelled rows, and where it is wrong. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parsed, runCommand, UsageError } from './command.ts';
import { evaluate, type Result } from './evaluate/evaluate.ts';
import { merge } from './evaluate/merge.ts';
import { pay } from './evaluate/pay.ts';
import { placeKind } from './evaluate/place.ts';
import { relevance } from './evaluate/relevance.ts';
import { HALVES, linesOf } from './evaluate/split.ts';
import { printable, table } from './terminal.ts';

/** What can be evaluated. A new kind is an entry here and a file in `evaluate/`. */
const KINDS: Readonly<Record<string, { readonly about: string; readonly run: (lines: string) => Result }>> = {
  relevance: { about: relevance.about, run: (lines) => evaluate('relevance', relevance, lines) },
  pay: { about: pay.about, run: (lines) => evaluate('pay', pay, lines) },
  place: { about: placeKind.about, run: (lines) => evaluate('place', placeKind, lines) },
  merge: { about: merge.about, run: (lines) => evaluate('merge', merge, lines) },
};

/** Wrong rows that the table shows; `--json` has them all. */
const SHOWN_MAX = 50;

const USAGE = `Usage: npm run evaluate -- KIND FILE [--halves] [--json]

${Object.entries(KINDS)
  .map(([name, kind]) => `  ${name.padEnd(10)} ${kind.about}`)
  .join('\n')}

  FILE       one JSON object a line
  --halves   count the half that rules are tuned on and the hold-out apart; a row's own words decide where it belongs
  --json     print one JSON object {kind, rows, right, precision, recall, confidently_wrong, wrong, halves}; with --halves\n             one such object for each half`;

await runCommand(USAGE, async (args) => {
  const { values, positionals } = parsed(() =>
    parseArgs({
      args,
      allowPositionals: true,
      options: { json: { type: 'boolean', default: false }, halves: { type: 'boolean', default: false } },
    }),
  );
  const [name, file, ...more] = positionals;
  if (name === undefined || file === undefined || more.length > 0) throw new UsageError('Name one kind and one file.');
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (kind === undefined) {
    throw new UsageError(`There is no kind "${name}". There are: ${Object.keys(KINDS).join(', ')}`);
  }
  const lines = readLines(file);
  if (values.halves) {
    const halves = HALVES.map((half) => [half, kind.run(linesOf(half, lines))] as const);
    process.stdout.write(values.json ? `${JSON.stringify(Object.fromEntries(halves))}\n` : sideBySide(halves));
    return 0;
  }
  const result = kind.run(lines);
  process.stdout.write(
    values.json ? `${JSON.stringify({ ...result, halves: countsOf(kind.run, lines) })}\n` : words(result),
  );
  return 0;
});

/** Counts of both halves; the wrong rows of the whole file are told beside them. */
function countsOf(run: (lines: string) => Result, lines: string): Record<string, Omit<Result, 'kind' | 'wrong'>> {
  return Object.fromEntries(
    HALVES.map((half) => {
      const { kind: _kind, wrong: _wrong, ...counts } = run(linesOf(half, lines));
      return [half, counts];
    }),
  );
}

function readLines(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Wrong rows of the tuned half only: whoever reads the hold-out's can no longer hold it out. */
function sideBySide(halves: readonly (readonly [string, Result])[]): string {
  const cell = (value: number | null) => (value === null ? '-' : value.toFixed(3));
  const rows = halves.map(([half, { rows, right, precision, recall, confidently_wrong: wrong }]) => [
    half,
    String(rows),
    String(right),
    cell(rows === 0 ? null : right / rows),
    cell(precision),
    cell(recall),
    String(wrong),
  ]);
  const tuned = halves.find(([half]) => half === 'tune')?.[1];
  const head = ['HALF', 'ROWS', 'RIGHT', 'SHARE', 'PRECISION', 'RECALL', 'CONFIDENTLY WRONG'];
  return `${table([head, ...rows])}\n${tuned === undefined ? '' : wrongRows(tuned)}`;
}

function words(result: Result): string {
  const { rows, right, precision, recall, confidently_wrong: confidentlyWrong } = result;
  const share = (value: number | null) => (value === null ? 'no such rows' : value.toFixed(3));
  const head = `${right} of ${rows} right, precision ${share(precision)}, recall ${share(recall)}, ${confidentlyWrong} confidently wrong\n`;
  return `${head}${wrongRows(result)}`;
}

function wrongRows({ wrong }: Result): string {
  if (wrong.length === 0) return '';
  const lines = wrong.slice(0, SHOWN_MAX).map(({ id, expected, got, why }) => [id, expected, got, printable(why)]);
  const hidden = wrong.length > SHOWN_MAX ? `\n... and ${wrong.length - SHOWN_MAX} more (--json has them all)` : '';
  return `${table([['ID', 'EXPECTED', 'GOT', 'WHY'], ...lines])}${hidden}\n`;
}
