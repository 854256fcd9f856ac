/** The monitoring files as they are needed in another place: the same rules and routes, other addresses. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';

export const MONITORING = import.meta.dirname;

/** The parts of prometheus.yml that are changed here; the rest goes through as it is. */
export interface PrometheusFile {
  readonly global?: Readonly<Record<string, unknown>>;
  readonly rule_files: readonly string[];
  readonly alerting: unknown;
  readonly scrape_configs: readonly ScrapeConfig[];
}

interface ScrapeConfig {
  readonly job_name: string;
  readonly file_sd_configs?: unknown;
  readonly static_configs?: unknown;
}

/** The parts of alertmanager.yml that are changed here. */
export interface AlertmanagerFile {
  readonly global?: Readonly<Record<string, unknown>>;
  readonly route: unknown;
  readonly receivers: readonly Receiver[];
}

interface Receiver {
  readonly name: string;
  readonly webhook_configs?: readonly Webhook[];
}

interface Webhook {
  readonly url: string;
}

export interface Addresses {
  /** host:port of the system's /metrics. */
  readonly target: string;
  readonly prometheus: string;
  /** None: nobody is told, and it is not watched. */
  readonly alertmanager: string | undefined;
  /** File with the bearer token of /metrics; none where this machine may read it anyway. */
  readonly tokenFile: string | undefined;
  /** Patterns of rule files; each may match nothing. */
  readonly rules: readonly string[];
}

export function readPrometheusFile(): PrometheusFile {
  return parse(readFileSync(join(MONITORING, 'prometheus.yml'), 'utf8')) as PrometheusFile;
}

export function readAlertmanagerFile(): AlertmanagerFile {
  return parse(readFileSync(join(MONITORING, 'alertmanager.yml'), 'utf8')) as AlertmanagerFile;
}

/** Moves prometheus.yml to other addresses. Jobs whose targets are kept in files by the operator (exporters) are left out. */
export function movePrometheus(file: PrometheusFile, to: Addresses): PrometheusFile {
  const targets: Readonly<Record<string, string | undefined>> = {
    'iam-job-scout': to.target,
    prometheus: to.prometheus,
    alertmanager: to.alertmanager,
  };
  const authorization = to.tokenFile && { authorization: { type: 'Bearer', credentials_file: to.tokenFile } };
  return {
    ...file,
    rule_files: to.rules,
    alerting: to.alertmanager && { alertmanagers: [{ static_configs: [{ targets: [to.alertmanager] }] }] },
    scrape_configs: file.scrape_configs.flatMap(({ file_sd_configs: _, static_configs: __, ...job }) => {
      const target = targets[job.job_name];
      if (target === undefined) return [];
      const ours = job.job_name === 'iam-job-scout';
      return [
        {
          ...job,
          ...(ours && authorization),
          static_configs: [{ targets: [target], ...(ours && { labels: { app: 'iam-job-scout', instance: 'web-1' } }) }],
        },
      ];
    }),
  };
}

export interface Ways {
  /** `http://host:port` of the application, which hears of the Watchdog. */
  readonly application: string;
  /** As for Prometheus: the application asks the same token of both. */
  readonly tokenFile: string | undefined;
  /** A webhook that hears of everything; none unless given. */
  readonly inbox?: string;
  /** No mail, chat or pager: only webhooks. */
  readonly alone?: boolean;
}

/**
 * Moves alertmanager.yml to other addresses, and adds a webhook to every receiver that tells anybody. One without any way out
 * stays as it is: it is there to tell nobody.
 */
export function moveAlertmanager(file: AlertmanagerFile, to: Ways): AlertmanagerFile {
  const taps = to.inbox === undefined ? [] : [{ url: to.inbox, send_resolved: true }];
  return {
    ...file,
    receivers: file.receivers.map((receiver) => {
      const { name, webhook_configs = [], ...others } = receiver;
      if (Object.keys(receiver).length === 1) return receiver;
      const webhooks = [...webhook_configs.map((webhook) => moveWebhook(webhook, to)), ...taps];
      return { name, ...(to.alone === true ? {} : others), ...(webhooks.length > 0 && { webhook_configs: webhooks }) };
    }),
  };
}

/** Where alertmanager.yml has the application. */
const APPLICATION = 'http://localhost:5000/';

function moveWebhook(webhook: Webhook, { application, tokenFile }: Ways): Webhook {
  if (!webhook.url.startsWith(APPLICATION)) return webhook;
  const authorization = tokenFile && {
    http_config: { authorization: { type: 'Bearer', credentials_file: tokenFile } },
  };
  return { ...webhook, url: `${application}/${webhook.url.slice(APPLICATION.length)}`, ...authorization };
}

export interface AlertRule {
  readonly alert: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Every alert of the rule files by its name; of two with one name (a page and a ticket) the first. */
export function readAlerts(paths: readonly string[]): ReadonlyMap<string, AlertRule> {
  const alerts = new Map<string, AlertRule>();
  for (const path of paths) {
    const { groups } = parse(readFileSync(path, 'utf8')) as { groups: { rules: Partial<AlertRule>[] }[] };
    for (const { alert, labels = {}, annotations = {} } of groups.flatMap(({ rules }) => rules))
      if (alert !== undefined && !alerts.has(alert)) alerts.set(alert, { alert, labels, annotations });
  }
  return alerts;
}

const COMPOSE_TOKEN = '/run/secrets/metrics-token';

/** prometheus.yml as docker-compose.yml mounts it: services are found by their names. */
export function composePrometheusText(): string {
  const moved = movePrometheus(readPrometheusFile(), {
    target: 'scheduler:9464',
    prometheus: 'localhost:9090',
    alertmanager: 'alertmanager:9093',
    tokenFile: COMPOSE_TOKEN,
    rules: ['/etc/prometheus/rules/*.yml'],
  });
  return generated('prometheus.yml', moved);
}

/** alertmanager.yml as docker-compose.yml mounts it. Until a mail server is set, mail goes to the mail catcher. */
export function composeAlertmanagerText(): string {
  const file = readAlertmanagerFile();
  const { smtp_smarthost } = file.global ?? {};
  const moved = moveAlertmanager(file, { application: 'http://api:5000', tokenFile: COMPOSE_TOKEN });
  const mail = smtp_smarthost === 'localhost:25' ? { smtp_smarthost: 'mail:1025' } : {};
  return generated('alertmanager.yml', { ...moved, global: { ...file.global, ...mail } });
}

function generated(name: string, content: unknown): string {
  return `# Written by npm run dashboards from monitoring/${name}: change it there.\n${stringify(content)}`;
}
