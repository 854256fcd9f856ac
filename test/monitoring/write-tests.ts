/** Writes promtool's tests from the cases (`node test/monitoring/write-tests.ts`): monitoring/rules/tests/ALERT_test.yml, one file for each alert. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CASES } from './cases/all.ts';
import type { AlertCases, Case, Check, Firing } from './cases/case.ts';
import { secondsOf } from './promql.ts';
import { alertsOf, type Group, RULES, type Rule, readRuleFiles } from './rules.ts';

export const TESTS = join(RULES, 'tests');

const HEAD = '# Written by test/monitoring/write-tests.ts from test/monitoring/cases: change it there.\n';

/** All files with their text, as they should be. */
export function testFiles(files = readRuleFiles()): Map<string, string> {
  return new Map(
    Object.entries(CASES).flatMap(([alert, cases]) => {
      const own = files.filter(({ groups }) => groups.some(({ rules }) => rules.some((rule) => rule.alert === alert)));
      const read = files.filter((file) => file.file === 'recording.yml' || own.includes(file));
      const needed = own.some(({ file }) => file === 'slo.yml') ? own : read;
      const groups = needed.flatMap((file) => file.groups);
      const named = needed.map(({ file }) => `../${file}`);
      return testsOf(alert, cases, alertsOf(files), groups, named).map(
        ({ name, text }) => [name, HEAD + text] as const,
      );
    }),
  );
}

/** Those that lie there. */
export function writtenTests(): Map<string, string> {
  return new Map(readdirSync(TESTS).map((file) => [file, readFileSync(join(TESTS, file), 'utf8')]));
}

/**
 * The files of one alert for promtool.
 * @param rules all alerts
 * @param groups in the order in which they are evaluated
 */
export function testsOf(
  alert: string,
  { step = '30s', cases, days }: AlertCases,
  rules: readonly Rule[],
  groups: readonly Group[],
  ruleFiles: readonly string[],
): { readonly name: string; readonly text: string }[] {
  const own = rules.filter((rule) => rule.alert === alert);
  if (own.length === 0) throw new Error(`there are cases of ${alert}, which no rule has`);
  const write = (evaluate: string, list: readonly Case[]) =>
    stringify(
      {
        rule_files: ruleFiles,
        evaluation_interval: evaluate,
        group_eval_order: groups.map(({ name }) => name),
        tests: list.map((one) => testCase(one, own, step)),
      },
      { lineWidth: 0 },
    );
  const files = [{ name: `${alert}_test.yml`, text: write(step, cases) }];
  if (days !== undefined) files.push({ name: `${alert}_days_test.yml`, text: write(days.evaluate, days.cases) });
  return files;
}

function testCase({ name, series, checks }: Case, own: readonly Rule[], step: string) {
  return {
    name,
    interval: step,
    input_series: series,
    alert_rule_test: checks.flatMap((check) => alertChecks(check, own, step)),
  };
}

function alertChecks(check: Check, own: readonly Rule[], step: string) {
  const alertname = own[0]?.alert;
  if ('silentAt' in check) return [{ eval_time: check.silentAt, alertname, exp_alerts: [] }];
  const exp_alerts = check.alerts.map((alert) => expected(alert, own));
  if ('firesAt' in check) return [{ eval_time: check.firesAt, alertname, exp_alerts }];
  const waits = Math.ceil(secondsOf(own[0]?.for ?? '0s') / secondsOf(step)) * secondsOf(step);
  const at = secondsOf(check.trueFrom) + waits;
  const before = at - secondsOf(step);
  return [
    ...(before < 0 ? [] : [{ eval_time: `${before}s`, alertname, exp_alerts: [] }]),
    { eval_time: `${at}s`, alertname, exp_alerts },
  ];
}

/** Labels and annotations that never vary come from the rule. */
function expected({ labels, says, severity }: Firing, own: readonly Rule[]) {
  const rule = own.find((one) => severity === undefined || one.labels?.severity === severity);
  if (rule === undefined) throw new Error(`${own[0]?.alert} has no rule of severity ${severity}`);
  return {
    exp_labels: { ...rule.labels, ...labels },
    exp_annotations: { ...rule.annotations, description: says },
  };
}

if (import.meta.main) {
  rmSync(TESTS, { recursive: true, force: true });
  mkdirSync(TESTS, { recursive: true });
  for (const [file, text] of testFiles()) writeFileSync(join(TESTS, file), text);
  process.stdout.write(`${readdirSync(TESTS).length} files\n`);
}
