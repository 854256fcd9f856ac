/** The rules as data: where each one is, what it reads, and the few that one alert needs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { MONITORING } from '../../monitoring/files.ts';
import { namesIn } from './promql.ts';

export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface Group {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly Rule[];
}

export interface RuleFile {
  /** Without its folder. */
  readonly file: string;
  readonly groups: readonly Group[];
}

export const RULES = join(MONITORING, 'rules');

/** Rules that are recorded come before those that read them. */
const FIRST = ['recording.yml'];

export function readRuleFiles(folder = RULES): RuleFile[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yml'));
  return [...new Set([...FIRST, ...files.sort()])].map((file) => ({
    file,
    groups: (parse(readFileSync(join(folder, file), 'utf8')) as { groups: Group[] }).groups,
  }));
}

export function alertsOf(files: readonly RuleFile[]): (Rule & { readonly alert: string; readonly file: string })[] {
  return files.flatMap(({ file, groups }) =>
    groups.flatMap(({ rules }) =>
      rules.flatMap((rule) => (rule.alert === undefined ? [] : [{ ...rule, alert: rule.alert, file }])),
    ),
  );
}

/** The alert's own rules, in their groups, with all recorded ones that they read, however far down. */
export function closureOf(alert: string, files: readonly RuleFile[]): Group[] {
  const groups = files.flatMap((file) => file.groups);
  const all = groups.flatMap((group) => group.rules);
  const needed = new Set<Rule>();
  const take = (rule: Rule): void => {
    if (needed.has(rule)) return;
    needed.add(rule);
    const names = namesIn(rule.expr);
    for (const other of all) if (other.record !== undefined && names.has(other.record)) take(other);
  };
  for (const rule of all) if (rule.alert === alert) take(rule);
  // Recorded names are shared by objectives: only the alert's own are needed.
  const objective = [...needed].find((rule) => rule.alert === alert)?.expr.match(/sloth_slo="([^"]+)"/)?.[1];
  const isOurs = (rule: Rule) =>
    needed.has(rule) && (objective === undefined || rule.alert === alert || rule.labels?.sloth_slo === objective);
  return groups
    .map((group) => ({ ...group, rules: group.rules.filter(isOurs) }))
    .filter((group) => group.rules.length > 0);
}
