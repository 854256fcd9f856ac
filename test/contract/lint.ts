/** Linters of others over the document: no error may be left. */
import { join } from 'node:path';
import type { Section } from './report.ts';
import { run } from './tools.ts';

const TIMEOUT_MS = 90_000;
type Found = Pick<Section, 'passed' | 'failures' | 'figures'>;

interface SpectralFinding {
  readonly code: string;
  /** 0 is an error, 1 a warning. */
  readonly severity: number;
  readonly message: string;
  readonly path: readonly (string | number)[];
}

export async function spectral(file: string, operations: number): Promise<Found> {
  const rules = join(import.meta.dirname, 'spectral.yaml');
  const args = ['lint', file, '--ruleset', rules, '--format', 'json', '--quiet', '--fail-severity', 'error'];
  const { code, stdout, stderr } = await run('spectral', args, { timeoutMs: TIMEOUT_MS });
  if (code !== 0 && code !== 1)
    throw new Error(`spectral ended with ${code}: ${stderr.slice(-1_000)}${stdout.slice(-500)}`);
  const findings = JSON.parse(stdout) as SpectralFinding[];
  const errors = findings.filter(({ severity }) => severity === 0);
  const failures = errors.map(({ code, message, path }) => `${code} at ${path.join('.')}: ${message}`);
  return result(operations, failures, findings.length - errors.length);
}

interface RedoclyReport {
  readonly totals: { readonly errors: number; readonly warnings: number };
  readonly problems: readonly {
    readonly severity: string;
    readonly ruleId: string;
    readonly message: string;
    readonly location: readonly { readonly pointer?: string }[];
  }[];
}

export async function redocly(file: string, operations: number): Promise<Found> {
  const args = ['lint', file, '--format', 'json', '--max-problems', '500'];
  const { code, stdout, stderr } = await run('redocly', args, { timeoutMs: TIMEOUT_MS });
  if (code !== 0 && code !== 1) throw new Error(`redocly ended with ${code}: ${stderr.slice(-1_000)}`);
  const { totals, problems } = JSON.parse(stdout) as RedoclyReport;
  const errors = problems.filter(({ severity }) => severity === 'error');
  const failures = errors.map(({ ruleId, message, location }) => `${ruleId} at ${location[0]?.pointer}: ${message}`);
  if (totals.errors > failures.length) failures.push(`${totals.errors} errors, not all of them listed`);
  return result(operations, failures, totals.warnings);
}

/** An operation counts as passed; a finding as one failure. */
function result(operations: number, failures: readonly string[], warnings: number): Found {
  return { passed: operations, failures, figures: { operations, warnings } };
}
