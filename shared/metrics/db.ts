/** Database work: every statement of every pool, seen at the driver. */
import { Counter, Histogram } from 'prom-client';
import { BUCKETS, registry } from './registry.ts';

export const DB_OPERATIONS = ['select', 'insert', 'update', 'delete', 'other'] as const;
export type DbOperation = (typeof DB_OPERATIONS)[number];
export const DB_ERROR_TYPES = [
  'connection',
  'timeout',
  'deadlock',
  'serialization',
  'unique_violation',
  'constraint',
  'syntax',
  'other',
] as const;
export type DbErrorType = (typeof DB_ERROR_TYPES)[number];
/** Tables that may become a label; anything else is `other`. */
export const DB_TABLES = [
  'application',
  'application_advert',
  'application_count',
  'application_event',
  'board',
  'board_check',
  'budget',
  'exchange_rate',
  'gate',
  'board_rejected',
  'hide_rule',
  'hold',
  'iam_term',
  'idempotency_key',
  'job',
  'job_event',
  'job_term',
  'job_text',
  'merge_decision',
  'merge_todo',
  'operator_event',
  'posting',
  'posting_body',
  'posting_key',
  'posting_life',
  'posting_link',
  'posting_sign',
  'rate_limit',
  'rescore',
  'scan',
  'scan_unit',
  'search_progress',
  'search_todo',
  'search_word',
  'source_day',
  'source_state',
  'source_state_event',
  'stats_day',
  'text_todo',
  'vanished',
  'other',
] as const;
export type DbTable = (typeof DB_TABLES)[number];

const duration = new Histogram({
  name: 'db_query_duration_seconds',
  help: 'Duration of database statements.',
  labelNames: ['operation', 'table'],
  buckets: [...BUCKETS.db],
  registers: [registry],
});
const operations = new Counter({
  name: 'db_operations_total',
  help: 'Database statements by outcome.',
  labelNames: ['operation', 'table', 'status'],
  registers: [registry],
});
const errors = new Counter({
  name: 'database_errors_total',
  help: 'Failed database statements by kind of failure.',
  labelNames: ['operation', 'error_type'],
  registers: [registry],
});

for (const operation of DB_OPERATIONS) {
  for (const table of DB_TABLES) {
    for (const status of ['success', 'error']) operations.inc({ operation, table, status }, 0);
    duration.zero({ operation, table });
  }
  for (const error_type of DB_ERROR_TYPES) errors.inc({ operation, error_type }, 0);
}

/** Runs one database operation and records it. `table` names the first table that it touches. */
export async function trackDbOperation<T>(operation: DbOperation, table: DbTable, run: () => Promise<T>): Promise<T> {
  const end = startDbOperation(operation, table);
  try {
    const result = await run();
    end();
    return result;
  } catch (error) {
    end(error);
    throw error;
  }
}

/** @returns call once at the end, with the error if there was one */
export function startDbOperation(operation: DbOperation, table: DbTable): (error?: unknown) => void {
  const startedAt = performance.now();
  return (error) => {
    operations.inc({ operation, table, status: error == null ? 'success' : 'error' });
    if (error != null) errors.inc({ operation, error_type: dbErrorType(error) });
    duration.observe({ operation, table }, (performance.now() - startedAt) / 1000);
  };
}

/** No connection could be had, so that no statement was sent. */
export function countConnectError(error: unknown): void {
  errors.inc({ operation: 'other', error_type: dbErrorType(error) });
}

/** What pg says of a lost connection without a code. */
const LOST =
  /^(Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect)/;

/** By SQLSTATE (PostgreSQL documentation, appendix A), or by what Node or pg say of the connection. */
export function dbErrorType(error: unknown): DbErrorType {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code !== 'string') return LOST.test(String(message)) ? 'connection' : 'other';
  if (/^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH)/.test(code)) return 'connection';
  if (code.startsWith('08') || code.startsWith('57P') || code === '53300') return 'connection';
  if (code === '57014' || code === '55P03') return 'timeout';
  if (code === '40P01') return 'deadlock';
  if (code === '40001') return 'serialization';
  if (code === '23505') return 'unique_violation';
  if (code.startsWith('23')) return 'constraint';
  if (code.startsWith('42')) return 'syntax';
  return 'other';
}
