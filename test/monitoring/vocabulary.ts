/** Which metrics there are, of which kind, with which labels and values: from docs/metrics.md, which tests hold to the live page, and from the code. */
import { SOURCE_STATES } from '../../shared/db/source-health/judge-source.ts';
import { ROLES } from '../../shared/metrics/process.ts';
import { registry } from '../../shared/metrics/registry.ts';
import { PERIODS, SOURCE_NAMES } from '../../shared/sources.ts';
import { allMetrics } from '../metrics/all-metrics.ts';
import { documentedMetrics } from '../metrics/documented.ts';
import type { RuleFile } from './rules.ts';

export interface Metric {
  readonly kind: 'counter' | 'gauge';
  /** Undefined where they are not ours to know. */
  readonly labels?: readonly string[];
  /** All values of labels that have a closed list. */
  readonly values?: Readonly<Record<string, readonly string[]>>;
  /** A metric of the application, which must be asked for by its job: another one on the same Prometheus may have it, too. */
  readonly ours: boolean;
  readonly neverZero?: boolean;
}

export interface Vocabulary {
  metric(name: string): Metric | undefined;
}

/** Of Prometheus and Alertmanager themselves, and what Prometheus says of each scrape. */
const FOREIGN = /^(ALERTS|ALERTS_FOR_STATE|prometheus_\w+|alertmanager_\w+|process_\w+|go_\w+)$/;
const OF_SCRAPES = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
];
/** Labels whose values are a list in the code. All others hold names of routes, tables, versions. */
const CLOSED = [
  'source',
  'api_name',
  'status',
  'state',
  'error_type',
  'severity',
  'queue',
  'reason',
  'how',
  'period',
  'role',
  'kind',
];
const NEVER_ZERO = ['slo:error_budget:ratio'];

/** @param files rules whose recorded names are known besides */
export async function vocabularyOf(files: readonly RuleFile[]): Promise<Vocabulary> {
  await allMetrics();
  const values = await valuesOf();
  const known = new Map<string, Metric>();
  for (const { name, kind, labels } of documentedMetrics()) {
    const of = values.get(name);
    const base = { ours: true, ...(of === undefined ? {} : { values: of }) };
    if (kind !== 'histogram') known.set(name, { ...base, kind: kind as Metric['kind'], labels });
    else
      for (const part of ['_bucket', '_sum', '_count'])
        known.set(name + part, { ...base, kind: 'counter', labels: part === '_bucket' ? [...labels, 'le'] : labels });
  }
  for (const name of OF_SCRAPES) known.set(name, { kind: 'gauge', ours: true, labels: [] });
  for (const name of recordedIn(files))
    known.set(name, { kind: 'gauge', ours: false, neverZero: NEVER_ZERO.includes(name) });
  return {
    metric: (name) =>
      known.get(name) ??
      (FOREIGN.test(name) ? { kind: foreignKind(name), ours: !name.startsWith('ALERTS') } : undefined),
  };
}

const foreignKind = (name: string) => (/_(total|sum|count|bucket)$/.test(name) ? 'counter' : 'gauge');

function recordedIn(files: readonly RuleFile[]): string[] {
  return files.flatMap(({ groups }) => groups.flatMap(({ rules }) => rules.flatMap(({ record }) => record ?? [])));
}

/** Every known combination of labels is there from the start, so what a counter can say can be read off. */
async function valuesOf(): Promise<Map<string, Record<string, readonly string[]>>> {
  const lists = new Map<string, Record<string, readonly string[]>>();
  for (const { name, values } of await registry.getMetricsAsJSON()) {
    const of: Record<string, readonly string[]> = {};
    for (const label of CLOSED) {
      const seen = [
        ...new Set(values.flatMap(({ labels }) => String((labels as Record<string, unknown>)[label] ?? '') || [])),
      ];
      if (seen.length > 0) of[label] = seen;
    }
    // One process knows its own role, a test's own numbers fewer values than there are.
    if (of.role !== undefined) of.role = ROLES;
    if (of.period !== undefined) of.period = PERIODS;
    for (const label of ['source', 'api_name']) if (of[label] !== undefined) of[label] = SOURCE_NAMES;
    if (name === 'iam_source_state') of.state = SOURCE_STATES;
    lists.set(name, of);
  }
  return lists;
}
