/** Every dashboard by the name of its file. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { api } from './api.ts';
import { databaseAndQueue } from './database-and-queue.ts';
import { metricsBus } from './metrics-bus.ts';
import { overview } from './overview.ts';
import { scans } from './scans.ts';

export const DASHBOARDS: Readonly<Record<string, () => Dashboard>> = {
  overview,
  scans,
  api,
  'database-and-queue': databaseAndQueue,
  'metrics-bus': metricsBus,
};

/** The text of a dashboard's file. */
export function dashboardText(build: () => Dashboard): string {
  return `${JSON.stringify(build(), null, 2)}\n`;
}
