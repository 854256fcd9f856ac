/** Once per run: a PostgreSQL with a migrated template database, and a Redis where one is installed. */
import type { TestProject } from 'vitest/node';
import { migrate } from '../shared/db/migrate.ts';
import { startEmbedded } from '../shared/embedded/launch.ts';
import { startRedis } from './redis-server.ts';
import { makeRunFolder, removeLeftovers, removeRunFolder, TEMPLATE } from './run-folder.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Maintenance database of the run's PostgreSQL. */
    adminUrl: string;
    /** Undefined where no Redis is installed. */
    redisUrl: string | undefined;
    /** The run's own folder; use `testFolder()`. */
    folder: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  const folder = makeRunFolder();
  const server = await startEmbedded(folder, {
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' },
  });
  const redis = await startRedis();
  const template = new URL(server.adminUrl);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.href);
  project.provide('adminUrl', server.adminUrl);
  project.provide('redisUrl', redis?.url);
  project.provide('folder', folder);
  return async () => {
    await redis?.stop();
    await server.stop();
    await removeRunFolder(folder);
  };
}
