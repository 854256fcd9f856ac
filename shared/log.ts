/** Structured logs as JSON lines on standard error; standard output belongs to people and to `--json`. */
import { type Logger, pino } from 'pino';

export type Log = Logger;

/** @param role what this process is; it goes into every line. */
export function createLog(role: string, level: string): Log {
  return pino(
    {
      level,
      base: { role, pid: process.pid },
      // A second net only: what is logged is chosen field by field.
      redact: [
        'authorization',
        'cookie',
        'token',
        '*.authorization',
        '*.cookie',
        '*.token',
        '*["x-admin-token"]',
        '*["x-api-key"]',
      ],
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
