/** A ledger as the text that Prometheus reads, in either of its two formats. The sample lines are the same; heads and exemplars differ. */

import { exemplarText } from './exemplars.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerFamily } from './ledger-families.ts';
import type { Lines } from './lines.ts';

export type Format = 'text' | 'openmetrics';

export const CONTENT_TYPE: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** Where a page is written to: memory of an earlier one, or new memory. Either is the caller's, who may give it to another thread. */
export type TakeMemory = (bytes: number) => Buffer;

/** Call `ledger.refresh()` before. */
export function render(ledger: Ledger, format: Format, take: TakeMemory = Buffer.allocUnsafeSlow): Buffer {
  const isOpen = format === 'openmetrics';
  const parts: Buffer[] = [];
  for (const family of ledger.families.values()) {
    if (family.series.size === 0 || family.lines === undefined) continue;
    family.heads[format] ??= Buffer.from(head(family, ledger, format));
    parts.push(family.heads[format]);
    if (isOpen && canHaveExemplars(family)) parts.push(withExemplars(family, family.lines));
    else family.lines.addTo(parts);
  }
  if (isOpen) parts.push(END);
  let size = 0;
  for (const part of parts) size += part.length;
  const page = take(size);
  let end = 0;
  for (const part of parts) {
    page.set(part, end);
    end += part.length;
  }
  return page;
}

const END = Buffer.from('# EOF\n');

function head(family: LedgerFamily, ledger: Ledger, format: Format): string {
  const { name, help, type } = family;
  const text = help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
  if (format === 'text') return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n`;
  // OpenMetrics wants the name of a counter without _total. One that has no _total keeps its name, and so its series, as type `unknown`.
  const base = name.endsWith('_total') ? name.slice(0, -'_total'.length) : '';
  const isCounter = type === 'counter' && base !== '' && !ledger.families.has(base);
  const [shownName, shownType] = isCounter ? [base, type] : [name, type === 'counter' ? 'unknown' : type];
  return `# HELP ${shownName} ${text.replace(/"/g, '\\"')}\n# TYPE ${shownName} ${shownType}\n`;
}

function canHaveExemplars(family: LedgerFamily): boolean {
  if (!family.hasExemplars) return false;
  return family.type === 'counter' ? family.name.endsWith('_total') : family.type === 'histogram';
}

function withExemplars(family: LedgerFamily, lines: Lines): Buffer {
  const exemplars = new Map<number, string>();
  for (const series of family.series.values()) {
    for (const [row, exemplar] of series.exemplars ?? []) {
      const line = family.lineOf(series, row);
      if (line !== undefined) exemplars.set(series.firstLine + line, exemplarText(exemplar));
    }
  }
  let number = 0;
  let text = '';
  for (const line of lines.texts()) text += `${line.toString()}${exemplars.get(number++) ?? ''}\n`;
  return Buffer.from(text);
}
