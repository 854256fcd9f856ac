/**
 * The four objectives. Events of the real counters make the alert fire; the windows and factors are tried on recorded series, since days of
 * counters would take minutes.
 */
import { OBJECTIVES } from '../../../monitoring/slo.ts';
import {
  type AlertCases,
  answers,
  app,
  buckets,
  type Case,
  type Firing,
  requests,
  type Series,
  series,
  silent,
} from './case.ts';

type Objective = (typeof OBJECTIVES)[number];

/** When a long window is looked at, and steps of five minutes until then. */
const AT = { '1h': '6h', '6h': '6h', '1d': '24h', '3d': '72h' } as const;
const STEPS = { '1h': 73, '6h': 73, '1d': 289, '3d': 865 } as const;
type Long = keyof typeof STEPS;
const BURNS = [
  { factor: 14.4, short: '5m', long: '1h', severity: 'critical' },
  { factor: 6, short: '30m', long: '6h', severity: 'critical' },
  { factor: 3, short: '2h', long: '1d', severity: 'warning' },
  { factor: 1, short: '6h', long: '3d', severity: 'warning' },
] as const;

const events: Readonly<Record<string, readonly Series[]>> = {
  'api-availability': [requests(80, '200', 12), requests(20, '500', 12)],
  'api-latency': [
    ...answers({ '2': 80, '+Inf': 100 }, '/api/v1/jobs', 12),
    app(
      'http_request_duration_seconds_count',
      { method: 'GET', endpoint: '/api/v1/jobs', status_code: '200' },
      '0+100x12',
    ),
  ],
  'source-fetch': [
    app('iam_source_scans_total', { source: 'adzuna', status: 'success' }, '0+80x12'),
    app('iam_source_scans_total', { source: 'adzuna', status: 'failed' }, '0+20x12'),
  ],
  'queue-latency': [
    ...buckets('bullmq_job_wait_seconds', { queue: 'units' }, { '60': 80, '+Inf': 100 }, 12),
    app('bullmq_job_wait_seconds_count', { queue: 'units' }, '0+100x12'),
  ],
};
/** From Prometheus 3 on, bounds are written as 2.0. */
const newBounds = (given: readonly Series[]): Series[] =>
  given.map((one) => ({ ...one, series: one.series.replace(/le="(\d+)"/, 'le="$1.0"') }));

export const SLO: Readonly<Record<string, AlertCases>> = Object.fromEntries(
  OBJECTIVES.map((slo) => [
    slo.alert,
    { step: '5m', cases: eventCases(slo), days: { evaluate: '6h', cases: burnCases(slo) } },
  ]),
);

function eventCases(slo: Objective): Case[] {
  const given = events[slo.id] ?? [];
  const severities = slo.pages ? ['critical', 'warning'] : ['warning'];
  const alerts = severities.map((severity) => firing(slo, severity, '20%'));
  // Of 5% a fifth is four times too much: neither long enough nor fast enough to wake anybody.
  const told = slo.id === 'source-fetch' ? alerts.filter(({ severity }) => severity === 'warning') : alerts;
  const cases: Case[] = [
    { name: 'a fifth of all events fails', series: given, checks: [{ firesAt: '50m', alerts: told }] },
    silent(
      'nobody asks',
      given.map((one) => ({ ...one, values: '7x12' })),
      '50m',
    ),
  ];
  if (slo.always)
    cases.push({
      name: 'the same from a newer Prometheus',
      series: newBounds(given),
      checks: [{ firesAt: '50m', alerts: told }],
    });
  return cases;
}

/** Each pair of windows for itself. */
function burnCases(slo: Objective): Case[] {
  return BURNS.filter(({ severity }) => slo.pages || severity === 'warning').flatMap(
    ({ factor, short, long, severity }) => {
      const budget = 1 - slo.percent / 100;
      const limit = factor * budget;
      const alerts = [firing(slo, severity, percent(limit * 1.2))];
      const given = (longRatio: number, shortRatio: number, perTenMinutes: number): Series[] => [
        recorded(slo, `slo:sli_error:ratio_rate${long}`, longRatio, long, long),
        recorded(slo, `slo:sli_error:ratio_rate${short}`, shortRatio, long, short),
        recorded(slo, 'slo:sli_events:increase10m', perTenMinutes * slo.eventsMin, long),
      ];
      const { enough, few } = scaled(long);
      const is = `${factor} times too fast over ${short} and ${long}`;
      return [
        { name: is, series: given(limit * 1.2, limit * 1.2, enough), checks: [{ firesAt: AT[long], alerts }] },
        silent(`not quite ${is}`, given(limit * 0.8, limit * 0.8, enough), AT[long]),
        silent(`${is}, and over for now`, given(limit * 1.2, limit * 0.8, enough), AT[long]),
        silent(`${is}, for a moment only`, given(limit * 0.8, limit * 1.2, enough), AT[long]),
        silent(`${is}, but too few events to say`, given(limit * 1.2, limit * 1.2, few), AT[long]),
      ];
    },
  );
}

/** Tens of minutes in a window, and a share of the least number of events in it. */
function scaled(long: Long) {
  const tens = { '1h': 6, '6h': 36, '1d': 144, '3d': 432 }[long];
  return { enough: 1.4 / tens, few: 0.7 / tens };
}

function recorded(slo: Objective, name: string, value: number, long: Long, window?: string): Series {
  const labels = { ...labelsOf(slo), ...(window === undefined ? {} : { sloth_window: window }) };
  return series(name, labels, `${Number(value.toPrecision(6))}x${STEPS[long]}`);
}

function firing(slo: Objective, severity: string, share: string): Firing {
  return {
    severity,
    labels: labelsOf(slo),
    says: `${slo.about} Objective ${slo.percent}% over 30 days; the long window now fails ${share} of the events.`,
  };
}

function labelsOf({ id }: Objective) {
  return { sloth_id: `iam-job-scout-${id}`, sloth_service: 'iam-job-scout', sloth_slo: id };
}

function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))}%`;
}
