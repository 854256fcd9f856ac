/**
 * `npm run test:monitoring`: rules, their tests and the tests of those, where alerts go, every query that is written anywhere, and what is
 * said about alerts. Needs promtool and amtool; the last line is "N passed, N failed". `-- --only WORD` runs the checks whose name has it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MONITORING } from '../../monitoring/files.ts';
import { sloRules } from '../../monitoring/slo.ts';
import { CASES } from './cases/all.ts';
import { type Check, expectNone, expectSame, runChecks } from './checks.ts';
import { lint } from './lint.ts';
import { FAULTY, SOUND } from './lint-cases.ts';
import { type MutationReport, tryMutants } from './mutation.ts';
import { inParallel, runTool, testRules } from './promtool.ts';
import { panelQueries, type Query, ruleQueries, writtenQueries } from './queries.ts';
import { receiverFaults, routingFaults } from './routing.ts';
import { alertsOf, RULES, readRuleFiles } from './rules.ts';
import { documentedAlerts, labelFaults, runbookFaults, runbookNames } from './runbooks.ts';
import { SURVIVORS } from './survivors.ts';
import { vocabularyOf } from './vocabulary.ts';
import { TESTS, testFiles, writtenTests } from './write-tests.ts';

const DIE_AT_LEAST = 0.95;
const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });

const files = readRuleFiles();
const alerts = [...new Set(alertsOf(files).map(({ alert }) => alert))];
const words = await vocabularyOf(files);
const folder = mkdtempSync(join(tmpdir(), 'monitoring-'));
let mutation: MutationReport | undefined;

const RULE_CHECKS: readonly Check[] = [
  { name: 'promtool check config', run: () => promtool('check', 'config', 'prometheus.yml') },
  { name: 'promtool check rules', run: () => promtool('check', 'rules', ...files.map(({ file }) => `rules/${file}`)) },
  {
    name: 'rules/slo.yml is what monitoring/slo.ts writes',
    run: () => expectSame([readFileSync(join(RULES, 'slo.yml'), 'utf8')], [sloRules()]),
  },
  {
    name: "promtool's tests are what test/monitoring/write-tests.ts writes",
    run: () => {
      const [is, should] = [writtenTests(), testFiles(files)];
      expectSame(is.keys(), should.keys());
      expectNone([...should].filter(([file, text]) => is.get(file) !== text).map(([file]) => `${file} is old`));
    },
  },
  { name: 'every alert is played, and nothing else', run: () => expectSame(Object.keys(CASES), alerts) },
  { name: 'every alert is played when it fires, when it is silent, and just before its time', run: playedFaults },
  { name: 'every alert says what it means, to whom, and where to read on', run: () => expectNone(labelFaults(files)) },
];

const TOLD_CHECKS: readonly Check[] = [
  { name: 'every alert has a runbook, and every runbook an alert', run: () => expectSame(runbookNames(), alerts) },
  {
    name: 'runbooks tell what holds, with commands and settings that exist',
    run: () => expectNone(runbookFaults(files)),
  },
  {
    name: 'docs/alerts.md lists every alert as it is, and nothing else',
    run: () =>
      expectSame(
        documentedAlerts(),
        alerts.map((alert) => {
          const own = alertsOf(files).filter((rule) => rule.alert === alert);
          return `${alert} | ${own.map(({ labels }) => labels?.severity).join(', ')} | ${own[0]?.for ?? 'at once'}`;
        }),
      ),
  },
  { name: 'amtool check-config', run: () => tool('amtool', 'check-config', 'alertmanager.yml') },
  { name: 'every alert goes where its severity says', run: async () => expectNone(await routingFaults()) },
  {
    name: 'no page depends on the application, and no alert is held back by one that does not exist',
    run: () => expectNone(receiverFaults()),
  },
];

const LINT_CHECKS: readonly Check[] = [
  { name: 'queries of rules', run: () => lintAll(ruleQueries(), 100) },
  { name: 'queries of runbooks and docs', run: () => lintAll(writtenQueries(), 50) },
  { name: 'queries of dashboards', run: () => lintAll(panelQueries(), 0) },
  ...FAULTY.map(([expr, says]) => ({
    name: `the lint finds ${says.source} in ${expr.slice(0, 70)}`,
    run: () => {
      const found = lint(expr, words);
      if (!found.some((one) => says.test(one))) throw new Error(`it says ${JSON.stringify(found)}`);
    },
  })),
  ...SOUND.map((expr) => ({
    name: `the lint finds nothing in ${expr.slice(0, 70)}`,
    run: () => expectNone(lint(expr, words)),
  })),
];

const LONG_CHECKS: readonly Check[] = [
  { name: 'promtool test rules', run: playAll },
  {
    name: `of all small changes of all alerts, at least ${DIE_AT_LEAST * 100}% are noticed`,
    run: async () => {
      mutation = await tryMutants(files, folder);
      const { mutants, survivors } = mutation;
      process.stdout.write(`        ${mutants - survivors.length} of ${mutants} changes were noticed\n`);
      if (mutants < 300) throw new Error(`only ${mutants} changes were tried`);
      if (survivors.length > mutants * (1 - DIE_AT_LEAST)) expectNone(survivors);
    },
  },
  {
    name: 'each change that nobody notices has a reason, and each reason such a change',
    run: () => expectSame(mutation?.survivors ?? ['no change was tried'], Object.keys(SURVIVORS)),
  },
];

const chosen = [...RULE_CHECKS, ...TOLD_CHECKS, ...LINT_CHECKS, ...LONG_CHECKS].filter(({ name }) =>
  name.includes(values.only),
);
try {
  process.exitCode = (await runChecks(chosen)) === 0 && chosen.length > 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
// What was registered to learn the metrics' names keeps timers.
process.exit();

async function tool(name: 'promtool' | 'amtool', ...args: string[]): Promise<void> {
  const { code, output } = await runTool(name, args, MONITORING);
  if (code !== 0) throw new Error(output);
}

function promtool(...args: string[]): Promise<void> {
  return tool('promtool', ...args);
}

async function playAll(): Promise<void> {
  const names = [...testFiles(files).keys()];
  const halves = [names.filter((_, i) => i % 2 === 0), names.filter((_, i) => i % 2 === 1)];
  const failed: string[] = [];
  await inParallel(halves, 2, async (half) => {
    for (const [file, said] of await testRules(half, TESTS)) failed.push(`${file}\n${said}`);
  });
  expectNone(failed);
}

function playedFaults(): void {
  const rules = alertsOf(files);
  expectNone(
    Object.entries(CASES).flatMap(([alert, { cases, days }]) => {
      const checks = [...cases, ...(days?.cases ?? [])].flatMap((one) => one.checks);
      const waits = rules.some((rule) => rule.alert === alert && rule.for !== undefined);
      const faults = [];
      if (!checks.some((check) => 'alerts' in check)) faults.push(`${alert} never fires in its cases`);
      if (alert !== 'Watchdog' && !checks.some((check) => 'silentAt' in check))
        faults.push(`${alert} is never silent in its cases`);
      if (waits && !checks.some((check) => 'trueFrom' in check))
        faults.push(`${alert} is not played just before and after its time`);
      return faults;
    }),
  );
}

/** @param atLeast so many there must be, or the search has found nothing */
function lintAll(queries: readonly Query[], atLeast: number): void {
  if (queries.length < atLeast) throw new Error(`only ${queries.length} queries were found`);
  expectNone(
    queries.flatMap(({ where, expr, isPanel }) =>
      lint(expr, words, { shortRanges: isPanel }).map((fault) => `${where}: ${fault}`),
    ),
  );
}
