/** A scan in words and numbers, for the terminal. */
import type { ScanView } from '../shared/db/scans/read.ts';
import { bar, printable, table } from './terminal.ts';

/** One line while it runs. */
export function progressLine(scan: ScanView): string {
  const errors = scan.units.failed + scan.units.partial;
  const waiting = scan.sourceResults.flatMap(({ source, waits }) =>
    waits
      .filter(({ why }) => why !== 'pace' && why !== 'calls')
      .map(({ why, until }) => `${source} waits (${why}${untilWords(until)})`),
  );
  const since = scan.startedAt ?? scan.requestedAt;
  const seconds = Math.max(0, Math.round(((scan.finishedAt?.getTime() ?? Date.now()) - since.getTime()) / 1000));
  const counts = [
    `${number(scan.found)} found`,
    `${number(scan.kept)} kept`,
    `${number(scan.new)} new`,
    ...(errors > 0 ? [`${number(errors)} with errors`] : []),
    `${seconds} s`,
    ...waiting.slice(0, 2),
  ];
  return `${bar(scan.units.done, scan.units.total)} ${counts.join(', ')}`;
}

/** What came of it: one line for each source, then why it is no success. */
export function report(scan: ScanView): string {
  const head = [
    'source',
    'state',
    'units',
    'requests',
    'found',
    'kept',
    'new',
    'changed',
    'unchanged',
    'rejected',
    'errors',
    'seconds',
  ];
  const rows = scan.sourceResults.map((s) => [
    ...[s.source, s.state.replaceAll('_', ' '), s.units, s.requests, s.found, s.kept, s.new, s.changed, s.unchanged],
    ...[s.rejected, s.errors, Math.round(s.seconds * 10) / 10],
  ]);
  const faults = scan.sourceResults
    .filter((s) => s.error !== null)
    .map((s) => `  ${s.source}: ${printable(s.error ?? '')}${s.errors > 1 ? ` (and ${s.errors - 1} more)` : ''}\n`);
  return [
    table([head, ...rows]),
    ...(faults.length > 0 ? ['\n', ...faults] : []),
    `\nscan ${scan.id}: ${scan.state}${scan.reason === null ? '' : `. ${printable(scan.reason)}`}\n`,
  ].join('');
}

function untilWords(until: Date | null): string {
  return until === null ? '' : ` until ${until.toISOString().slice(11, 19)} UTC`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
