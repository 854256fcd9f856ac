/**
 * Writes rules/slo.yml (`node monitoring/slo.ts`): four objectives over 30 days with the burn rates of the SRE workbook, chapter 5, under the
 * names and labels of Sloth, whose dashboards then work. It differs from Sloth where a small system needs it:
 *
 * - without traffic a ratio is absent, not NaN: one NaN would spoil a sum for 30 days;
 * - long windows are sums of recorded rates, so an idle night with one failure does not weigh as much as a busy day, and they are cheap;
 * - no series of a failure yet means no failure;
 * - a window needs some events before it may fire, counted by tens of minutes, since a rate over a young system's hour overstates them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const JOB = 'job="iam-job-scout"';
const ASKED = `${JOB}, endpoint!~"/metrics|/healthz|/readyz|/internal/.*"`;

interface Objective {
  readonly id: string;
  readonly alert: string;
  readonly percent: number;
  readonly eventsMin: number;
  /** Wakes somebody; else it is work for the day. */
  readonly pages: boolean;
  readonly about: string;
  /** PromQL of events that failed, and of all, per second over a window. */
  readonly failed: (window: string) => string;
  readonly all: (window: string) => string;
  /** The series of failures are there from the start; a stand-in would hide a bucket that does not exist. */
  readonly always?: boolean;
}

/** From Prometheus 3 on a bound is written as 2.0. */
const within = (histogram: string, labels: string, bound: number, window: string) =>
  `(sum(rate(${histogram}_count{${labels}}[${window}])) - sum(rate(${histogram}_bucket{${labels}, le=~"${bound}(\\\\.0)?"}[${window}])))`;

export const OBJECTIVES: readonly Objective[] = [
  {
    id: 'api-availability',
    alert: 'ApiAvailabilityBudgetBurn',
    percent: 99.9,
    eventsMin: 30,
    pages: true,
    about: 'Requests that do not end in a 5xx status.',
    failed: (w) => `sum(rate(http_requests_total{${ASKED}, status_code=~"5.."}[${w}]))`,
    all: (w) => `sum(rate(http_requests_total{${ASKED}}[${w}]))`,
  },
  {
    id: 'api-latency',
    alert: 'ApiLatencyBudgetBurn',
    percent: 99,
    eventsMin: 30,
    pages: true,
    about: 'Requests answered within 2 s.',
    failed: (w) => within('http_request_duration_seconds', ASKED, 2, w),
    all: (w) => `sum(rate(http_request_duration_seconds_count{${ASKED}}[${w}]))`,
    always: true,
  },
  {
    id: 'source-fetch',
    alert: 'SourceFetchBudgetBurn',
    percent: 95,
    eventsMin: 20,
    pages: false,
    about: 'Scans of a source that got an answer.',
    failed: (w) => `sum(rate(iam_source_scans_total{${JOB}, status="failed"}[${w}]))`,
    all: (w) => `sum(rate(iam_source_scans_total{${JOB}}[${w}]))`,
  },
  {
    id: 'queue-latency',
    alert: 'QueueLatencyBudgetBurn',
    percent: 99,
    eventsMin: 30,
    // A scan that starts late is no reason to wake anybody.
    pages: false,
    about: 'Tasks that start within 60 s of the time at which they could.',
    failed: (w) => within('bullmq_job_wait_seconds', JOB, 60, w),
    all: (w) => `sum(rate(bullmq_job_wait_seconds_count{${JOB}}[${w}]))`,
    always: true,
  },
];

/** From the counters themselves, and from recorded rates. */
const SHORT = ['5m', '30m', '1h', '2h', '6h'];
const LONG = ['1d', '3d', '30d'];

/** How many times too fast, over which short and which long window. */
const BURNS = {
  page: [
    [14.4, '5m', '1h'],
    [6, '30m', '6h'],
  ],
  ticket: [
    [3, '2h', '1d'],
    [1, '6h', '3d'],
  ],
} as const;

const indent = (text: string, by: number) =>
  text
    .split('\n')
    .map((line) => ' '.repeat(by) + line)
    .join('\n');

export function sloRules(): string {
  return `# Written by monitoring/slo.ts (node monitoring/slo.ts): change it there.\ngroups:\n${OBJECTIVES.map(groupsOf).join('')}`;
}

function groupsOf(slo: Objective): string {
  const alerts = (slo.pages ? (['page', 'ticket'] as const) : (['ticket'] as const)).map((kind) => alertOf(slo, kind));
  return [
    group(`slo-sli-${slo.id}`, '30s', indicatorsOf(slo)),
    group(`slo-long-${slo.id}`, '2m', longWindowsOf(slo)),
    group(`slo-meta-${slo.id}`, '2m', budgetOf(slo)),
    group(`slo-alerts-${slo.id}`, '30s', alerts),
  ].join('');
}

const group = (name: string, interval: string, rules: readonly string[]) =>
  `  - name: ${name}\n    interval: ${interval}\n    rules:\n${rules.join('')}`;

function indicatorsOf({ id, failed, all, always }: Objective): string[] {
  const failures = (window: string) => (always ? failed(window) : `${failed(window)}\nor 0 * ${all(window)}`);
  return [
    record(id, 'slo:sli_events:rate5m', all('5m')),
    record(id, 'slo:sli_events:increase10m', all('10m').replaceAll('rate(', 'increase(')),
    record(id, 'slo:sli_errors:rate5m', failures('5m')),
    ...SHORT.map((window) =>
      record(
        id,
        `slo:sli_error:ratio_rate${window}`,
        `(\n${indent(failures(window), 2)}\n)\n/ (${all(window)} > 0)`,
        window,
      ),
    ),
  ];
}

function longWindowsOf({ id }: Objective): string[] {
  const sum = (name: string, window: string) => `sum_over_time(${name}{${selector(id)}}[${window}])`;
  return LONG.map((window) =>
    record(
      id,
      `slo:sli_error:ratio_rate${window}`,
      `${sum('slo:sli_errors:rate5m', window)}\n/ (${sum('slo:sli_events:rate5m', window)} > 0)`,
      window,
    ),
  );
}

function budgetOf({ id, percent }: Objective): string[] {
  const burn = (window: string) =>
    `slo:sli_error:ratio_rate${window}{${selector(id)}}\n/ on (sloth_id, sloth_slo, sloth_service) group_left ()\nslo:error_budget:ratio{${selector(id)}}`;
  return [
    record(id, 'slo:objective:ratio', `vector(${ratio(percent)})`),
    record(id, 'slo:error_budget:ratio', `vector(${ratio(100 - percent)})`),
    record(id, 'slo:time_period:days', 'vector(30)'),
    record(id, 'slo:current_burn_rate:ratio', burn('5m')),
    record(id, 'slo:period_burn_rate:ratio', burn('30d')),
    record(id, 'slo:period_error_budget_remaining:ratio', `1 - slo:period_burn_rate:ratio{${selector(id)}}`),
  ];
}

function alertOf(slo: Objective, kind: keyof typeof BURNS): string {
  const expr = BURNS[kind].map(([factor, short, long]) => burnsIn(slo, factor, short, long)).join('\nor\n');
  return `      - alert: ${slo.alert}
        expr: |
${indent(expr, 10)}
        labels: { severity: ${kind === 'page' ? 'critical' : 'warning'}, sloth_severity: ${kind}, service: iam-job-scout, signal: slo }
        annotations:
          summary: The error budget of ${slo.id} burns too fast (${kind})
          description: '${slo.about} Objective ${slo.percent}% over 30 days; the long window now fails {{ $value | humanizePercentage }} of the events.'
          runbook_url: monitoring/runbooks/${slo.alert}.md
`;
}

function burnsIn(slo: Objective, factor: number, short: string, long: string): string {
  const over = (window: string) =>
    `  max without (sloth_window) (slo:sli_error:ratio_rate${window}{${selector(slo.id)}} > (${factor} * ${ratio(100 - slo.percent)}))`;
  return `(
${over(long)}
  and on (sloth_id)
${over(short)}
  and on (sloth_id)
  sum_over_time(slo:sli_events:increase10m{${selector(slo.id)}}[${long}:10m]) > ${slo.eventsMin}
)`;
}

function record(id: string, name: string, expr: string, window?: string): string {
  return `      - record: ${name}
        expr: |
${indent(expr, 10)}
        labels: { sloth_id: iam-job-scout-${id}, sloth_service: iam-job-scout, sloth_slo: ${id}${window === undefined ? '' : `, sloth_window: ${window}`} }
`;
}

const ratio = (percent: number) => Number((percent / 100).toFixed(6));
const selector = (id: string) => `sloth_id="iam-job-scout-${id}", sloth_service="iam-job-scout", sloth_slo="${id}"`;

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'rules/slo.yml'), sloRules());
