/** Shapes of scans and their units as the API shows them. */
import { z } from 'zod';
import type { ScanView } from '../shared/db/scans/read.ts';
import { WAIT_WORDS } from '../shared/db/scans/waits.ts';
import { SCAN_ERROR_TYPES } from '../shared/errors.ts';
import { SOURCE_NAMES } from '../shared/sources.ts';

export const count = z.number().int().nonnegative();
const counts = {
  requests: count,
  found: count.meta({ description: 'Always kept + rejected.' }),
  kept: count.meta({ description: 'Always new + changed + unchanged.' }),
  rejected: count,
  new: count,
  changed: count,
  unchanged: count,
  closed: count,
};
export const SCAN_STATES = ['queued', 'running', 'success', 'partial', 'failed', 'cancelled'] as const;
export const UNIT_STATES = [...SCAN_STATES, 'waiting_for_key', 'out_of_quota'] as const;
const time = z.string();

export const scanView = z.object({
  id: z.string(),
  trigger: z.enum(['admin', 'api', 'timetable', 'cli']),
  requestedBy: z.string().nullable(),
  state: z.enum(SCAN_STATES),
  requestedAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  cancelRequestedAt: time.nullable(),
  sources: z.array(z.string()),
  reason: z.string().nullable().meta({ description: 'Why it is not a success.' }),
  units: z.object({
    total: count,
    done: count,
    success: count,
    partial: count,
    failed: count,
    cancelled: count,
    waitingForKey: count,
    outOfQuota: count.meta({ description: 'Not asked, because no request is left for them for now. Nothing failed.' }),
  }),
  ...counts,
  sourceResults: z.array(
    z.object({
      source: z.string(),
      state: z.enum(UNIT_STATES),
      units: count,
      done: count,
      ...counts,
      errors: count,
      errorType: z.string().nullable(),
      error: z.string().nullable(),
      seconds: z.number(),
      waits: z
        .array(
          z.object({
            why: z.enum(WAIT_WORDS),
            says: z.string(),
            units: count,
            since: time.nullable(),
            until: time
              .nullable()
              .meta({ description: 'When the first of them comes again; null while an operator holds them.' }),
          }),
        )
        .meta({ description: 'What its open units wait for.' }),
    }),
  ),
});

/** Who asked for it is for the trail and the row: anybody may read a scan, and none of them an admin's address. */
export function forAnybody(scan: ScanView): ScanView {
  return { ...scan, requestedBy: scan.requestedBy?.includes('@') ? 'an admin' : scan.requestedBy };
}

export const unitView = z.object({
  id: z.uuid().meta({ description: 'What POST /api/v1/operations/rerun takes.' }),
  source: z.enum(SOURCE_NAMES),
  boardId: count,
  board: z.string().meta({ description: "The employer's name at the source; * for a source without boards." }),
  region: z.string(),
  company: z.string().nullable(),
  state: z.enum(UNIT_STATES),
  attempts: count,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  ...counts,
  rejectedReasons: z.record(z.string(), count).meta({ description: 'Why postings were left out.' }),
  errorType: z
    .string()
    .nullable()
    .meta({ description: `The cause: ${SCAN_ERROR_TYPES.join(', ')}.` }),
  error: z.string().nullable().meta({ description: 'The cause as one sentence.' }),
  wait: z
    .object({ why: z.enum(WAIT_WORDS), says: z.string(), since: time.nullable() })
    .nullable()
    .meta({ description: 'What it waits for before it is read.' }),
  nextTryAt: time.nullable().meta({
    description:
      'Of an open unit when it comes again, of an ended one when its board is read again; null: as nextTryWhy says.',
  }),
  nextTryWhy: z.string(),
});
