import type { z } from 'zod';

/** One row of the table of settings. */
export interface Setting {
  readonly about: string;
  readonly default: string | undefined;
  readonly schema: z.ZodType;
  /** Secrets are never printed and may be given as `<NAME>_FILE`, the path of a file that holds the value. */
  readonly secret?: boolean;
}
