/** Who watches those who watch. */
import { type AlertCases, app, fires, JOB, series, silent } from './case.ts';

const PROMETHEUS = { job: 'prometheus', instance: 'p' };
const ALERTMANAGER = { job: 'alertmanager', instance: 'a' };
const prometheus = (name: string, labels: Record<string, string>, values: string) =>
  series(`prometheus_${name}`, { ...PROMETHEUS, ...labels }, values);
const NOTIFY = 'Notifications fail, or no Alertmanager is known.';

export const META: Readonly<Record<string, AlertCases>> = {
  Watchdog: {
    cases: [
      fires(
        'always',
        [],
        { at: '0m' },
        {},
        'This alert always fires. Its absence means that Prometheus, Alertmanager or the way between them is broken.',
      ),
    ],
  },
  WatchdogNotReceived: {
    cases: [
      fires(
        'since the first minute',
        [app('iam_alert_watchdog_last_received_timestamp_seconds', {}, '60x60')],
        { from: '11m30s' },
        JOB,
        'The last Watchdog reached the application 15m 30s ago.',
      ),
      silent('it was never sent here', [app('iam_alert_watchdog_last_received_timestamp_seconds', {}, '0x60')], '25m'),
    ],
  },
  PrometheusConfigReloadFailed: {
    cases: [
      fires(
        'for ten minutes',
        [prometheus('config_last_reload_successful', {}, '1x2 0x60')],
        { from: '6m30s' },
        PROMETHEUS,
        'The last reload of p failed.',
      ),
      silent('it worked', [prometheus('config_last_reload_successful', {}, '1x60')], '20m'),
    ],
  },
  PrometheusRuleFailures: {
    cases: [
      fires(
        'some of them',
        [prometheus('rule_evaluation_failures_total', { rule_group: 'g' }, '0+2x60')],
        { from: '30s' },
        PROMETHEUS,
        '20 rule evaluations failed in 5 minutes.',
      ),
      silent('none', [prometheus('rule_evaluation_failures_total', { rule_group: 'g' }, '0x60')], '15m'),
    ],
  },
  PrometheusNotificationsFailing: {
    cases: [
      fires(
        'they fail',
        [
          prometheus('notifications_errors_total', { alertmanager: 'a' }, '0+1x60'),
          prometheus('notifications_alertmanagers_discovered', {}, '1x60'),
        ],
        { from: '30s' },
        PROMETHEUS,
        NOTIFY,
      ),
      fires(
        'nobody is there',
        [prometheus('notifications_alertmanagers_discovered', {}, '0x60')],
        { from: '0m' },
        PROMETHEUS,
        NOTIFY,
      ),
      silent(
        'they arrive',
        [
          prometheus('notifications_errors_total', { alertmanager: 'a' }, '0x60'),
          prometheus('notifications_alertmanagers_discovered', {}, '1x60'),
        ],
        '15m',
      ),
    ],
  },
  AlertmanagerNotificationsFailing: {
    cases: [
      fires(
        'mail',
        [series('alertmanager_notifications_failed_total', { ...ALERTMANAGER, integration: 'email' }, '0+1x60')],
        { from: '30s' },
        { ...ALERTMANAGER, integration: 'email' },
        'Notifications by email fail.',
      ),
      silent(
        'none',
        [series('alertmanager_notifications_failed_total', { ...ALERTMANAGER, integration: 'email' }, '0x60')],
        '15m',
      ),
    ],
  },
  AlertmanagerDown: {
    cases: [
      fires(
        'it does not answer',
        [series('up', ALERTMANAGER, '1x2 0x60')],
        { from: '1m30s' },
        ALERTMANAGER,
        'Alertmanager has been unreachable for 5 minutes; no alert is delivered.',
      ),
      fires(
        'nobody asks it',
        [series('up', JOB, '1x60')],
        { from: '0m' },
        { job: 'alertmanager' },
        'Alertmanager has been unreachable for 5 minutes; no alert is delivered.',
      ),
      silent('it is there', [series('up', ALERTMANAGER, '1x60')], '15m'),
    ],
  },
};
