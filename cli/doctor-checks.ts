/** What `npm run doctor` looks at on this machine. Each check says in one sentence what it saw and, when it is wrong, what to do. */
import { statfsSync } from 'node:fs';
import type { Config } from '../shared/config.ts';
import type { Database } from '../shared/db/database.ts';
import { MIGRATIONS } from '../shared/db/migrations/all.ts';
import { StartError } from '../shared/errors.ts';

export interface Finding {
  readonly name: string;
  /** `wait` is not wrong but not working either: a source without its key. */
  readonly state: 'ok' | 'wait' | 'wrong';
  readonly says: string;
}

const NODE_MAJOR_MIN = 26;
const FREE_BYTES_MIN = 1024 ** 3;
/** TLS and one-time links allow for minutes; a clock that is further off makes ages wrong. */
const CLOCK_MS_MAX = 30_000;

export function checkNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  return major >= NODE_MAJOR_MIN
    ? { name: 'node', state: 'ok', says: version }
    : { name: 'node', state: 'wrong', says: `${version} is too old: run npm ci, and start things through npm` };
}

export function checkDisk(dataDir: string): Finding {
  try {
    const disk = statfsSync(dataDir);
    const free = disk.bavail * disk.bsize;
    const says = `${(free / 1024 ** 3).toFixed(1)} GB free for ${dataDir}`;
    return free >= FREE_BYTES_MIN
      ? { name: 'disk', state: 'ok', says }
      : { name: 'disk', state: 'wrong', says: `${says}: make room, or set DATA_DIR to another disk` };
  } catch {
    return { name: 'disk', state: 'wait', says: `${dataDir} does not exist yet: npm start makes it` };
  }
}

/** Reads the database's own view of itself: answers, version, migrations, and how far its clock is from ours. */
export async function checkDatabase(db: Database): Promise<Finding[]> {
  const askedAt = Date.now();
  const { rows } = await db.pool.query<{ version: string; now: string; size: string }>(
    `select current_setting('server_version') as version, extract(epoch from clock_timestamp()) * 1000 as now,
       pg_size_pretty(pg_database_size(current_database())) as size`,
  );
  const row = rows[0];
  if (row === undefined) return [{ name: 'database', state: 'wrong', says: 'answers, but with nothing' }];
  // The answer is as old as half of the way there and back.
  const offMs = Math.abs(Number(row.now) - (askedAt + Date.now()) / 2);
  return [
    { name: 'database', state: 'ok', says: `PostgreSQL ${row.version}, ${row.size}` },
    await checkMigrations(db),
    offMs <= CLOCK_MS_MAX
      ? { name: 'clock', state: 'ok', says: `${Math.round(offMs)} ms from the database's` }
      : {
          name: 'clock',
          state: 'wrong',
          says: `${Math.round(offMs / 1000)} s from the database's: set the clocks (timedatectl set-ntp true), or ages will be wrong`,
        },
  ];
}

async function checkMigrations(db: Database): Promise<Finding> {
  try {
    const { rows } = await db.pool.query<{ name: string }>('select name from migration');
    const done = new Set(rows.map((r) => r.name));
    const missing = MIGRATIONS.filter((m) => !done.has(m.name)).map((m) => m.name);
    const strange = [...done].filter((name) => !MIGRATIONS.some((m) => m.name === name));
    if (strange.length > 0) {
      return {
        name: 'migrations',
        state: 'wrong',
        says: `the database is newer than this code (${strange.join(', ')}): update the code`,
      };
    }
    return missing.length === 0
      ? { name: 'migrations', state: 'ok', says: `all ${done.size} applied` }
      : { name: 'migrations', state: 'wrong', says: `${missing.join(', ')} not applied: npm start applies them` };
  } catch (error) {
    return {
      name: 'migrations',
      state: 'wrong',
      says: `none applied (${(error as Error).message}): npm start applies them`,
    };
  }
}

/** Runs a check that may throw; a StartError's sentence is the finding. */
export async function guarded(
  name: string,
  check: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  try {
    const findings = await check();
    return Array.isArray(findings) ? findings : [findings as Finding];
  } catch (error) {
    const says = error instanceof StartError ? error.message : `failed: ${(error as Error).message}`;
    return [{ name, state: 'wrong', says }];
  }
}

/** Whether the queue's server answers; with PostgreSQL that is the database itself. */
export async function checkQueue(config: Config, ping: (redisUrl: string) => Promise<void>): Promise<Finding> {
  if (config.redisUrl === undefined)
    return { name: 'queue', state: 'ok', says: 'in the database (REDIS_URL is not set)' };
  await ping(config.redisUrl);
  return { name: 'queue', state: 'ok', says: 'Redis answers' };
}
