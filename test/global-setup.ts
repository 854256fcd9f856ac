/** Once per run: a PostgreSQL with a migrated template database, and a Redis where one is installed. */
import { rmSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { migrate } from '../shared/db/migrate.ts';
import { startEmbedded } from '../shared/embedded/launch.ts';
import { startRedis } from './redis-server.ts';
import { removeLeftovers, runFolder, TEMPLATE } from './run-folder.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Maintenance database of the run's PostgreSQL. */
    adminUrl: string;
    /** Undefined where no Redis is installed. */
    redisUrl: string | undefined;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = runFolder();
  const server = await startEmbedded(folder, {
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
  });
  const redis = await startRedis();
  const template = new URL(server.adminUrl);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.href);
  project.provide('adminUrl', server.adminUrl);
  project.provide('redisUrl', redis?.url);
  return async () => {
    await redis?.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
