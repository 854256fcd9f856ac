/** Scans and operations. */
import type { ProblemKind } from './kind.ts';

export const SCANS = {
  'scan-over': {
    status: 409,
    title: 'The scan is already over',
    about: 'Only a scan that is queued or running can be cancelled.',
  },
  'operation-refused': {
    status: 409,
    title: 'The operation means nothing here',
    about: 'What it names is in a state in which there is nothing to do; the member "detail" of the answer says which.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key belongs to another request',
    about: 'The same key came within 24 hours with another content. Use a new key for a new request.',
  },
  'too-many-scans': {
    status: 429,
    title: 'Too many scans are open',
    about: 'Wait until one of them ends, or cancel one, then ask again.',
  },
  'too-many-streams': {
    status: 503,
    title: 'Too many event streams are open',
    about: 'Close a stream, or read the scan itself from time to time.',
  },
} as const satisfies Record<string, ProblemKind>;
