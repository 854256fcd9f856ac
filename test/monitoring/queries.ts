/** All PromQL of this project, wherever it is written. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MONITORING } from '../../monitoring/files.ts';
import { readRuleFiles } from './rules.ts';

export interface Query {
  /** For people: file, and rule or panel. */
  readonly where: string;
  readonly expr: string;
  /** A dashboard's ranges are as long as its step. */
  readonly isPanel: boolean;
}

const DOCS = join(MONITORING, '../docs');
/** What Grafana puts in the place of its own names. */
const GRAFANA: readonly (readonly [RegExp, string])[] = [
  [/\$\{?__(rate_interval|interval|range)(:\w+)?\}?/g, '5m'],
  [/\$\{?__(range_s|interval_ms)\}?/g, '300'],
];

export function ruleQueries(): Query[] {
  return readRuleFiles().flatMap(({ file, groups }) =>
    groups.flatMap(({ rules }) =>
      rules.map(({ alert, record, expr }) => ({ where: `${file}: ${alert ?? record}`, expr, isPanel: false })),
    ),
  );
}

/** Blocks of ```promql, one query each, in runbooks and in docs. */
export function writtenQueries(): Query[] {
  return [...markdownOf(join(MONITORING, 'runbooks')), ...markdownOf(DOCS)].flatMap(({ file, text }) =>
    [...text.matchAll(/^```promql\n([\s\S]*?)^```/gm)].flatMap((block) =>
      (block[1] ?? '')
        .split(/\n\s*\n/)
        .filter((part) => part.trim() !== '')
        .map((expr) => ({ where: `${file}: ${expr.trim().slice(0, 40)}`, expr: expr.trim(), isPanel: false })),
    ),
  );
}

export function panelQueries(folder = join(MONITORING, 'grafana')): Query[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => [...expressionsIn(JSON.parse(readFileSync(join(folder, file), 'utf8')), file)]);
}

/** Every `expr` of a dashboard, however deep; variables asked by a query included. */
function* expressionsIn(value: unknown, where: string): Generator<Query> {
  if (Array.isArray(value)) {
    for (const one of value) yield* expressionsIn(one, where);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { expr, title, ...others } = value as Record<string, unknown>;
  const here = typeof title === 'string' && title !== '' ? `${where}: ${title}` : where;
  if (typeof expr === 'string' && expr !== '') yield { where: here, expr: plain(expr), isPanel: true };
  yield* expressionsIn(Object.values(others), here);
}

export function plain(expr: string): string {
  return GRAFANA.reduce((text, [from, to]) => text.replaceAll(from, to), expr);
}

function markdownOf(folder: string): { readonly file: string; readonly text: string }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
}
