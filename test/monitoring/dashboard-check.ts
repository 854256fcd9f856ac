/** Finds what is wrong with a dashboard without Grafana: its shape, its grid, its words, and what a Prometheus answers to its queries. */
import * as units from '@grafana/grafana-foundation-sdk/units';
import { Ajv } from 'ajv';
import { DASHBOARD_SCHEMA, OPTIONS_SCHEMAS } from './dashboard-schema.ts';

export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
}

export interface Panel {
  readonly id?: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly options?: object;
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
    };
  };
  readonly targets?: readonly Target[];
}

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const GRID_COLUMNS = 24;
const UNITS = new Set<unknown>(Object.values(units));
const ajv = new Ajv({ allErrors: true });
const isDashboard = ajv.compile(DASHBOARD_SCHEMA);
const optionsOf = Object.fromEntries(
  Object.entries(OPTIONS_SCHEMAS).map(([type, schema]) => [type, ajv.compile(schema)]),
);

/** The panels that show something. */
export function shown(dashboard: DashboardFile): readonly Panel[] {
  return dashboard.panels.filter(({ type }) => type !== 'row');
}

/** A query as Grafana would send it. */
export function asked(expr: string): string {
  return expr.replaceAll('$job', 'iam-job-scout');
}

/** @returns every fault as a sentence */
export function faultsOf(dashboard: DashboardFile): string[] {
  const shape = isDashboard(dashboard) ? [] : (isDashboard.errors ?? []).map((e) => `${e.instancePath} ${e.message}`);
  return [...shape, ...gridFaults(dashboard.panels), ...shown(dashboard).flatMap(panelFaults)];
}

function gridFaults(panels: readonly Panel[]): string[] {
  const faults: string[] = [];
  const ids = new Set<number | undefined>();
  panels.forEach((panel, index) => {
    if (panel.id === undefined || ids.has(panel.id)) faults.push(`${name(panel)}: its id is not its own`);
    ids.add(panel.id);
    const { x, w } = panel.gridPos;
    if (x + w > GRID_COLUMNS) faults.push(`${name(panel)}: wider than the grid`);
    for (const other of panels.slice(0, index))
      if (overlap(panel, other)) faults.push(`${name(panel)}: lies over ${name(other)}`);
  });
  return faults;
}

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

function panelFaults(panel: Panel): string[] {
  const faults: string[] = [];
  const say = (fault: string) => faults.push(`${name(panel)}: ${fault}`);
  const check = optionsOf[panel.type];
  if (check === undefined) say(`no panel type ${panel.type} is known`);
  else if (!check(panel.options)) for (const e of check.errors ?? []) say(`options${e.instancePath} ${e.message}`);
  if (!panel.title || !panel.description) say('no title or description');
  if (panel.datasource?.uid !== `\${datasource}`) say('its data source is not the variable');
  const { unit, thresholds } = panel.fieldConfig?.defaults ?? {};
  if (!UNITS.has(unit)) say(`no unit ${unit} is known`);
  const steps = thresholds?.steps ?? [];
  const bounds = steps.map(({ value }) => value ?? Number.NEGATIVE_INFINITY);
  if (steps.length > 0 && steps[0]?.value !== null) say('its first threshold has a bound');
  if (bounds.some((bound, i) => i > 0 && bound <= bounds[i - 1]!)) say('its thresholds do not rise');
  const refIds = (panel.targets ?? []).map(({ refId }) => refId);
  if (refIds.length === 0) say('no query');
  if (new Set(refIds).size !== refIds.length) say('two queries have the same refId');
  return faults;
}

/** Asks a Prometheus every query over the last minute, as a panel does. @returns every fault as a sentence */
export async function answerFaults(dashboard: DashboardFile, prometheus: string): Promise<string[]> {
  const faults: string[] = [];
  for (const panel of shown(dashboard))
    for (const target of panel.targets ?? [])
      faults.push(
        ...(await queryFaults(target, prometheus)).map((fault) => `${name(panel)} ${target.refId}: ${fault}`),
      );
  return faults;
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

async function queryFaults({ expr, legendFormat = '' }: Target, prometheus: string): Promise<string[]> {
  const query = asked(expr);
  try {
    await ask(prometheus, 'format_query', { query });
    const end = Date.now() / 1000;
    const found = await ask(prometheus, 'query_range', { query, start: `${end - 60}`, end: `${end}`, step: '5' });
    return [...seriesFaults((found as { result: Series[] }).result, legendFormat)];
  } catch (error) {
    return [(error as Error).message];
  }
}

function* seriesFaults(result: readonly Series[], legend: string): Generator<string> {
  const values = result.flatMap((series) => series.values.map(([, value]) => Number(value)));
  if (values.length === 0) yield 'no data';
  else if (!values.every(Number.isFinite)) yield 'not all of its values are numbers';
  for (const [, label = ''] of legend.matchAll(/\{\{\s*(\w+)\s*\}\}/g))
    if (result.some(({ metric }) => !(label in metric))) yield `no label ${label} for its legend`;
  const names = result.map(({ metric }) => legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, l: string) => metric[l] ?? ''));
  if (new Set(names).size !== names.length && legend !== '') yield 'two of its lines have the same name';
  if (legend === '' && result.length > 1 && !result.every(({ metric }) => 'source' in metric))
    yield `${result.length} lines without a name`;
}

/** @throws Error with Prometheus' own words */
export async function ask(prometheus: string, path: string, parameters: Record<string, string>): Promise<unknown> {
  const response = await fetch(`${prometheus}/api/v1/${path}?${new URLSearchParams(parameters)}`, {
    signal: AbortSignal.timeout(20_000),
  });
  const answer = (await response.json()) as { status: string; data: unknown; error?: string };
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer.data;
}

function name({ id, title }: Panel): string {
  return `panel ${id} "${title}"`;
}
