/** Exemplars: the one observation behind a number, usually with the id of its trace. Shown only in OpenMetrics. */
import type { ClientExemplar } from './client-metrics.ts';
import { type ExemplarItem, isLabelList } from './definitions.ts';
import { canonicalLabels, labelsText } from './labels.ts';

/** Characters of all label names and values together (OpenMetrics 1.0, "Exemplars"). */
const MAX_CHARACTERS = 128;

/** Undefined when there is nothing to show: no labels, or more text than an exemplar may have. */
export function exemplarItem(slot: number, exemplar: ClientExemplar): ExemplarItem | undefined {
  const labels = canonicalLabels(exemplar.labelSet, {});
  if (labels.length === 0 || !fits(labels) || !Number.isFinite(exemplar.value)) return undefined;
  return [slot, labels, exemplar.value, exemplar.timestamp ?? 0];
}

/** The well-formed ones of a list that came from outside. */
export function* parseExemplars(value: unknown): Generator<ExemplarItem> {
  if (!Array.isArray(value)) return;
  for (const item of value) {
    if (!Array.isArray(item)) continue;
    const [slot, labels, number, seconds] = item;
    if (!Number.isInteger(slot) || !Number.isFinite(number) || !Number.isFinite(seconds)) continue;
    if (isLabelList(labels) && fits(labels)) yield [slot, labels, number, seconds];
  }
}

/** ` # {trace_id="4bf9"} 0.43 1700000000.5` */
export function exemplarText([, labels, value, seconds]: ExemplarItem): string {
  return ` # {${labelsText(labels)}} ${value}${seconds === 0 ? '' : ` ${seconds}`}`;
}

function fits(labels: readonly string[]): boolean {
  const names = labels.filter((_, i) => i % 2 === 0);
  return names.every((name) => /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) && [...labels.join('')].length <= MAX_CHARACTERS;
}
