/** What people experience: requests, errors, objectives. */
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, JOB, numbered, PEOPLE, stat, timeSeries } from './kit.ts';

export const api = () =>
  numbered(
    dashboard('iam-job-scout-api', 'IAM Job Scout - API')
      .withRow(new RowBuilder('Requests'))
      .withPanel(
        timeSeries(
          {
            title: 'Requests by status class',
            about: 'Requests per second; 4xx is the caller, 5xx is us.',
            unit: 'reqps',
          },
          [
            `sum by (class) (label_replace(rate(http_requests_total{${JOB}}[5m]), "class", "\${1}xx", "status_code", "(.).*"))`,
            '{{class}}',
          ],
        ),
      )
      .withPanel(
        timeSeries({ title: 'Most asked routes', about: 'The five with most requests per second.', unit: 'reqps' }, [
          `topk(5, sum by (endpoint) (rate(http_requests_total{${JOB}}[5m])))`,
          '{{endpoint}}',
        ]),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Unexpected errors',
            about: 'Per second, by class. `critical` is what the code did not foresee.',
            unit: 'ops',
          },
          [
            `sum by (error_type, severity) (rate(application_errors_total{${JOB}}[5m]))`,
            '{{error_type}} ({{severity}})',
          ],
        ),
      )
      .withRow(new RowBuilder('Latency'))
      .withPanel(
        timeSeries(
          { title: 'Latency of requests of people', about: 'Median, 95th and 99th percentile.', unit: 's', width: 12 },
          ...([0.5, 0.95, 0.99] as const).map(
            (q) =>
              [
                `histogram_quantile(${q}, sum by (le) (rate(http_request_duration_seconds_bucket{${PEOPLE}}[5m]))) >= 0`,
                `p${q * 100}`,
              ] as const,
          ),
        ),
      )
      .withPanel(
        timeSeries(
          { title: 'Average latency by route', about: 'Of the routes that are asked now.', unit: 's', width: 12 },
          [
            `sum by (endpoint) (rate(http_request_duration_seconds_sum{${JOB}}[5m]))
             / (sum by (endpoint) (rate(http_request_duration_seconds_count{${JOB}}[5m])) > 0)`,
            '{{endpoint}}',
          ],
        ),
      )
      .withRow(new RowBuilder('Processes'))
      .withPanel(
        timeSeries(
          { title: 'CPU', about: 'Cores that all processes use together.', unit: 'none' },
          [`sum(rate(process_cpu_user_seconds_total{${JOB}}[5m]))`, 'our code'],
          [`sum(rate(process_cpu_system_seconds_total{${JOB}}[5m]))`, 'kernel'],
        ),
      )
      .withPanel(
        timeSeries(
          { title: 'Event loop delay', about: 'In the worst process.', unit: 's' },
          [`max(nodejs_eventloop_lag_p50_seconds{${JOB}})`, 'p50'],
          [`max(nodejs_eventloop_lag_p99_seconds{${JOB}})`, 'p99'],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Event loop utilisation',
            about: 'Busiest process of each role; at 1 it has no time for anything else.',
            unit: 'percentunit',
          },
          [`max by (role) (nodejs_eventloop_utilization_ratio{${JOB}})`, '{{role}}'],
        ).max(1),
      )
      .withPanel(
        timeSeries({ title: 'Garbage collection', about: 'Share of one core.', unit: 'percentunit' }, [
          `sum by (kind) (rate(nodejs_gc_duration_seconds_sum{${JOB}}[5m]))`,
          '{{kind}}',
        ]),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Memory against its limit',
            about: 'The fullest process of each role. Alerts begin at 0.9.',
            unit: 'percentunit',
          },
          [`max by (role) (process_memory_utilization_ratio{${JOB}})`, '{{role}}'],
        ).max(1),
      )
      .withPanel(
        timeSeries({ title: 'Open descriptors', about: 'Files and sockets of all processes.', unit: 'short' }, [
          `sum(process_open_fds{${JOB}})`,
          'open',
        ]),
      )
      .withRow(new RowBuilder('What runs'))
      .withPanel(
        stat(
          { title: 'Builds', about: 'Two during a rolling deploy.', unit: 'none', width: 12, steps: [[null, 'blue']] },
          [`count by (version, revision) (iam_build_info{${JOB}})`, '{{version}} ({{revision}})'],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Alerts firing',
            about: 'Without the Watchdog, which always fires.',
            unit: 'none',
            width: 12,
            steps: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
          ['count(ALERTS{alertstate="firing", alertname!="Watchdog"}) or vector(0)'],
        ),
      ),
  );
