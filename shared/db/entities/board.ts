import { defineEntity, p } from '@mikro-orm/core';

export const BoardSchema = defineEntity({
  name: 'Board',
  tableName: 'board',
  uniques: [{ properties: ['source', 'token', 'region'] }],
  properties: {
    id: p.integer().primary().autoincrement(),
    source: p.text(),
    /** The employer's name at the source; `*` stands for the whole source. */
    token: p.text(),
    region: p.text().default(''),
    company: p.text().nullable(),
    enabled: p.boolean().default(true),
    confidence: p.text().nullable(),
    evidence: p.text().nullable(),
    etag: p.text().nullable(),
    lastModified: p.text().nullable(),
    lastReadAt: p.datetime().nullable(),
    lastCompleteAt: p.datetime().nullable(),
    failures: p.integer().default(0),
    lastError: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    addedBy: p.text().nullable(),
  },
});

export class Board extends BoardSchema.class {}
BoardSchema.setClass(Board);
