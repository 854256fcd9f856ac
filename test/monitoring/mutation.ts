/** Changes every alert in every small way, one at a time, and looks whether its tests notice. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { CASES } from './cases/all.ts';
import { mutantsOf } from './mutate.ts';
import { inParallel, testRules } from './promtool.ts';
import { alertsOf, closureOf, type Group, type Rule, type RuleFile } from './rules.ts';
import { testsOf } from './write-tests.ts';

export interface MutationReport {
  readonly mutants: number;
  /** Names of those that no test noticed: `ALERT (severity): change`. */
  readonly survivors: readonly string[];
}

interface Tried {
  readonly name: string;
  /** Test files of promtool; one that fails is enough. */
  readonly files: readonly string[];
}

/** Mutants that one run of promtool tries. */
const BATCH = 12;
const AT_ONCE = 2;

/** @param folder an empty one */
export async function tryMutants(
  files: readonly RuleFile[],
  folder: string,
  alerts?: readonly string[],
): Promise<MutationReport> {
  const names = [...new Set(alertsOf(files).map((rule) => rule.alert))].filter(
    (name) => alerts?.includes(name) ?? true,
  );
  const all = names.flatMap((alert) => writeMutants(alert, files, folder));
  const batches = Array.from({ length: Math.ceil(all.length / BATCH) }, (_, i) =>
    all.slice(i * BATCH, (i + 1) * BATCH),
  );
  const survivors: string[] = [];
  await inParallel(batches, AT_ONCE, async (batch) => {
    const failed = await testRules(
      batch.flatMap((tried) => tried.files),
      folder,
    );
    for (const { name, files: own } of batch) if (!own.some((file) => failed.has(file))) survivors.push(name);
  });
  return { mutants: all.length, survivors: survivors.sort() };
}

/** Only the rules that the alert needs: whole files would take ten times as long. */
function writeMutants(alert: string, files: readonly RuleFile[], folder: string): Tried[] {
  const groups = closureOf(alert, files);
  const rules = alertsOf(files);
  const own = rules.filter((rule) => rule.alert === alert);
  const cases = CASES[alert];
  if (cases === undefined) throw new Error(`nothing is played for ${alert}`);
  return own.flatMap((original, r) =>
    mutantsOf(groups.flatMap((group) => group.rules).find((rule) => isSame(rule, original)) ?? original).map(
      ({ change, rule }, m) => {
        const home = `${alert}-${r}-${m}`;
        mkdirSync(join(folder, home));
        const mutated = groups.map((group) => withRule(group, original, rule));
        writeFileSync(join(folder, home, 'rules.yml'), stringify({ groups: mutated }, { lineWidth: 0 }));
        const written = testsOf(alert, cases, rules, groups, ['rules.yml']);
        for (const { name, text } of written) writeFileSync(join(folder, home, name), text);
        return {
          name: `${alert} (${original.labels?.severity}): ${change}`,
          files: written.map(({ name }) => `${home}/${name}`),
        };
      },
    ),
  );
}

function withRule(group: Group, original: Rule, mutant: Rule): Group {
  return { ...group, rules: group.rules.map((rule) => (isSame(rule, original) ? mutant : rule)) };
}

const isSame = (a: Rule, b: Rule) =>
  a.alert === b.alert && a.expr === b.expr && a.labels?.severity === b.labels?.severity;
