/** Who is told of which alert, as amtool reads alertmanager.yml; and which alerts hold others back. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { MONITORING } from '../../monitoring/files.ts';
import { inParallel, runTool } from './promtool.ts';
import { alertsOf, readRuleFiles } from './rules.ts';

const RECEIVERS: Readonly<Record<string, string>> = {
  critical: 'pager',
  warning: 'team',
  info: 'nobody',
  none: 'watchdog',
};

/** Every rule's own labels, and a stranger's, as sentences of what goes wrong. */
export async function routingFaults(): Promise<string[]> {
  const asked = new Map<string, { readonly receiver: string; readonly labels: readonly string[] }>();
  for (const { alert, labels = {} } of alertsOf(readRuleFiles())) {
    const receiver = RECEIVERS[labels.severity ?? ''] ?? 'team';
    asked.set(`${alert} (${labels.severity})`, {
      receiver,
      labels: [`alertname=${alert}`, ...Object.entries(labels).map(([name, value]) => `${name}=${value}`)],
    });
  }
  asked.set('an alert of others', { receiver: 'team', labels: ['alertname=NodeDown', 'severity=warning', 'job=node'] });
  asked.set('a page of others', { receiver: 'pager', labels: ['alertname=NodeDown', 'severity=critical', 'job=node'] });
  asked.set('an alert without severity', { receiver: 'team', labels: ['alertname=NodeDown'] });
  const faults: string[] = [];
  await inParallel([...asked], 4, async ([name, { receiver, labels }]) => {
    const args = ['config', 'routes', 'test', '--config.file=alertmanager.yml', `--verify.receivers=${receiver}`];
    const { code, output } = await runTool('amtool', [...args, ...labels], MONITORING);
    if (code !== 0) faults.push(`${name} does not go to ${receiver}: ${output.trim()}`);
  });
  return faults;
}

interface Config {
  readonly receivers: readonly Receiver[];
  readonly inhibit_rules: readonly { readonly source_matchers: string[]; readonly target_matchers: string[] }[];
}

interface Receiver {
  readonly name: string;
  readonly email_configs?: readonly unknown[];
  readonly webhook_configs?: readonly { readonly url: string }[];
}

export function readAlertmanager(): Config {
  return parse(readFileSync(join(MONITORING, 'alertmanager.yml'), 'utf8')) as Config;
}

/** Alerts that nobody would hear of, and names in matchers that no rule has. */
export function receiverFaults({ receivers, inhibit_rules } = readAlertmanager()): string[] {
  const names = new Set(alertsOf(readRuleFiles()).map(({ alert }) => alert));
  const byName = new Map(receivers.map((receiver) => [receiver.name, receiver]));
  const faults = ['pager', 'team']
    .filter((name) => (byName.get(name)?.email_configs ?? []).length === 0)
    .map((name) => `${name} is told by nothing but the application, which may be down`);
  const named = inhibit_rules
    .flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers])
    .flatMap((matcher) => /^alertname\s*!?=~?\s*"([^"]+)"/.exec(matcher)?.[1]?.split('|') ?? []);
  if (named.length === 0) faults.push('no alert holds another one back');
  return [...faults, ...named.filter((name) => !names.has(name)).map((name) => `no rule has the alert ${name}`)];
}
