/** Can the numbers of the other dashboards be believed? */
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, JOB, numbered, stat, timeSeries } from './kit.ts';

export const metricsBus = () =>
  numbered(
    dashboard('iam-job-scout-metrics-bus', 'IAM Job Scout - Metrics bus')
      .withRow(new RowBuilder('Who reports'))
      .withPanel(
        stat(
          {
            title: 'Target answers',
            about: 'What Prometheus says of the last scrape.',
            unit: 'none',
            steps: [
              [null, 'red'],
              [1, 'green'],
            ],
          },
          [`min(up{${JOB}})`],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Processes missing',
            about: 'Expected less present, over all roles.',
            unit: 'none',
            steps: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
          [`sum(metrics_bus_processes_expected{${JOB}}) - sum(metrics_bus_processes{${JOB}})`],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Shown with old numbers',
            about: 'Processes that are cut off or silent.',
            unit: 'none',
            steps: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
          [`sum(metrics_bus_stale_processes{${JOB}})`],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Redis',
            about: '1 while the other hosts can be reached, where there is a Redis.',
            unit: 'none',
            none: 'not used',
            steps: [
              [null, 'red'],
              [1, 'green'],
            ],
          },
          [`min(metrics_bus_redis_up{${JOB}})`],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Conflicts and dropped series',
            about: 'Of a day. Anything but 0 makes a metric incomplete.',
            unit: 'none',
            steps: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
          [
            `(sum(increase(metrics_bus_conflicts_total{${JOB}}[1d])) or vector(0))
             + (sum(increase(metrics_bus_series_dropped_total{${JOB}}[1d])) or vector(0))`,
          ],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Readings that failed',
            about: 'Of a day: collectors, checkpoints, refused reports.',
            unit: 'none',
            steps: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
          [
            `(sum(increase(metrics_bus_collect_errors_total{${JOB}}[1d])) or vector(0))
             + sum(increase(metrics_bus_checkpoint_errors_total{${JOB}}[1d]))
             + sum(increase(metrics_bus_report_errors_total{${JOB}}[1d]))`,
          ],
        ),
      )
      .withPanel(
        timeSeries(
          { title: 'Processes', about: 'By role.', unit: 'none', width: 12 },
          [`sum by (role) (metrics_bus_processes{${JOB}})`, '{{role}}'],
          [`sum by (role) (metrics_bus_processes_expected{${JOB}})`, '{{role}} expected'],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Starts and losses per hour',
            about: 'A restart is a start. Lost is who ended without a goodbye.',
            unit: 'none',
            width: 12,
          },
          [`sum by (role) (increase(metrics_bus_processes_started_total{${JOB}}[1h]))`, '{{role}} started'],
          [`sum by (role) (increase(metrics_bus_processes_lost_total{${JOB}}[1h]))`, '{{role}} lost'],
        ),
      )
      .withRow(new RowBuilder('The page'))
      .withPanel(
        timeSeries(
          {
            title: 'Time of a scrape',
            about: 'As Prometheus sees it, and inside the hub. It is given up after 10 s.',
            unit: 's',
          },
          [`max(scrape_duration_seconds{${JOB}})`, 'scrape'],
          [
            `histogram_quantile(0.95, sum by (le) (rate(metrics_bus_scrape_duration_seconds_bucket{${JOB}}[5m]))) >= 0`,
            'hub p95',
          ],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Size of the page',
            about: 'Samples; Prometheus refuses a page of more than its sample limit.',
            unit: 'short',
          },
          [`max(scrape_samples_scraped{${JOB}})`, 'samples'],
          [`max(scrape_series_added{${JOB}})`, 'new series'],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Age of reports',
            about: 'The oldest report on the page, by role; slow answers are counted beside.',
            unit: 's',
          },
          [`max by (role) (metrics_bus_oldest_report_age_seconds{${JOB}})`, '{{role}}'],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Late processes',
            about: 'Processes that did not answer a scrape in time, per second.',
            unit: 'ops',
            width: 12,
          },
          [`sum by (role) (rate(metrics_bus_flush_timeouts_total{${JOB}}[5m]))`, '{{role}}'],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Numbers from the database',
            about: 'How old they are, and how long reading them takes.',
            unit: 's',
            width: 12,
          },
          [`time() - max(iam_stats_last_refresh_timestamp_seconds{${JOB}})`, 'age'],
          [`max(iam_stats_refresh_duration_seconds{${JOB}})`, 'duration'],
        ),
      ),
  );
