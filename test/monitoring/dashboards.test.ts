/** The generated dashboards, without any server. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { DASHBOARDS, dashboardText } from '../../monitoring/grafana/all.ts';
import { documentedMetrics } from '../metrics/documented.ts';
import { asked, type DashboardFile, faultsOf, type Panel, shown } from './dashboard-check.ts';

const GRAFANA = join(import.meta.dirname, '../../monitoring/grafana');
const names = Object.keys(DASHBOARDS);
const read = (name: string) =>
  JSON.parse(readFileSync(join(GRAFANA, 'dashboards', `${name}.json`), 'utf8')) as DashboardFile;
const panelOf = (name: string, title: string) => shown(read(name)).find((panel) => panel.title === title)!;

describe('the files that Grafana reads', () => {
  test('are what the code says (npm run dashboards writes them), and nothing else is there', () => {
    expect(readdirSync(join(GRAFANA, 'dashboards')).sort()).toEqual(names.map((name) => `${name}.json`).sort());
    for (const [name, build] of Object.entries(DASHBOARDS))
      expect(readFileSync(join(GRAFANA, 'dashboards', `${name}.json`), 'utf8'), name).toBe(dashboardText(build));
  });

  test.each(names)('%s has no fault in shape, grid, units, thresholds or words', (name) => {
    expect(faultsOf(read(name))).toEqual([]);
  });

  test('have addresses and titles of their own, and enough panels to mean something', () => {
    const all = names.map(read);
    expect(new Set(all.map(({ uid }) => uid)).size).toBe(all.length);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
    expect(all.flatMap(shown).length).toBeGreaterThan(50);
  });

  test.each(names)('%s asks only for metrics that the page of the system has, or that Prometheus makes', (name) => {
    const known = new Set([
      ...documentedMetrics().flatMap(({ name: metric, kind }) =>
        kind === 'histogram' ? [`${metric}_bucket`, `${metric}_sum`, `${metric}_count`] : [metric],
      ),
      ...['up', 'ALERTS', 'scrape_duration_seconds', 'scrape_samples_scraped', 'scrape_series_added'],
    ]);
    const used = shown(read(name)).flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr)));
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((metric) => !known.has(metric))).toEqual([]);
  });

  test('each query names the job of its targets', () => {
    const queries = names.flatMap((name) => shown(read(name)).flatMap(({ targets = [] }) => targets));
    for (const { expr } of queries) {
      const selectors = metricsIn(expr).filter((metric) => metric !== 'ALERTS').length;
      expect([expr, expr.split('job=~"$job"').length - 1]).toEqual([expr, selectors]);
      expect(asked(expr)).not.toContain('$job');
    }
  });
});

/** Names in front of a brace: our queries always have one. */
function metricsIn(expr: string): string[] {
  return [...expr.matchAll(/([a-zA-Z_:][\w:]*)\{/g)].map((match) => match[1]!);
}

describe('IAM Job Scout - Overview', () => {
  const overview = read('overview');
  const steps = (panel: Panel) => panel.fieldConfig?.defaults.thresholds?.steps.map((s) => [s.value, s.color]);

  test('has its four rows', () => {
    expect(overview.title).toBe('IAM Job Scout - Overview');
    expect(overview.panels.filter(({ type }) => type === 'row').map(({ title }) => title)).toEqual([
      'Application Health',
      'Performance',
      'Business Metrics',
      'Resources',
    ]);
  });

  test.each([
    ['HTTP Requests per Second', 'timeseries', 'reqps'],
    ['Response Time (95th percentile)', 'timeseries', 's'],
    ['Error Rate %', 'stat', 'percent'],
    ['Total Jobs in Database', 'stat', 'short'],
    ['New Jobs (7 days)', 'stat', 'short'],
    ['Scan Success Rate', 'gauge', 'percent'],
    ['Hours Since Last Successful Scan', 'stat', 'h'],
    ['Average DB Query Duration', 'timeseries', 's'],
    ['Active DB Connections', 'gauge', 'none'],
    ['Uptime', 'stat', 'd'],
  ])('has the panel %s as %s in %s', (title, type, unit) => {
    const panel = panelOf('overview', title);
    expect([panel.type, panel.fieldConfig?.defaults.unit]).toEqual([type, unit]);
  });

  test('colours its numbers at the bounds that operators were promised', () => {
    const of = (title: string) => steps(panelOf('overview', title));
    expect(of('Error Rate %')).toEqual([
      [null, 'green'],
      [1, 'yellow'],
      [5, 'red'],
    ]);
    expect(of('Scan Success Rate')).toEqual([
      [null, 'red'],
      [80, 'yellow'],
      [95, 'green'],
    ]);
    expect(of('Hours Since Last Successful Scan')).toEqual([
      [null, 'green'],
      [6, 'yellow'],
      [24, 'red'],
    ]);
    expect(of('Active DB Connections')).toEqual([
      [null, 'green'],
      [10, 'yellow'],
      [16, 'red'],
    ]);
    expect(panelOf('overview', 'Scan Success Rate').fieldConfig?.defaults).toMatchObject({ min: 0, max: 100 });
    expect(panelOf('overview', 'Active DB Connections').fieldConfig?.defaults).toMatchObject({ max: 20 });
  });

  test('names its lines by method and route, by route, and by operation and table', () => {
    const legend = (title: string) => panelOf('overview', title).targets?.[0]?.legendFormat;
    expect(legend('HTTP Requests per Second')).toBe('{{method}} {{endpoint}}');
    expect(legend('Response Time (95th percentile)')).toBe('{{endpoint}}');
    expect(legend('Average DB Query Duration')).toBe('{{operation}} on {{table}}');
  });
});

describe('provisioning', () => {
  const read = (path: string) => parse(readFileSync(join(GRAFANA, 'provisioning', path), 'utf8'));

  test('gives Grafana its data source and the folder of the dashboards', () => {
    expect(read('datasources/prometheus.yml')).toMatchObject({
      apiVersion: 1,
      datasources: [{ type: 'prometheus', isDefault: true, url: `\${PROMETHEUS_URL}` }],
    });
    expect(read('dashboards/iam-job-scout.yml')).toMatchObject({
      apiVersion: 1,
      providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards' } }],
    });
  });
});

/** The checker itself: each defect is one that somebody could make by hand. */
describe('the checker finds', () => {
  type Change = (panel: Record<string, never> & Panel, dashboard: { panels: Panel[] }) => unknown;
  const set = (change: Change) => {
    const broken = structuredClone(read('overview')) as unknown as { panels: Panel[] };
    change(broken.panels[2] as never, broken);
    return faultsOf(broken as unknown as DashboardFile);
  };
  const change = (panel: object, path: string, value: unknown) => {
    const keys = path.split('.');
    const last = keys.pop()!;
    let at = panel as Record<string, unknown>;
    for (const key of keys) at = at[key] as Record<string, unknown>;
    at[last] = value;
  };

  test.each<[string, Change, RegExp]>([
    ['an id that is used twice', (panel) => change(panel, 'id', 1), /id is not its own/],
    ['a panel over another one', (panel) => change(panel, 'gridPos.x', 3), /lies over panel/],
    ['a panel beyond the grid', (panel) => change(panel, 'gridPos.w', 24), /wider than the grid/],
    [
      'a unit that Grafana does not know',
      (panel) => change(panel, 'fieldConfig.defaults.unit', 'secs'),
      /no unit secs/,
    ],
    [
      'thresholds that do not rise',
      (panel) => change(panel, 'fieldConfig.defaults.thresholds.steps.2.value', 0.5),
      /do not rise/,
    ],
    ['a panel without description', (panel) => change(panel, 'description', ''), /no title or description/],
    ['a data source written down', (panel) => change(panel, 'datasource.uid', 'abc'), /not the variable/],
    ['a refId that is used twice', (_, { panels }) => change(panels[5]!, 'targets.1.refId', 'A'), /same refId/],
    ['an option that cannot be', (panel) => change(panel, 'options.colorMode', 'bright'), /colorMode must be equal/],
    ['a type that no longer exists', (panel) => change(panel, 'type', 'graph'), /no panel type graph/],
    ['a panel that asks nothing', (panel) => change(panel, 'targets', []), /no query/],
    ['a field that Grafana does not have', (panel) => change(panel, 'targets.0.legend', 'x'), /additional properties/],
  ])('%s', (_, defect, fault) => {
    expect(set(defect).join('\n')).toMatch(fault);
  });
});
