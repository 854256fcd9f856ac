/** MikroORM's options; the default export is what its command line reads. */

import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type Options } from '@mikro-orm/postgresql';
import { ENTITIES } from './entities/all.ts';
import { MIGRATIONS } from './migrations/all.ts';

/** Schemas of others in the same database; MikroORM would otherwise want to drop their tables. */
const FOREIGN_SCHEMAS = ['bullmq', 'auth'];

export function ormOptions(clientUrl: string, more: Partial<Options> = {}): Options {
  return defineConfig({
    clientUrl,
    entities: [...ENTITIES],
    extensions: [Migrator],
    migrations: { migrationsList: [...MIGRATIONS], snapshot: false, silent: true, tableName: 'migration' },
    schemaGenerator: { ignoreSchema: FOREIGN_SCHEMAS },
    ...more,
  }) as Options;
}
