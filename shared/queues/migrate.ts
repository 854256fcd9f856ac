import { runMigrations } from 'bullmq';

/** BullMQ's own tables for the queue in PostgreSQL; `shared/db/orm.ts` keeps MikroORM away from this schema. */
export const QUEUE_SCHEMA = 'bullmq';

/** Brings BullMQ's tables up to date, in one transaction and under a lock of its own. */
export async function migrateQueueTables(client: Parameters<typeof runMigrations>[0]): Promise<void> {
  await runMigrations(client, QUEUE_SCHEMA);
}
