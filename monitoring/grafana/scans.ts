/** Do scans run, does each source answer, and may it still be asked? */
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, JOB, numbered, stat, states, table, timeSeries } from './kit.ts';

export const scans = () =>
  numbered(
    dashboard('iam-job-scout-scans', 'IAM Job Scout - Scans and sources')
      .withRow(new RowBuilder('Scans'))
      .withPanel(
        stat({ title: 'Scan open', about: '1 while a scan runs.', unit: 'none', steps: [[null, 'blue']] }, [
          `max(iam_scan_in_progress{${JOB}})`,
        ]),
      )
      .withPanel(
        stat(
          {
            title: 'Found by the last scan',
            about: 'Postings that the last finished scan read.',
            unit: 'short',
            steps: [[null, 'blue']],
          },
          [`max(iam_scan_jobs_found_last{${JOB}})`],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'New by the last scan',
            about: 'Jobs that nobody had seen before.',
            unit: 'short',
            steps: [[null, 'blue']],
          },
          [`max(iam_scan_new_jobs_last{${JOB}})`],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Sources read in health',
            about: 'Sources that are on and healthy.',
            unit: 'none',
            steps: [
              [null, 'red'],
              [1, 'green'],
            ],
          },
          [
            `sum(max by (source) (iam_source_state{${JOB}, state="healthy"}) * on (source) max by (source) (iam_source_enabled{${JOB}}))`,
          ],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Sources left alone',
            about: 'Their breaker is open: they are down, refuse their key or have no quota left.',
            unit: 'none',
            steps: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
          [`sum(max by (source) (iam_source_breaker_open{${JOB}})) or vector(0)`],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Mass closings held back',
            about: 'Reads of 24 hours in which so much vanished that a second read must decide.',
            unit: 'none',
            steps: [
              [null, 'green'],
              [1, 'yellow'],
            ],
          },
          [`sum(increase(iam_close_guard_trips_total{${JOB}}[24h]))`],
        ),
      )
      .withPanel(
        timeSeries({ title: 'Scan runs per day', about: 'By how they ended.', unit: 'none' }, [
          `sum by (status) (increase(iam_scan_runs_total{${JOB}}[24h]))`,
          '{{status}}',
        ]),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Average scan duration',
            about: 'From the first unit to the end of the scan, over 24 hours.',
            unit: 's',
          },
          [
            `sum(rate(scan_duration_seconds_sum{${JOB}}[24h])) / (sum(rate(scan_duration_seconds_count{${JOB}}[24h])) > 0)`,
            'average',
          ],
        ),
      )
      .withPanel(
        timeSeries(
          { title: 'Why units fail', about: 'Units of a day that failed or stayed partial, by cause.', unit: 'none' },
          [`sum by (error_type) (increase(scan_errors_total{${JOB}}[24h]))`, '{{error_type}}'],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Jobs gained per day',
            about: 'The number of jobs today less that of yesterday.',
            unit: 'short',
            signed: true,
            width: 12,
          },
          [`max(delta(iam_jobs_total{${JOB}}[1d]))`, 'jobs'],
        ),
      )
      .withPanel(
        timeSeries({ title: 'Postings closed per day', about: 'By how they ended.', unit: 'short', width: 12 }, [
          `sum by (how) (increase(iam_postings_closed_total{${JOB}}[1d]))`,
          '{{how}}',
        ]),
      )
      .withRow(new RowBuilder('Sources'))
      .withPanel(
        table(
          {
            title: 'Sources that are on',
            about: 'Seconds since the last answer, how many that may be, and what was listed then.',
            unit: 'short',
            width: 14,
          },
          'source',
          [`time() - (max by (source) (iam_source_last_success_timestamp_seconds{${JOB}}) > 0)`, 'Last answer, s ago'],
          [`max by (source) (iam_source_expected_interval_seconds{${JOB}})`, 'Expected every, s'],
          [`max by (source) (iam_source_jobs_found_last{${JOB}})`, 'Listed then'],
        ),
      )
      .withPanel(
        states(
          {
            title: 'Health of sources',
            about:
              '0 healthy, 1 degraded or suspect, 2 out of quota or failed. Sources that nobody reads are left out.',
            unit: 'none',
            width: 10,
            steps: [
              [null, 'green'],
              [1, 'yellow'],
              [2, 'red'],
            ],
          },
          [
            `(max by (source) (iam_source_state{${JOB}, state=~"degraded|suspect"})
              + 2 * max by (source) (iam_source_state{${JOB}, state=~"failed|out of quota"}))
             unless on (source) max by (source) (iam_source_state{${JOB}, state=~"paused|waiting for key"}) > 0`,
            '{{source}}',
          ],
        ),
      )
      .withPanel(
        timeSeries({ title: 'Calls by source', about: 'Attempts per second.', unit: 'ops' }, [
          `sum by (api_name) (rate(external_api_requests_total{${JOB}}[15m]))`,
          '{{api_name}}',
        ]),
      )
      .withPanel(
        timeSeries({ title: 'Calls that succeed', about: 'Share of attempts, by source.', unit: 'percentunit' }, [
          `sum by (api_name) (rate(external_api_requests_total{${JOB}, status="success"}[15m]))
             / (sum by (api_name) (rate(external_api_requests_total{${JOB}}[15m])) > 0)`,
          '{{api_name}}',
        ]).max(1),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Errors of sources',
            about: 'Failed attempts per second, by kind; sources without any are left out.',
            unit: 'ops',
          },
          [`sum by (error_type) (rate(external_api_errors_total{${JOB}}[15m]))`, '{{error_type}}'],
          [`sum(rate(external_api_retries_total{${JOB}}[15m]))`, 'tried again'],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Why requests wait',
            about: 'Requests per second that were not asked yet, by reason.',
            unit: 'ops',
            width: 12,
          },
          [`sum by (reason) (rate(iam_source_waits_total{${JOB}}[15m]))`, '{{reason}}'],
        ),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Budget spent',
            about: 'Share of what a source may be asked in the period that is now.',
            unit: 'percentunit',
            width: 12,
          },
          [
            `max by (source, period) (iam_source_budget_spent_requests{${JOB}})
             / (max by (source, period) (iam_source_budget_requests{${JOB}}) > 0)`,
            '{{source}} {{period}}',
          ],
        ),
      ),
  );
