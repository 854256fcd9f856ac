/** The tables as Kysely sees them, by what they are about. Through MikroORM's pool `timestamptz` and `bigint` arrive as text. */
import type { ApiTables } from './tables/api.ts';
import type { BoardTables } from './tables/board.ts';
import type { JobTables } from './tables/job.ts';
import type { MergeTables } from './tables/merge.ts';
import type { OperationTables } from './tables/operation.ts';
import type { ScanTables } from './tables/scan.ts';
import type { SearchTables } from './tables/search.ts';
import type { SourceTables } from './tables/source.ts';
import type { TrackingTables } from './tables/tracking.ts';

export interface Tables
  extends ApiTables,
    BoardTables,
    JobTables,
    MergeTables,
    OperationTables,
    ScanTables,
    SearchTables,
    SourceTables,
    TrackingTables {}
