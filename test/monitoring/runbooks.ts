/** What is said about alerts outside of their rules: labels and texts, runbooks, docs/alerts.md. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MONITORING } from '../../monitoring/files.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { SETTINGS } from '../../shared/settings.ts';
import { alertsOf, type RuleFile } from './rules.ts';

const RUNBOOKS = join(MONITORING, 'runbooks');
const CHAPTERS = ['Meaning', 'Impact', 'Diagnosis', 'Mitigation'];
const SEVERITIES = ['critical', 'warning', 'info', 'none'];
const VERBS = ['pause', 'drain', 'resume', 'retry', 'rerun', 'cancel', 'undo-close', 'undo', 'list'];
/** Names in capitals that are no settings of ours. */
const OTHERS = ['REDIS_URL', 'PID'];

export function runbookNames(): string[] {
  return readdirSync(RUNBOOKS).map((file) => file.replace(/\.md$/, ''));
}

/** `ALERT | severities | after` of each row. */
export function documentedAlerts(): string[] {
  const text = readFileSync(join(MONITORING, '../docs/alerts.md'), 'utf8');
  return [...text.matchAll(/^\| \[(\w+)\]\(([^)]+)\) \| ([^|]+) \| ([^|]+) \|/gm)].map(
    ([, alert, link, severities, after]) =>
      `${alert} | ${severities} | ${after}${link === `../monitoring/runbooks/${alert}.md` ? '' : ' | a link to something else'}`,
  );
}

export function labelFaults(files: readonly RuleFile[]): string[] {
  return alertsOf(files).flatMap(({ alert, labels = {}, annotations = {} }) => {
    const faults = [];
    if (!SEVERITIES.includes(labels.severity ?? '')) faults.push(`${alert}: severity ${labels.severity}`);
    if (!['iam-job-scout', 'monitoring'].includes(labels.service ?? ''))
      faults.push(`${alert}: service ${labels.service}`);
    if (labels.signal === undefined && alert !== 'Watchdog') faults.push(`${alert}: no signal`);
    for (const name of ['summary', 'description'])
      if ((annotations[name] ?? '').length < 10) faults.push(`${alert}: hardly any ${name}`);
    // A text that is grouped with others is the same for all of them.
    if ((annotations.summary ?? '').includes('{{')) faults.push(`${alert}: its summary varies`);
    if (annotations.runbook_url !== `monitoring/runbooks/${alert}.md`)
      faults.push(`${alert}: runbook ${annotations.runbook_url}`);
    return faults;
  });
}

export function runbookFaults(files: readonly RuleFile[]): string[] {
  return runbookNames().flatMap((name) => {
    const text = readFileSync(join(RUNBOOKS, `${name}.md`), 'utf8');
    const own = alertsOf(files).filter((rule) => rule.alert === name);
    const head = `Severity: ${own.map(({ labels }) => labels?.severity).join(' and ')}. Fires after: ${own[0]?.for ?? 'at once'}.`;
    const faults = [];
    if (!text.startsWith(`# ${name}\n\n${head}\n`)) faults.push(`it must begin with its name and "${head}"`);
    const chapters = [...text.matchAll(/^## (.+)$/gm)].map((m) => m[1]);
    if (chapters.join() !== CHAPTERS.join()) faults.push(`its chapters are ${chapters.join(', ')}`);
    for (const chapter of CHAPTERS)
      if (!new RegExp(`^## ${chapter}\\n\\n(?!#)\\S`, 'm').test(text)) faults.push(`${chapter} is empty`);
    if (!text.includes('```promql') && name !== 'AlertmanagerDown') faults.push('it asks nothing of Prometheus');
    return [...faults, ...referenceFaults(text)].map((fault) => `${name}.md: ${fault}`);
  });
}

/** Commands, verbs, settings and files that are named must be there. */
function referenceFaults(text: string): string[] {
  const scripts: object = packageJson.scripts;
  const faults = [];
  for (const [, script = ''] of text.matchAll(/npm run ([\w:-]+)/g))
    if (!Object.hasOwn(scripts, script)) faults.push(`there is no npm run ${script}`);
  for (const [, verb = ''] of text.matchAll(/npm run operate -- ([\w-]+)/g))
    if (!VERBS.includes(verb)) faults.push(`there is no verb ${verb}`);
  for (const [, name = ''] of text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)`/g))
    if (!Object.hasOwn(SETTINGS, name) && !OTHERS.includes(name)) faults.push(`there is no setting ${name}`);
  for (const [, link = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g))
    if (!existsSync(join(RUNBOOKS, link))) faults.push(`there is no ${link}`);
  for (const [, path = ''] of text.matchAll(/`(monitoring\/[\w./-]+)`/g))
    if (!existsSync(join(MONITORING, '..', path))) faults.push(`there is no ${path}`);
  return faults;
}
