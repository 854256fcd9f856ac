/** How is it doing? The four golden signals on one page: what the operator looks at first. */
import { FieldColorBuilder, FieldColorModeId, RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, gauge, JOB, numbered, PEOPLE, stat, timeSeries } from './kit.ts';

export const overview = () =>
  numbered(
    dashboard('iam-job-scout-overview', 'IAM Job Scout - Overview')
      .withRow(new RowBuilder('Application Health'))
      .withPanel(
        stat(
          {
            title: 'Uptime',
            about: 'Age of the oldest process that runs. One that restarts does not shorten it.',
            unit: 'd',
            steps: [
              [null, 'red'],
              [0.01, 'yellow'],
              [1, 'green'],
            ],
          },
          [`max(application_uptime_seconds{${JOB}}) / 86400`],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Error Rate %',
            about: 'Share of requests of people that ended in a 5xx status. No value where nobody asks.',
            unit: 'percent',
            none: 'no traffic',
            steps: [
              [null, 'green'],
              [1, 'yellow'],
              [5, 'red'],
            ],
          },
          [
            `100 * (sum(rate(http_requests_total{${PEOPLE}, status_code=~"5.."}[5m])) or vector(0))
             / (sum(rate(http_requests_total{${PEOPLE}}[5m])) > 0)`,
          ],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'HTTP Requests per Second',
            about: 'What is asked of us, by method and route.',
            unit: 'reqps',
            width: 16,
          },
          [`sum by (method, endpoint) (rate(http_requests_total{${JOB}}[5m]))`, '{{method}} {{endpoint}}'],
        ),
      )
      .withRow(new RowBuilder('Performance'))
      .withPanel(
        timeSeries(
          {
            title: 'Response Time (95th percentile)',
            about: 'One line for each route, and one for all requests of people. Alerts begin at 2 s.',
            unit: 's',
          },
          [
            `histogram_quantile(0.95, sum by (endpoint, le) (rate(http_request_duration_seconds_bucket{${JOB}}[5m]))) >= 0`,
            '{{endpoint}}',
          ],
          [
            `histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{${PEOPLE}}[5m]))) >= 0`,
            'all',
          ],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Average DB Query Duration',
            about: 'Of the statements alone; waiting for a connection is not in it.',
            unit: 's',
          },
          [
            `sum by (operation, table) (rate(db_query_duration_seconds_sum{${JOB}}[5m]))
             / (sum by (operation, table) (rate(db_query_duration_seconds_count{${JOB}}[5m])) > 0)`,
            '{{operation}} on {{table}}',
          ],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'External API Calls (95th percentile)',
            about: 'How long the sources take to answer, by source.',
            unit: 's',
          },
          [
            `histogram_quantile(0.95, sum by (api_name, le) (rate(external_api_duration_seconds_bucket{${JOB}}[15m]))) >= 0`,
            '{{api_name}}',
          ],
        ),
      )
      .withRow(new RowBuilder('Business Metrics'))
      .withPanel(
        stat(
          {
            title: 'Total Jobs in Database',
            about: 'Closed ones included. It falls when postings turn out to be one opening.',
            unit: 'short',
            steps: [[null, 'blue']],
          },
          [`max(iam_jobs_total{${JOB}})`],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'New Jobs (7 days)',
            about: 'First seen today and on the six days before it (UTC).',
            unit: 'short',
            steps: [[null, 'green']],
          },
          [`max(iam_jobs_new_this_week{${JOB}})`],
        ).colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('green')),
      )
      .withPanel(
        stat(
          {
            title: 'Hours Since Last Successful Scan',
            about: 'Since every source that could be read answered.',
            unit: 'h',
            none: 'never',
            steps: [
              [null, 'green'],
              [6, 'yellow'],
              [24, 'red'],
            ],
          },
          [`(time() - max(iam_last_successful_scan_timestamp{${JOB}} > 0)) / 3600`],
        ),
      )
      .withPanel(
        gauge(
          {
            title: 'Scan Success Rate',
            about: 'Of the scans of 24 hours; in one hour there may be none.',
            unit: 'percent',
            max: 100,
            steps: [
              [null, 'red'],
              [80, 'yellow'],
              [95, 'green'],
            ],
          },
          [
            `100 * (sum(increase(iam_scan_runs_total{${JOB}, status="success"}[24h])) or vector(0))
             / (sum(increase(iam_scan_runs_total{${JOB}}[24h])) > 0)`,
          ],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'User Activity',
            about: 'People signed in, and jobs that they saved or applied to.',
            unit: 'short',
            width: 6,
          },
          [`max(active_user_sessions{${JOB}})`, 'sessions'],
          [`max(iam_jobs_saved{${JOB}})`, 'saved'],
          [`max(iam_jobs_applied{${JOB}})`, 'applied'],
        ),
      )
      .withRow(new RowBuilder('Resources'))
      .withPanel(
        gauge(
          {
            title: 'Active DB Connections',
            about:
              'In use in the pools of all processes. The dial ends at 20; each process may have 10, and the dashboard of database and queue shows how full the fullest pool is.',
            unit: 'none',
            max: 20,
            steps: [
              [null, 'green'],
              [10, 'yellow'],
              [16, 'red'],
            ],
          },
          [`sum(db_connections_active{${JOB}})`],
        ),
      )
      .withPanel(
        timeSeries({ title: 'Memory', about: 'Resident memory by role.', unit: 'bytes', width: 9 }, [
          `sum by (role) (process_memory_bytes{${JOB}})`,
          '{{role}}',
        ]),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Requests in Progress',
            about: 'Requests that wait for their answer, by route.',
            unit: 'none',
            width: 9,
          },
          [`sum by (endpoint) (http_requests_in_progress{${JOB}})`, '{{endpoint}}'],
        ),
      ),
  );
