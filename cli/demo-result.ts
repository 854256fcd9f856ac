/** What the demo tells of its scan. */
import type { ScanView, SourceResult } from '../shared/db/scans/read.ts';
import type { DemoSystem } from './demo-system.ts';

type Counts = Pick<ScanView, 'requests' | 'found' | 'kept' | 'new' | 'changed' | 'unchanged' | 'rejected'>;

export interface DemoResult {
  readonly scan: Counts & { readonly id: string; readonly status: string; readonly units: number };
  readonly sources: Record<string, Counts & Pick<SourceResult, 'errors' | 'seconds'> & { readonly status: string }>;
  /** Jobs that a seeker can see now. */
  readonly jobs: number;
  /** Whether /metrics tells the same story as the scan. */
  readonly metrics_ok: boolean;
}

/** @param before the page of /metrics before the scan: counters go on where an earlier run of the demo left them */
export async function summarise(system: DemoSystem, scan: ScanView, before: string): Promise<DemoResult> {
  const { id, state, units } = scan;
  return {
    scan: { id, status: state, units: units.total, ...counts(scan) },
    sources: Object.fromEntries(
      scan.sourceResults.map((s) => [
        s.source,
        { status: s.state, ...counts(s), errors: s.errors, seconds: s.seconds },
      ]),
    ),
    jobs: await countJobs(system),
    metrics_ok: agrees(before, await readMetrics(system), scan),
  };
}

export async function readMetrics(system: DemoSystem): Promise<string> {
  return (await system.call('GET', '/metrics')).text();
}

function counts(of: Counts): Counts {
  const { requests, found, kept, new: fresh, changed, unchanged, rejected } = of;
  return { requests, found, kept, new: fresh, changed, unchanged, rejected };
}

/** Walks the list as a seeker's program would. */
async function countJobs(system: DemoSystem): Promise<number> {
  let jobs = 0;
  let path: string | undefined = '/api/v1/jobs?limit=100';
  while (path !== undefined) {
    const page = (await (await system.call('GET', path)).json()) as { items: unknown[]; nextCursor: string | null };
    jobs += page.items.length;
    path = page.nextCursor ? `/api/v1/jobs?limit=100&cursor=${encodeURIComponent(page.nextCursor)}` : undefined;
  }
  return jobs;
}

function agrees(before: string, after: string, scan: ScanView): boolean {
  const moved = (name: string, labels = '') => sum(after, name, labels) - sum(before, name, labels);
  return (
    moved('iam_scan_runs_total', `status="${scan.state}"`) === 1 &&
    moved('external_api_requests_total') === scan.requests &&
    moved('db_operations_total') > 0 &&
    moved('http_requests_total') > 0
  );
}

function sum(page: string, name: string, labels: string): number {
  return page
    .split('\n')
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && line.includes(labels))
    .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}

export function whereToLook(system: DemoSystem, jobs: number): string {
  return `
${jobs} jobs are there to look at. The sources are played on this machine; one page of one of them is broken on purpose.

  page      ${system.address}/
  scans     ${system.address}/scans
  API       ${system.address}/api/v1/jobs?q=okta
  metrics   ${system.address}/metrics
  a scan    npm run scan -- --wait, with DATA_DIR=${system.dataDir}

Ctrl-C ends it.
`;
}
