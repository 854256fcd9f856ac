/** Each kind of fault that the lint must find, and queries in which it must find none. */

export const FAULTY: readonly (readonly [expr: string, says: RegExp])[] = [
  ['sum(rate(http_requests_total{job="iam-job-scout"}[5m])', /syntax error/],
  ['rate(http_requests_total{job="iam-job-scout"[5m])', /syntax error/],
  ['', /syntax error|empty/],
  ['up{job="iam-job-scout"} = 0', /syntax error/],
  ['sum(rate(http_request_total{job="iam-job-scout"}[5m]))', /unknown metric http_request_total/],
  ['http_request_duration_seconds{job="iam-job-scout"}', /unknown metric/],
  ['slo:sli_error:ratio_rate7m', /unknown metric/],
  ['sum by (endpoint) (rate(http_requests_total{job="iam-job-scout", code="500"}[5m]))', /no label code/],
  ['sum(rate(http_request_duration_seconds_count{job="iam-job-scout", le="2"}[5m]))', /no label le/],
  ['iam_source_state{job="iam-job-scout", state="broken"} == 1', /never has state="broken"/],
  ['sum(increase(iam_scan_runs_total{job="iam-job-scout", status="failure"}[1h]))', /never has status="failure"/],
  ['sum(increase(iam_scan_runs_total{job="iam-job-scout", status=~"failed|broken"}[1h]))', /never has status="broken"/],
  ['max(iam_jobs_total)', /no job matcher/],
  ['rate(iam_jobs_total{job="iam-job-scout"}[1d]) * 86400', /rate\(\) on gauge/],
  ['increase(db_connections_active{job="iam-job-scout"}[5m])', /increase\(\) on gauge/],
  ['delta(http_requests_total{job="iam-job-scout"}[5m])', /delta\(\) on counter/],
  ['http_requests_total{job="iam-job-scout"} > 5', /without rate\(\)/],
  ['sum(http_request_duration_seconds_count{job="iam-job-scout"})', /without rate\(\)/],
  ['max_over_time(http_requests_total{job="iam-job-scout"}[5m])', /without rate\(\)/],
  [
    'histogram_quantile(0.95, sum by (endpoint) (rate(http_request_duration_seconds_bucket{job="iam-job-scout"}[5m])))',
    /without sum by \(le\)/,
  ],
  [
    'histogram_quantile(0.95, rate(http_request_duration_seconds_bucket{job="iam-job-scout"}[5m]))',
    /without sum by \(le\)/,
  ],
  ['db_connections_active{job="iam-job-scout"} / db_connections_max{job="iam-job-scout"}', /which may be 0/],
  ['1 / sum(rate(http_requests_total{job="iam-job-scout"}[5m]))', /which may be 0/],
  [
    'sum(rate(scan_errors_total{job="iam-job-scout"}[5m])) / (sum(rate(scan_errors_total{job="iam-job-scout"}[5m])) >= 0)',
    /which may be 0/,
  ],
  ['rate(http_requests_total{job="iam-job-scout"}[30s])', /less than four scrapes/],
];

export const SOUND: readonly string[] = [
  'up{job="iam-job-scout"} == 0 or absent(up{job="iam-job-scout"}) == 1',
  'sum by (endpoint) (rate(http_requests_total{job="iam-job-scout", status_code=~"5.."}[5m]))',
  'histogram_quantile(0.95, sum by (endpoint, le) (rate(http_request_duration_seconds_bucket{job="iam-job-scout"}[5m]))) >= 0',
  'db_connections_active{job="iam-job-scout"} / (db_connections_max{job="iam-job-scout"} > 0)',
  'delta(iam_jobs_total{job="iam-job-scout"}[1d])',
  'sum by (source) (increase(iam_source_scans_total{job="iam-job-scout", source="$source", status="failed"}[1d]))',
  'absent(http_requests_total{job="iam-job-scout"})',
  'job:http_requests:rate5m > 5',
  'rate(prometheus_notifications_sent_total{job="prometheus"}[5m])',
  'iam_source_state{job=~"iam-job-scout", state=~"out of quota|paused"} == 1',
  'histogram_quantile(0.95, sum by (le) (rate(scan_duration_seconds_bucket{job="iam-job-scout"}[1d])))',
];
