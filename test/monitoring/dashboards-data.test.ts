/** What a real Prometheus answers to every panel after a real run. */
import { beforeAll, describe, expect, test } from 'vitest';
import { DASHBOARDS } from '../../monitoring/grafana/all.ts';
import { findTool } from '../tools.ts';
import { answerFaults, type DashboardFile, shown } from './dashboard-check.ts';
import { realRun } from './real-run.ts';

const hasTools = findTool('prometheus') !== undefined && findTool('redis-server') !== undefined;
let prometheus = '';

beforeAll(async () => {
  if (hasTools) prometheus = (await realRun()).address;
}, 300_000);

const built = (name: string) => DASHBOARDS[name]!() as unknown as DashboardFile;

describe.skipIf(!hasTools)('every query has numbers, and every label of its legend', () => {
  test.each(Object.keys(DASHBOARDS))('%s', async (name) => {
    expect(await answerFaults(built(name), prometheus)).toEqual([]);
  });
});

describe.skipIf(!hasTools)('the checker finds', () => {
  const ask = (expr: string, legendFormat?: string) => {
    const overview = built('overview');
    const [panel] = shown(overview);
    const broken = { ...panel!, targets: [{ refId: 'A', expr, ...(legendFormat && { legendFormat }) }] };
    return answerFaults({ ...overview, panels: [broken] }, prometheus);
  };

  test.each([
    ['a query that cannot be read', 'sum(rate(http_requests_total[5m])', undefined, /parse error/],
    ['a metric that nobody has', 'iam_jobs_count{job=~"$job"}', undefined, /no data/],
    ['a division by nothing', 'sum(up{job=~"$job"}) * 0 / 0', undefined, /not all of its values are numbers/],
    [
      'a label that is not there',
      'sum by (method) (http_requests_total{job=~"$job"})',
      '{{endpoint}}',
      /no label endpoint/,
    ],
    ['lines that cannot be told apart', 'iam_source_enabled{job=~"$job"}', '{{job}}', /have the same name/],
    [
      'many lines without a name',
      'sum by (role) (process_memory_bytes{job=~"$job"})',
      undefined,
      /lines without a name/,
    ],
  ])('%s', async (_, expr, legend, fault) => {
    expect((await ask(expr, legend)).join('\n')).toMatch(fault);
  });
});
