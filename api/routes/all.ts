/** The table of routes: every address of this server but the files of its pages, which are under /static/. */
import type { Route } from '../route.ts';
import { ACCOUNT_ROUTES } from './account.ts';
import { ACCOUNT_DATA_ROUTES } from './account-data.ts';
import { PASSWORD_ROUTES } from './account-password.ts';
import { ACCOUNTS_ADMIN_ROUTES } from './accounts-admin.ts';
import { ADMIN_PAGE_ROUTES } from './admin-pages.ts';
import { APPLICATION_HISTORY_ROUTES } from './application-history.ts';
import { APPLICATION_ROUTES } from './applications.ts';
import { BOARD_ROUTES } from './boards.ts';
import { CEREMONY_ROUTES } from './ceremonies.ts';
import { DATA_PAGE_ROUTES } from './data-pages.ts';
import { DECISION_ROUTES } from './decisions.ts';
import { documentRoutes } from './document.ts';
import { HEALTH_ROUTES } from './health.ts';
import { HIDE_ROUTES } from './hides.ts';
import { JOB_EXPORT_ROUTES } from './job-export.ts';
import { JOB_ROUTES } from './jobs.ts';
import { METRICS_ROUTES } from './metrics.ts';
import { OPERATION_ROUTES } from './operations.ts';
import { PAGE_ROUTES } from './pages.ts';
import { SCAN_PROGRESS_ROUTES } from './scan-progress.ts';
import { SCAN_ROUTES } from './scans.ts';
import { SIGN_IN_ROUTES } from './sign-in.ts';
import { SOURCE_ROUTES } from './sources.ts';
import { TRACKER_ROUTES } from './tracker.ts';
import { WATCHDOG_ROUTES } from './watchdog.ts';
import { WELL_KNOWN_ROUTES } from './well-known.ts';

export const ROUTES: readonly Route[] = [
  ...PAGE_ROUTES,
  ...SIGN_IN_ROUTES,
  ...CEREMONY_ROUTES,
  ...ACCOUNT_ROUTES,
  ...PASSWORD_ROUTES,
  ...ACCOUNTS_ADMIN_ROUTES,
  ...ADMIN_PAGE_ROUTES,
  ...TRACKER_ROUTES,
  ...DATA_PAGE_ROUTES,
  ...ACCOUNT_DATA_ROUTES,
  ...APPLICATION_ROUTES,
  ...APPLICATION_HISTORY_ROUTES,
  ...HIDE_ROUTES,
  // Before the jobs: its address would be that of a job called "export".
  ...JOB_EXPORT_ROUTES,
  ...JOB_ROUTES,
  ...DECISION_ROUTES,
  ...SCAN_ROUTES,
  ...SCAN_PROGRESS_ROUTES,
  ...SOURCE_ROUTES,
  ...OPERATION_ROUTES,
  ...BOARD_ROUTES,
  ...HEALTH_ROUTES,
  ...METRICS_ROUTES,
  ...documentRoutes(({ config }) => routesFor(config.metricsPort)),
  ...WATCHDOG_ROUTES,
  ...WELL_KNOWN_ROUTES,
];

/** With METRICS_PORT the supervisor serves /metrics there, also where no api runs, and PORT does not have it. */
export function routesFor(metricsPort: number | undefined): readonly Route[] {
  return metricsPort === undefined ? ROUTES : ROUTES.filter((route) => !METRICS_ROUTES.includes(route));
}
