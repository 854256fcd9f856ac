/** What is wrong with a query although Prometheus takes it: names that do not exist, and numbers that mean something else. */
import type { SyntaxNode } from '@lezer/common';
import { nodesOf, type Selector, secondsOf, selectorsOf, syntaxErrors, textOf } from './promql.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface LintOptions {
  /** A dashboard asks by the step that it draws; a rule's shortest range is known. */
  readonly shortRanges?: boolean;
}

/** Labels that Prometheus gives to a target, and those of its own metrics. */
const OF_TARGETS = ['job', 'instance', 'app', 'environment', 'monitor'];
const FOR_COUNTERS = ['rate', 'irate', 'increase', 'resets'];
/** What a gauge's change must be asked with instead. */
const FOR_GAUGES = ['delta', 'deriv'];
/** Two scrapes are the least that a rate needs; with one missed, four. */
const RANGE_SECONDS_MIN = 60;

/** @returns one sentence for each fault */
export function lint(expr: string, words: Vocabulary, { shortRanges = false }: LintOptions = {}): string[] {
  const errors = syntaxErrors(expr);
  if (errors.length > 0) return errors;
  const faults = selectorsOf(expr).flatMap((selector) => [...selectorFaults(selector, words)]);
  for (const node of nodesOf(expr)) {
    if (node.name === 'FunctionCall') faults.push(...quantileFaults(expr, node));
    if (node.name === 'BinaryExpr') faults.push(...divisionFaults(expr, node, words));
    if (node.name === 'MatrixSelector' && !shortRanges) faults.push(...rangeFaults(expr, node));
  }
  return [...new Set(faults)];
}

function* selectorFaults(selector: Selector, words: Vocabulary): Generator<string> {
  const { name, matchers, isRange, inFunction } = selector;
  // Asked for by a pattern of its name.
  if (name === '' && matchers.some(({ label }) => label === '__name__')) return;
  const metric = words.metric(name);
  if (metric === undefined) {
    yield `unknown metric ${name}`;
    return;
  }
  for (const { label, op, value } of matchers) {
    if (metric.labels !== undefined && !metric.labels.includes(label) && !OF_TARGETS.includes(label)) {
      yield `${name} has no label ${label}`;
    } else {
      const known = metric.values?.[label];
      for (const one of known === undefined ? [] : plainValues(op, value))
        if (!known?.includes(one)) yield `${name} never has ${label}="${one}"`;
    }
  }
  if (metric.ours && !matchers.some(({ label }) => label === 'job')) yield `${name}: no job matcher`;
  if (isRange && metric.kind === 'gauge' && FOR_COUNTERS.includes(inFunction)) yield `${inFunction}() on gauge ${name}`;
  if (isRange && metric.kind === 'counter' && FOR_GAUGES.includes(inFunction))
    yield `${inFunction}() on counter ${name}`;
  if (
    metric.kind === 'counter' &&
    !(isRange && [...FOR_COUNTERS, ...FOR_GAUGES].includes(inFunction)) &&
    !isAskedFor(inFunction)
  )
    yield `counter ${name} without rate() or increase()`;
}

/** Whether it is there at all is a fair question about a counter. */
const isAskedFor = (name: string) =>
  ['absent', 'absent_over_time', 'count', 'timestamp', 'present_over_time'].includes(name);

/** Values that a matcher names one by one; nothing where it is a pattern, a variable of a dashboard, or everything. */
function plainValues(op: string, value: string): string[] {
  if (value === '' || value.includes('$')) return [];
  if (op === '=' || op === '!=') return [value];
  const parts = value.split('|');
  return parts.every((part) => /^[\w -]+$/.test(part)) ? parts : [];
}

function* quantileFaults(expr: string, call: SyntaxNode): Generator<string> {
  const name = call.getChild('FunctionIdentifier');
  if (name === null || textOf(expr, name) !== 'histogram_quantile') return;
  if (
    !/\b(sum|max|avg)\s*(by|without)?/.test(textOf(expr, call)) ||
    !/\bby\s*\([^)]*\ble\b[^)]*\)/.test(textOf(expr, call))
  )
    yield 'histogram_quantile without sum by (le): one result for each series, and none over all';
}

function* divisionFaults(expr: string, node: SyntaxNode, words: Vocabulary): Generator<string> {
  if (node.getChild('Div') === null || node.lastChild === null) return;
  const divisor = textOf(expr, node.lastChild);
  if (selectorsOf(divisor).length === 0) return;
  // More than nothing: by its own comparison, or by what it is.
  const isGuarded = /(>\s*0(\.\d+)?|>=\s*[1-9]\d*|!=\s*0)\s*\)*$/.test(divisor.trim());
  const isNeverZero = selectorsOf(divisor).every(({ name }) => words.metric(name)?.neverZero === true);
  if (!isGuarded && !isNeverZero) yield `division by "${divisor.slice(0, 60)}", which may be 0: write / (... > 0)`;
}

function* rangeFaults(expr: string, node: SyntaxNode): Generator<string> {
  const duration = node.getChild('DurationExpr');
  const text = duration === null ? '' : textOf(expr, duration);
  if (/^\d/.test(text) && secondsOf(text) < RANGE_SECONDS_MIN) yield `the range ${text} is less than four scrapes`;
}
