/** The pieces that all dashboards are made of, so that each of them reads as a list of questions. */
import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  VisibilityMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as GaugePanel } from '@grafana/grafana-foundation-sdk/gauge';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatPanel } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelinePanel } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TablePanel } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesPanel } from '@grafana/grafana-foundation-sdk/timeseries';

/** Nobody writes a number of a data source into a panel: the variable at the top chooses it. */
const DATASOURCE = { type: 'prometheus', uid: `\${datasource}` };
/** Every query is held to the targets of this system. */
export const JOB = 'job=~"$job"';
/** What people ask for: not the addresses that machines ask each few seconds. */
export const PEOPLE = `${JOB}, endpoint!~"/metrics|/healthz|/readyz|/internal/.*"`;

/** The grid has 24 columns. */
const COLUMNS = 24;
const HEIGHT = 8;
const STAT_HEIGHT = 4;
const LETTERS = 'ABCDEFGHIJ';

/** A query and what its lines are called; `{{label}}` stands for the value of a label. */
export type Query = readonly [expression: string, legend?: string];
/** Lower bound and colour; the first has no bound. */
export type Step = readonly [bound: number | null, colour: string];

export interface PanelText {
  readonly title: string;
  /** What it answers, and how to read it where that is not obvious. */
  readonly about: string;
  /** An identifier of Grafana's list of units. */
  readonly unit: string;
  /** Columns of 24. */
  readonly width?: number;
  /** The value may be below zero: the axis does not begin at it. */
  readonly signed?: boolean;
}

interface StatText extends PanelText {
  readonly steps: readonly Step[];
  /** Shown where there is no value. */
  readonly none?: string;
}

interface GaugeText extends PanelText {
  readonly steps: readonly Step[];
  readonly max: number;
}

export function timeSeries(text: PanelText, ...queries: Query[]) {
  const panel = headed(new TimeSeriesPanel(), text, COLUMNS / 3)
    .fillOpacity(10)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['mean', 'max', 'lastNotNull']),
    );
  return withQueries(text.signed === true ? panel : panel.min(0), queries);
}

/** One big number with its colour. */
export function stat(text: StatText, ...queries: Query[]) {
  const panel = headed(new StatPanel(), text, COLUMNS / 6, STAT_HEIGHT)
    .thresholds(thresholds(text.steps))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.Area)
    .reduceOptions(lastValue());
  return withQueries(text.none === undefined ? panel : panel.noValue(text.none), queries);
}

export function gauge(text: GaugeText, ...queries: Query[]) {
  const panel = headed(new GaugePanel(), text, COLUMNS / 4)
    .min(0)
    .max(text.max)
    .thresholds(thresholds(text.steps))
    .reduceOptions(lastValue());
  return withQueries(panel, queries);
}

/** States of several things over time, one row for each. */
export function states(text: StatText, ...queries: Query[]) {
  const panel = headed(new StateTimelinePanel(), text, COLUMNS / 2).thresholds(thresholds(text.steps));
  return withQueries(panel, queries);
}

/** The newest values of several queries side by side, joined by one label. */
export function table(text: PanelText, by: string, ...queries: Query[]) {
  const columns = queries.map(([, name], index) => [`Value #${LETTERS[index]}`, name ?? '']);
  const panel = headed(new TablePanel(), text, COLUMNS)
    .withTransformation({ id: 'joinByField', options: { byField: by, mode: 'outer' } })
    .withTransformation({
      id: 'organize',
      options: { excludeByName: { Time: true }, renameByName: Object.fromEntries(columns) },
    });
  queries.forEach(([expression], index) => {
    panel.withTarget(query(expression, '').instant().format(PromQueryFormat.Table).refId(LETTERS.charAt(index)));
  });
  return panel;
}

/** What every kind of panel has. */
interface PanelHead {
  title(title: string): this;
  description(description: string): this;
  unit(unit: string): this;
  datasource(datasource: typeof DATASOURCE): this;
  span(columns: number): this;
  height(rows: number): this;
}

function headed<T extends PanelHead>(panel: T, text: PanelText, width: number, height = HEIGHT): T {
  return panel
    .title(text.title)
    .description(text.about)
    .unit(text.unit)
    .datasource(DATASOURCE)
    .span(text.width ?? width)
    .height(height);
}

function withQueries<T extends { withTarget(target: DataqueryBuilder): unknown }>(
  panel: T,
  queries: readonly Query[],
): T {
  queries.forEach(([expression, legend = ''], index) => {
    panel.withTarget(query(expression, legend).range().refId(LETTERS.charAt(index)));
  });
  return panel;
}

function query(expression: string, legend: string): DataqueryBuilder {
  const target = new DataqueryBuilder().expr(expression.replace(/\s+/g, ' ').trim()).datasource(DATASOURCE);
  return legend === '' ? target : target.legendFormat(legend);
}

function thresholds(steps: readonly Step[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
}

function lastValue(): ReduceDataOptionsBuilder {
  return new ReduceDataOptionsBuilder().calcs(['lastNotNull']);
}

/** An empty dashboard with what all of them have: variables, alerts as annotations, the way to the others. */
export function dashboard(uid: string, title: string): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid)
    .tags(['iam-job-scout'])
    .timezone('browser')
    .refresh('30s')
    .time({ from: 'now-6h', to: 'now' })
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(
      new QueryVariableBuilder('job')
        .label('Job')
        .datasource(DATASOURCE)
        .query('label_values(up, job)')
        .regex('/iam-job-scout.*/')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .current({ text: 'iam-job-scout', value: 'iam-job-scout', selected: true }),
    )
    .annotation(
      new AnnotationQueryBuilder()
        .name('Alerts firing')
        .datasource(DATASOURCE)
        .enable(true)
        .iconColor('red')
        .expr('ALERTS{alertstate="firing", alertname!="Watchdog", service="iam-job-scout"}'),
    )
    .link(
      new DashboardLinkBuilder('All dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags(['iam-job-scout'])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    );
}

/** The SDK places panels but numbers none, and gives every row the id 0. */
export function numbered(builder: DashboardBuilder): Dashboard {
  const built = builder.build();
  built.panels?.forEach((panel, index) => {
    panel.id = index + 1;
  });
  return built;
}
