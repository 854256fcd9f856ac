/** Scans, newest first, a page at a time. */
import { sql } from 'kysely';
import type { Database } from '../database.ts';
import { isUuid, readScans, type ScanView } from './read.ts';

const PAGE_MAX = 100;

export interface ScanPage {
  readonly scans: readonly ScanView[];
  /** Give it back for the next page; undefined on the last one. It is the id of this page's last scan. */
  readonly cursor: string | undefined;
}

/** @param options.cursor of the page before; behind a scan that does not exist there is nothing, so that page is empty */
export async function listScans(
  db: Pick<Database, 'sql'>,
  options: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<ScanPage> {
  const limit = Math.min(Math.max(1, options.limit), PAGE_MAX);
  const { cursor } = options;
  if (cursor !== undefined && !isUuid(cursor)) return { scans: [], cursor: undefined };
  const older =
    cursor === undefined
      ? sql``
      : sql`where (requested_at, id) < (select requested_at, id from scan where id = ${cursor})`;
  const scans = await readScans(db, sql`${older} order by requested_at desc, id desc limit ${limit + 1}`);
  const page = scans.slice(0, limit);
  return { scans: page, cursor: scans.length > limit ? page.at(-1)?.id : undefined };
}
