import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface DocumentedMetric {
  readonly name: string;
  readonly kind: string;
  readonly labels: readonly string[];
  readonly unit: string;
  readonly aggregator: string;
  readonly question: string;
}

/** The rows of docs/metrics.md. */
export function documentedMetrics(): DocumentedMetric[] {
  const text = readFileSync(join(import.meta.dirname, '../../docs/metrics.md'), 'utf8');
  return [...text.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map((m) => {
    const [kind = '', labels = '', unit = '', aggregator = '', question = ''] = m[2]!.split(' | ');
    return { name: m[1]!, kind, labels: labels === 'none' ? [] : labels.split(', '), unit, aggregator, question };
  });
}
