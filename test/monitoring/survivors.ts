/** Changes of alerts that no test notices, each with the reason. One that a test does notice must not be listed. */
export const SURVIVORS: Readonly<Record<string, string>> = {
  'PrometheusNotificationsFailing (critical): < 1 halved':
    'a number of servers is whole: below 1 and below 0.5 are both 0',
  'ScanFailures (warning): >= 1 halved': 'the count is rounded: from 0.5 on it is 1',
  'SourceBudgetExhausted (warning): {period=~"week|month|lifetime"} dropped':
    'twice, once on each side of the division: the other side still leaves the other periods out',
};
