import { defineEntity, p } from '@mikro-orm/core';
import type { ScanState, UnitState } from '../tables/scan.ts';

export const ScanSchema = defineEntity({
  name: 'Scan',
  tableName: 'scan',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    trigger: p.text().$type<'admin' | 'api' | 'timetable' | 'cli'>(),
    requestedBy: p.text().nullable(),
    sources: p.array(),
    state: p.text().$type<ScanState>().default('queued'),
    /** The moment of the timetable that this scan is for; unique, so one slot is one scan. */
    slot: p.datetime().nullable(),
    requestedAt: p.datetime().defaultRaw('now()'),
    startedAt: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
    cancelRequestedAt: p.datetime().nullable(),
    reason: p.text().nullable(),
  },
});
export class Scan extends ScanSchema.class {}
ScanSchema.setClass(Scan);

export const ScanUnitSchema = defineEntity({
  name: 'ScanUnit',
  tableName: 'scan_unit',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    scanId: p.uuid(),
    source: p.text(),
    boardId: p.integer(),
    state: p.text().$type<UnitState>().default('queued'),
    error: p.text().nullable(),
    errorType: p.text().nullable(),
    enqueuedAt: p.datetime().nullable(),
    finishedAt: p.datetime().nullable(),
  },
});
export class ScanUnit extends ScanUnitSchema.class {}
ScanUnitSchema.setClass(ScanUnit);
