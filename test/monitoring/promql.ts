/** PromQL as a tree, with the parser of Prometheus' own editor. */
import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface Selector {
  readonly name: string;
  readonly matchers: readonly Matcher[];
  /** The selector is a range: `x[5m]`, not `x`. */
  readonly isRange: boolean;
  /** The innermost function around it, in lower case: `rate`. */
  readonly inFunction: string;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

const DURATION = 'NumberDurationLiteralInDurationContext';

export function* nodesOf(expr: string): Generator<SyntaxNode> {
  const nodes: SyntaxNode[] = [];
  parser.parse(expr).iterate({ enter: (ref) => void nodes.push(ref.node) });
  yield* nodes;
}

export function textOf(expr: string, node: Span): string {
  return expr.slice(node.from, node.to);
}

export function syntaxErrors(expr: string): string[] {
  return [...nodesOf(expr)]
    .filter((node) => node.type.isError)
    .map(({ from, to }) => `syntax error near "${expr.slice(Math.max(0, from - 20), to + 20)}"`);
}

export function selectorsOf(expr: string): Selector[] {
  return [...nodesOf(expr)].filter((node) => node.name === 'VectorSelector').map((node) => selectorOf(expr, node));
}

/** Names of all metrics that the expression reads. */
export function namesIn(expr: string): Set<string> {
  return new Set(selectorsOf(expr).map(({ name }) => name));
}

/** Where durations are: ranges, steps of subqueries, offsets. */
export function durationsIn(expr: string): Span[] {
  return [...nodesOf(expr)].filter((node) => node.name === DURATION).map(({ from, to }) => ({ from, to }));
}

export function secondsOf(duration: string): number {
  const units: Readonly<Record<string, number>> = {
    ms: 0.001,
    s: 1,
    m: 60,
    h: 3600,
    d: 86_400,
    w: 604_800,
    y: 31_536_000,
  };
  return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
    0,
  );
}

function selectorOf(expr: string, node: SyntaxNode): Selector {
  const identifier = node.getChild('Identifier');
  const list = node.getChild('LabelMatchers');
  const matchers = [...(list?.getChildren('UnquotedLabelMatcher') ?? [])].map((matcher) => {
    const part = (name: string) => {
      const child = matcher.getChild(name);
      return child === null ? '' : textOf(expr, child);
    };
    return {
      label: part('LabelName'),
      op: part('MatchOp') as Matcher['op'],
      value: part('StringLiteral').slice(1, -1),
    };
  });
  let isRange = false;
  let around = node.parent;
  while (around !== null && around.name !== 'FunctionCall') {
    if (around.name === 'MatrixSelector') isRange = true;
    around = around.parent;
  }
  const name = around?.getChild('FunctionIdentifier');
  return {
    name: identifier === null ? '' : textOf(expr, identifier),
    matchers,
    isRange,
    inFunction: name ? textOf(expr, name).toLowerCase() : '',
  };
}
