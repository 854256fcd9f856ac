/** The catalogue of sources with what the database knows of each. */
import { sql } from 'kysely';
import type { Database } from '../../shared/db/database.ts';
import { SOURCE_NAMES, type SourceName, sourceInfo } from '../../shared/sources.ts';
import type { ApiConfig } from '../services.ts';
import { toIso } from './time.ts';

export interface SourceView {
  readonly name: SourceName;
  readonly label: string;
  readonly kind: 'search' | 'feed' | 'board';
  readonly homepage: string;
  readonly attribution: { readonly text: string; readonly url: string };
  /** Scans read it: it is among the settings' SOURCES and not switched off. */
  readonly enabled: boolean;
  /** A setting that it needs is not set. */
  readonly waitingForKey: boolean;
  /** Settings that are not set yet. */
  readonly missingKeys: readonly string[];
  /** Boards that scans read, of all that are known; a source without boards counts as one. */
  readonly boards: { readonly enabled: number; readonly total: number };
  readonly lastSuccessAt: string | null;
  readonly lastFound: number | null;
  readonly lastErrorAt: string | null;
  readonly lastErrorType: string | null;
  readonly lastError: string | null;
}

export async function listSources(
  db: Pick<Database, 'sql'>,
  config: Pick<ApiConfig, 'sources' | 'sourceKeys'>,
): Promise<SourceView[]> {
  const { rows } = await sql<Row>`
    select coalesce(s.source, b.source) as source, coalesce(s.enabled, true) as enabled, s.last_success_at, s.last_found,
      s.last_error_type, s.last_error, s.last_error_at, coalesce(b.enabled, 0) as boards_enabled, coalesce(b.total, 0) as boards
    from source_state s full join (
      select source, count(*)::int as total, count(*) filter (where enabled)::int as enabled from board group by source
    ) b on b.source = s.source`.execute(db.sql);
  return SOURCE_NAMES.map((name) =>
    toView(
      name,
      rows.find((row) => row.source === name),
      config,
    ),
  );
}

function toView(name: SourceName, row: Row | undefined, config: Pick<ApiConfig, 'sources' | 'sourceKeys'>): SourceView {
  const { label, kind, homepage, attribution, keys } = sourceInfo(name);
  const missingKeys = keys.filter((key) => (config.sourceKeys[key] ?? '') === '');
  return {
    name,
    label,
    kind,
    homepage,
    attribution,
    enabled: (row?.enabled ?? true) && config.sources.includes(name),
    waitingForKey: missingKeys.length > 0,
    missingKeys,
    boards: { enabled: row?.boards_enabled ?? 0, total: row?.boards ?? 0 },
    lastSuccessAt: toIso(row?.last_success_at ?? null),
    lastFound: row?.last_found ?? null,
    lastErrorAt: toIso(row?.last_error_at ?? null),
    lastErrorType: row?.last_error_type ?? null,
    lastError: row?.last_error ?? null,
  };
}

interface Row {
  readonly source: string;
  readonly enabled: boolean;
  readonly last_success_at: string | null;
  readonly last_found: number | null;
  readonly last_error_type: string | null;
  readonly last_error: string | null;
  readonly last_error_at: string | null;
  readonly boards_enabled: number;
  readonly boards: number;
}
