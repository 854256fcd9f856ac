import type { AlertCases } from './case.ts';
import { DATABASE } from './database.ts';
import { GUIDE } from './guide.ts';
import { HTTP } from './http.ts';
import { META } from './meta.ts';
import { PROCESSES } from './processes.ts';
import { QUEUES } from './queues.ts';
import { SCANS } from './scans.ts';
import { SLO } from './slo.ts';
import { SOURCES } from './sources.ts';

/** What is played for each alert. */
export const CASES: Readonly<Record<string, AlertCases>> = {
  ...GUIDE,
  ...HTTP,
  ...DATABASE,
  ...SOURCES,
  ...SCANS,
  ...QUEUES,
  ...PROCESSES,
  ...META,
  ...SLO,
};
