/** Labels as flat lists `name, value, name, value` in the order of their names: their key, and their text in an exposition. */
import { MAX_LABEL_LENGTH } from './definitions.ts';

/**
 * The labels of one series, canonical: text values, well-formed, cut to MAX_LABEL_LENGTH, sorted by name. A label without a value (undefined or
 * empty) is left out, because to Prometheus `{a=""}` is `{}`. A label of the metric wins over a default label of its registry.
 */
export function canonicalLabels(
  labels: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>>,
): string[] {
  const list: string[] = [];
  for (const name of Object.keys({ ...defaults, ...labels }).sort()) {
    const value = textOf(ownOf(labels, name)) || textOf(ownOf(defaults, name));
    if (value !== '') list.push(name, value);
  }
  return list;
}

/** Every object has a `constructor`; as a label it may be nobody's. */
function ownOf(labels: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
}

function textOf(value: unknown): string {
  if (value === undefined) return '';
  const text = String(value).toWellFormed();
  return text.length > MAX_LABEL_LENGTH ? text.slice(0, MAX_LABEL_LENGTH).toWellFormed() : text;
}

/** With one more label, in its place. One of that name becomes `exported_…`, as Prometheus does it when it scrapes. */
export function withLabel(labels: readonly string[], name: string, value: string): string[] {
  let at = 0;
  while (at < labels.length && (labels[at] as string) < name) at += 2;
  if (labels[at] !== name) return [...labels.slice(0, at), name, value, ...labels.slice(at)];
  let free = `exported_${name}`;
  while (labels.some((text, i) => i % 2 === 0 && text === free)) free = `exported_${free}`;
  const others = [...labels.slice(0, at), ...labels.slice(at + 2)];
  return withLabel(withLabel(others, free, labels[at + 1] as string), name, value);
}

/** Equal exactly when the labels are equal: lengths stand before the texts, so no separator can be forged. */
export function labelsKey(labels: readonly string[]): string {
  let key = '';
  for (const text of labels) key += `${text.length}:${text}`;
  return key;
}

/** `a="x",b="y"`, escaped as both exposition formats ask. */
export function labelsText(labels: readonly string[]): string {
  let text = '';
  for (let i = 0; i < labels.length; i += 2) {
    if (i > 0) text += ',';
    text += `${labels[i]}="${escaped(labels[i + 1] as string)}"`;
  }
  return text;
}

function escaped(value: string): string {
  return /[\\"\n]/.test(value) ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : value;
}
