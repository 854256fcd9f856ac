/** Every process on its own, for diagnosis: `?by=process`. Not fast, and not for Prometheus: processes come and go. */
import { numberText } from './digits.ts';
import { labelsText, withLabel } from './labels.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerSeries } from './ledger-families.ts';
import type { Process } from './roster.ts';
import { OVERFLOW_LABEL } from './slot-book.ts';

/** In the text format; histograms as their count and sum. */
export function renderByProcess(processes: Iterable<Process>, ledger: Ledger): Buffer {
  const lines = new Map<string, string[]>();
  for (const process of processes) {
    if (process.link === undefined) continue;
    for (const { series, rows } of process.member.samples()) {
      const values = rows.map((row) => ledger.matrix.value(row, process.member.column));
      const { name } = series.family;
      const known = lines.get(name) ?? [];
      lines.set(name, known);
      const labels = withLabel(series.labels, 'role', process.role);
      // One series for each process has the name already.
      const isNamed = series.family.how === 'all' && !series.labels.includes(OVERFLOW_LABEL);
      known.push(...samples(series, values, isNamed ? labels : withLabel(labels, 'proc', process.member.name)));
    }
  }
  const families = [...lines].map(([name, samples]) => `# TYPE ${name} untyped\n${samples.join('\n')}\n`);
  return Buffer.from(families.join(''));
}

function samples(series: LedgerSeries, values: readonly number[], labels: readonly string[]): string[] {
  const text = labelsText(labels);
  const line = (suffix: string, value: number) => `${series.family.name}${suffix}{${text}} ${numberText(value)}`;
  if (series.family.type === 'summary') return [line('_sum', values[0] as number), line('_count', values[1] as number)];
  if (series.family.type !== 'histogram') return [line('', values[0] as number)];
  const counts = values.slice(0, -1);
  const count = series.family.isStacked ? (counts.at(-1) as number) : counts.reduce((sum, value) => sum + value, 0);
  return [line('_sum', values.at(-1) as number), line('_count', count)];
}
