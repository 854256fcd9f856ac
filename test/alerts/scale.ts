/** The real rules on a faster clock: an hour becomes seconds. Durations are found by the PromQL parser, not by a pattern. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { durationsIn, secondsOf } from '../monitoring/promql.ts';
import { type Group, RULES, type Rule, readRuleFiles } from '../monitoring/rules.ts';

/** A minute is a second. */
export const FASTER = 60;
/** Four scrapes of two seconds: less would make rates of nothing on a busy machine. */
const RANGE_MIN_S = 8;
/** Windows of up to an hour are no longer than this, or each alert would take a minute to be over. */
const RANGE_MAX_S = 20;
const HOUR_S = 3600;
/** A page that comes late once is no fault. */
const FOR_MIN_S = 4;
/** Ages that grow while we wait; all others are moved by the test. */
const AGES: Readonly<Record<string, readonly [from: string, to: string]>> = { QueueBacklogOld: ['> 900', '> 15'] };

/** Writes the rules' faster copies. @returns their paths */
export function writeFasterRules(folder: string): string[] {
  return readRuleFiles().map(({ file }) => {
    const { groups } = parse(readFileSync(join(RULES, file), 'utf8')) as { groups: Group[] };
    const faster = groups.map((group) => ({ ...group, interval: '1s', rules: group.rules.map(fasterRule) }));
    const path = join(folder, file);
    writeFileSync(path, stringify({ groups: faster }, { lineWidth: 0 }));
    return path;
  });
}

export function fasterRule(rule: Rule): Rule {
  const wait =
    rule.for === undefined ? {} : { for: `${Math.max(FOR_MIN_S, Math.ceil(secondsOf(rule.for) / FASTER))}s` };
  const [from, to] = AGES[rule.alert ?? ''] ?? ['', ''];
  const expr = fasterExpr(rule.expr);
  if (!expr.includes(from)) throw new Error(`${rule.alert} has no ${from} any more`);
  return { ...rule, ...wait, expr: expr.replace(from, to) };
}

function fasterExpr(expr: string): string {
  return durationsIn(expr)
    .toReversed()
    .reduce((text, { from, to }) => {
      const seconds = secondsOf(expr.slice(from, to));
      const scaled = Math.max(RANGE_MIN_S, Math.ceil(seconds / FASTER));
      return `${text.slice(0, from)}${seconds <= HOUR_S ? Math.min(RANGE_MAX_S, scaled) : scaled}s${text.slice(to)}`;
    }, expr);
}
