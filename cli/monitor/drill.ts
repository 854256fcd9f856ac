/** One test alert on the whole way: a rule fires in Prometheus, Alertmanager routes it, the notice arrives. */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { AlertRule } from '../../monitoring/files.ts';
import { StartError } from '../../shared/errors.ts';
import type { Notice } from './inbox.ts';
import type { MonitorState } from './stack.ts';

/** Seconds since the rule was handed to Prometheus. */
export interface DrillResult {
  readonly alert: string;
  readonly severity: string;
  /** Where the routes of alertmanager.yml send it. */
  readonly receivers: readonly string[];
  readonly firedAfter: number;
  readonly alertmanagerAfter: number;
  /** Undefined where its receivers tell nobody. */
  readonly toldAfter: number | undefined;
}

/** @param after seconds */
export type DrillSteps = (what: string, after: number) => void;

const POLL_MS = 100;
/** A reload reads all rules. */
const CALL_TIMEOUT_MS = 30_000;
/** An evaluation each second, and a busy machine. */
const FIRING_TIMEOUT_MS = 60_000;
/** Alertmanager waits up to half a minute for others of the same group before it tells. */
const TOLD_TIMEOUT_MS = 180_000;

/**
 * The alert has the name and the severity of the real one, so it takes its way; its own service, so that it neither joins a
 * real alert's group nor keeps real ones silent; and a label `drill` by which it is known.
 * @throws StartError when it gets stuck, with where
 */
export async function fireDrill(monitor: MonitorState, rule: AlertRule, onStep: DrillSteps): Promise<DrillResult> {
  const id = randomBytes(6).toString('hex');
  const file = join(monitor.drills, `${id}.yml`);
  const startedAt = performance.now();
  const after = () => Math.round(performance.now() - startedAt) / 1000;
  const step = <T>(what: string, value: T): T => {
    onStep(what, after());
    return value;
  };
  try {
    writeFileSync(file, JSON.stringify(drillRules(rule, id)));
    await reload(monitor.prometheus);
    await reach(() => isFiring(monitor.prometheus, id), 'Prometheus does not fire it', FIRING_TIMEOUT_MS);
    const firedAfter = step('fires in Prometheus', after());
    const receivers = await reach(
      () => receiversOf(monitor.alertmanager, id),
      'it does not reach Alertmanager',
      FIRING_TIMEOUT_MS,
    );
    const alertmanagerAfter = step(`reached Alertmanager, goes to ${receivers.join(', ')}`, after());
    const result = {
      alert: rule.alert,
      severity: rule.labels.severity ?? '',
      receivers,
      firedAfter,
      alertmanagerAfter,
    };
    if (await tellsNobody(monitor.alertmanager, receivers)) return { ...result, toldAfter: undefined };
    const { receiver } = await reach(() => noticeOf(monitor.notices, id), 'no notice of it arrives', TOLD_TIMEOUT_MS);
    return { ...result, toldAfter: step(`notice from ${receiver} arrived`, after()) };
  } finally {
    rmSync(file, { force: true });
    await reload(monitor.prometheus).catch(() => undefined);
  }
}

function drillRules({ alert, labels, annotations }: AlertRule, id: string): unknown {
  const { summary = alert } = annotations;
  const rule = {
    alert,
    expr: 'vector(1)',
    labels: { ...plain(labels), service: 'fire-drill', drill: id },
    annotations: {
      summary: `[fire drill] ${summary}`,
      description: 'This is a test of the way that alerts take. Nothing is wrong.',
      ...(annotations.runbook_url !== undefined && { runbook_url: annotations.runbook_url }),
    },
  };
  return { groups: [{ name: `fire-drill-${id}`, interval: '1s', rules: [rule] }] };
}

/** Without those that the real rule computes from its own series. */
function plain(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => !String(value).includes('{{')));
}

async function reload(prometheus: string): Promise<void> {
  const answer = await call(`${prometheus}/-/reload`, 'POST');
  if (!answer.ok) throw new StartError(`Prometheus refuses its rules: ${await answer.text()}`);
}

async function isFiring(prometheus: string, id: string): Promise<boolean> {
  const { data } = await get<{ data: { alerts: { state: string; labels: Record<string, string> }[] } }>(
    `${prometheus}/api/v1/alerts`,
  );
  return data.alerts.some(({ state, labels }) => state === 'firing' && labels.drill === id);
}

async function receiversOf(alertmanager: string, id: string): Promise<string[] | undefined> {
  const filter = encodeURIComponent(`drill="${id}"`);
  const [alert] = await get<{ receivers: { name: string }[] }[]>(`${alertmanager}/api/v2/alerts?filter=${filter}`);
  return alert?.receivers.map(({ name }) => name);
}

/** A receiver without any way out is there to tell nobody. */
async function tellsNobody(alertmanager: string, receivers: readonly string[]): Promise<boolean> {
  const { config } = await get<{ config: { original: string } }>(`${alertmanager}/api/v2/status`);
  const { receivers: all } = parse(config.original) as { receivers: { name: string }[] };
  return all.filter(({ name }) => receivers.includes(name)).every((receiver) => Object.keys(receiver).length === 1);
}

function noticeOf(file: string, id: string): Notice | undefined {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.includes(id))
    .map((line) => JSON.parse(line) as Notice)
    .find(({ status, labels }) => status === 'firing' && labels.drill === id);
}

async function get<T>(url: string): Promise<T> {
  return (await (await call(url)).json()) as T;
}

async function call(url: string, method: 'GET' | 'POST' = 'GET'): Promise<Response> {
  return fetch(url, { method, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) }).catch((error: unknown) => {
    throw new StartError(`${new URL(url).origin} does not answer: does the monitor still run?`, { cause: error });
  });
}

/** @throws StartError with `what` when it takes too long */
async function reach<T>(ask: () => T | Promise<T>, what: string, timeoutMs: number) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer) return answer as Exclude<T, false | undefined>;
    if (performance.now() > deadline)
      throw new StartError(`The drill got stuck: ${what} within ${timeoutMs / 1000} s.`);
    await sleep(POLL_MS);
  }
}
