/** Days and moments that PostgreSQL can keep: its calendar has no year 0, which ISO 8601 has. */
import { z } from 'zod';

const MESSAGE = 'must be a day: 2026-11-30';

export const day = z.iso.date(MESSAGE).refine((text) => text >= '0001', MESSAGE);

/** In UTC with milliseconds, as they are stored. */
export const moment = z.iso
  .datetime({ precision: 3, error: 'must be a moment in UTC with milliseconds: 2026-11-30T08:00:00.000Z' })
  .refine((text) => text >= '0001', 'must be in the year 1 or later');
