import type { AlertCases } from './case.ts';
import { DATABASE, HTTP, SOURCES } from './extra.ts';
import { GUIDE } from './guide.ts';
import { META } from './meta.ts';
import { SLO } from './slo.ts';
import { PROCESSES, QUEUES, SCANS } from './work.ts';

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
