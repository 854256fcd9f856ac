/** Tables that MikroORM writes as single rows; the bulk tables are written by `worker/store.ts` in SQL. */
import { BoardSchema } from './board.ts';
import { ScanSchema, ScanUnitSchema } from './scan.ts';

export const ENTITIES = [BoardSchema, ScanSchema, ScanUnitSchema] as const;
