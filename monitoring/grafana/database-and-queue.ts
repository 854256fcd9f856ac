/** Does PostgreSQL answer fast enough, is there a connection for everybody, and does the queue move? */
import { RowBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { dashboard, gauge, JOB, numbered, stat, timeSeries } from './kit.ts';

/** Queues that hold work; the timetable's next slot always waits. */
const WORK = `${JOB}, queue!="timetable"`;

export const databaseAndQueue = () =>
  numbered(
    dashboard('iam-job-scout-database-queue', 'IAM Job Scout - Database and queue')
      .withRow(new RowBuilder('Statements'))
      .withPanel(
        timeSeries({ title: 'Statements by table', about: 'Per second.', unit: 'ops' }, [
          `sum by (table) (rate(db_operations_total{${JOB}}[5m])) > 0`,
          '{{table}}',
        ]),
      )
      .withPanel(
        timeSeries(
          {
            title: 'Slow statements (95th percentile)',
            about: 'By operation and table; more than 0.1 s is slow.',
            unit: 's',
          },
          [
            `histogram_quantile(0.95, sum by (operation, table, le) (rate(db_query_duration_seconds_bucket{${JOB}}[5m]))) >= 0`,
            '{{operation}} on {{table}}',
          ],
        ),
      )
      .withPanel(
        timeSeries({ title: 'Failed statements', about: 'Per second, by cause.', unit: 'ops' }, [
          `sum by (error_type) (rate(database_errors_total{${JOB}}[5m]))`,
          '{{error_type}}',
        ]),
      )
      .withRow(new RowBuilder('Connections'))
      .withPanel(
        gauge(
          {
            title: 'Fullest pool',
            about:
              'Connections in use of those that one process may have. The sum of all pools hides one that has run out.',
            unit: 'percentunit',
            max: 1,
            steps: [
              [null, 'green'],
              [0.5, 'yellow'],
              [0.8, 'red'],
            ],
          },
          [`max(db_pool_utilization_ratio{${JOB}})`],
        ),
      )
      .withPanel(
        timeSeries(
          { title: 'Connections', about: 'Of the pools of all processes.', unit: 'none', width: 9 },
          [`sum(db_connections_active{${JOB}})`, 'in use'],
          [`sum(db_connections_idle{${JOB}})`, 'idle'],
          [`sum(db_connections_waiting{${JOB}})`, 'callers that wait'],
          [`sum(db_connections_max{${JOB}})`, 'most'],
        ),
      )
      .withPanel(
        timeSeries(
          { title: 'Wait for a connection', about: '95th and 99th percentile.', unit: 's', width: 9 },
          ...([0.95, 0.99] as const).map(
            (q) =>
              [
                `histogram_quantile(${q}, sum by (le) (rate(db_connection_acquire_duration_seconds_bucket{${JOB}}[5m]))) >= 0`,
                `p${q * 100}`,
              ] as const,
          ),
        ),
      )
      .withRow(new RowBuilder('Queue'))
      .withPanel(
        timeSeries({ title: 'Tasks by state', about: 'What waits, runs or is delayed now.', unit: 'short' }, [
          `max by (queue, state) (bullmq_job_count{${WORK}, state=~"waiting|prioritized|active|delayed"})`,
          '{{queue}} {{state}}',
        ]),
      )
      .withPanel(
        timeSeries(
          { title: 'Oldest task that could run', about: 'What autoscaling looks at, too. 0: none waits.', unit: 's' },
          [`max by (queue) (bullmq_queue_oldest_waiting_age_seconds{${WORK}})`, '{{queue}}'],
        ),
      )
      .withPanel(
        timeSeries(
          { title: 'Wait for the first try (95th percentile)', about: 'From runnable to the first try.', unit: 's' },
          [
            `histogram_quantile(0.95, sum by (queue, le) (rate(bullmq_job_wait_seconds_bucket{${JOB}}[15m]))) >= 0`,
            '{{queue}}',
          ],
        ),
      )
      .withPanel(
        timeSeries(
          { title: 'Done and given up', about: 'Tasks per second.', unit: 'ops' },
          [`sum by (queue) (rate(bullmq_job_completed_total{${JOB}}[5m]))`, '{{queue}} done'],
          [`sum by (queue) (rate(bullmq_job_failed_total{${JOB}}[5m]))`, '{{queue}} given up'],
        ),
      )
      .withPanel(
        timeSeries(
          { title: 'Failed tries and lost workers', about: 'Per second.', unit: 'ops' },
          [`sum by (queue) (rate(bullmq_job_attempts_failed_total{${JOB}}[5m]))`, '{{queue}} failed tries'],
          [`sum by (queue) (rate(bullmq_jobs_stalled_total{${JOB}}[5m]))`, '{{queue}} stalled'],
        ),
      )
      .withPanel(
        timeSeries({ title: 'Duration of tries (95th percentile)', about: 'By queue and how they ended.', unit: 's' }, [
          `histogram_quantile(0.95, sum by (queue, status, le) (rate(bullmq_job_duration_seconds_bucket{${JOB}}[15m]))) >= 0`,
          '{{queue}} {{status}}',
        ]),
      )
      .withPanel(
        stat(
          {
            title: 'Workers',
            about: 'Connected to each queue, on all hosts.',
            unit: 'none',
            width: 12,
            steps: [
              [null, 'red'],
              [1, 'green'],
            ],
          },
          [`max by (queue) (bullmq_queue_workers{${JOB}})`, '{{queue}}'],
        ),
      )
      .withPanel(
        stat(
          {
            title: 'Stopped queues',
            about: '1 where somebody stopped it.',
            unit: 'none',
            width: 12,
            steps: [
              [null, 'green'],
              [1, 'red'],
            ],
          },
          [`max by (queue) (bullmq_queue_paused{${JOB}})`, '{{queue}}'],
        ),
      ),
  );
