/** Small changes of an alert, each of which some test must notice. */
import type { SyntaxNode } from '@lezer/common';
import { nodesOf, textOf } from './promql.ts';
import type { Rule } from './rules.ts';

export interface Mutant {
  /** What was changed, such as `> 5 turned`. Together with the alert's name and severity it names the mutant. */
  readonly change: string;
  readonly rule: Rule;
}

const COMPARISONS: Readonly<Record<string, string>> = { Gtr: '<', Gte: '<', Lss: '>', Lte: '>', Eql: '!=', Neq: '==' };
const SETS = ['And', 'Or', 'Unless'];

export function mutantsOf(rule: Rule): Mutant[] {
  const waits = rule.for === undefined || rule.for === '0s' ? [] : waitMutants(rule, rule.for);
  const seen = new Set([rule.expr]);
  const changed = [...exprMutants(rule.expr)].filter(({ expr }) => !seen.has(expr) && seen.add(expr));
  return [...waits, ...changed.map(({ change, expr }) => ({ change, rule: { ...rule, expr } }))];
}

function waitMutants(rule: Rule, wait: string): Mutant[] {
  const { for: _, ...without } = rule;
  const doubled = wait.replace(/\d+/, (count) => `${Number(count) * 2}`);
  return [
    { change: 'for dropped', rule: without },
    { change: 'for doubled', rule: { ...rule, for: doubled } },
  ];
}

interface Change {
  readonly change: string;
  readonly expr: string;
}

function* exprMutants(expr: string): Generator<Change> {
  const replace = ({ from, to }: SyntaxNode, by: string) => expr.slice(0, from) + by + expr.slice(to);
  for (const node of nodesOf(expr)) {
    if (node.name === 'BinaryExpr') {
      const parts = binary(node);
      if (parts === undefined) continue;
      const { left, operator, right } = parts;
      const turned = COMPARISONS[operator.name];
      if (turned !== undefined) {
        yield { change: `${short(expr, operator.from, right.to)} turned`, expr: replace(operator, turned) };
        const number = firstNumber(right);
        const value = number === undefined ? 0 : Number(textOf(expr, number));
        if (number !== undefined && value !== 0) {
          const about = short(expr, operator.from, right.to);
          yield { change: `${about} halved`, expr: replace(number, `${value / 2}`) };
          yield { change: `${about} doubled`, expr: replace(number, `${value * 2}`) };
        }
      }
      if (SETS.includes(operator.name)) {
        const word = operator.name.toLowerCase();
        yield {
          change: `"${word} ${short(expr, right.from, right.to)}" dropped`,
          expr: replace(node, textOf(expr, left)),
        };
        if (operator.name === 'Or')
          yield { change: `"${short(expr, left.from, left.to)} or" dropped`, expr: replace(node, textOf(expr, right)) };
      }
    }
    if (node.name === 'UnquotedLabelMatcher' && !/^(job|sloth_\w+)=/.test(textOf(expr, node)))
      yield { change: `{${textOf(expr, node)}} dropped`, expr: withoutMatcher(expr, node) };
  }
}

/** The operator stands between the two sides, perhaps with a modifier behind it. */
function binary(node: SyntaxNode) {
  const { firstChild: left, lastChild: right } = node;
  const operator = left?.nextSibling;
  return left && right && operator ? { left, operator, right } : undefined;
}

/** The number on the right of a comparison, also as a factor of something. */
function firstNumber(node: SyntaxNode): SyntaxNode | undefined {
  if (node.name === 'NumberDurationLiteral') return node;
  if (node.name !== 'BinaryExpr' && node.name !== 'ParenExpr') return undefined;
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    const found = firstNumber(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function withoutMatcher(expr: string, { from, to }: SyntaxNode): string {
  const before = expr.slice(0, from);
  const after = expr.slice(to);
  return /,\s*$/.test(before) ? before.replace(/,\s*$/, '') + after : before + after.replace(/^\s*,\s*/, '');
}

/** Enough of the text to find the place. */
function short(expr: string, from: number, to: number): string {
  const text = expr.slice(from, to).replaceAll(/\s+/g, ' ');
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
