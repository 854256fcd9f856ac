/** The real system on an embedded database, with the internet of the demo on loopback, one scan of it, and somebody who may do all. */
import { join } from 'node:path';
import { SCOPES } from '../../api/auth/accounts.ts';
import { openApiKeys } from '../../api/auth/api-keys.ts';
import { startDemoSystem } from '../../cli/demo-system.ts';
import { ensurePerson } from '../../shared/db/accounts/people.ts';
import { openDatabase } from '../../shared/db/database.ts';
import { freePort } from '../../shared/embedded/free-port.ts';
import { findEmbedded } from '../../shared/embedded/launch.ts';
import { DEMO_BOARDS_FILE, demoData } from '../internet/demo-data.ts';
import { startInternet } from '../internet/internet.ts';
import { until } from '../until.ts';

const SCAN_TIMEOUT_MS = 120_000;

export interface Product {
  /** `http://127.0.0.1:<port>` */
  readonly address: string;
  readonly port: number;
  /** Header that says who asks: an API key of an administrator with every scope. */
  readonly authorization: string;
  readonly dataDir: string;
  readonly database: string;
  stop(): Promise<void>;
}

/** @param folder of its own, empty @param more settings beside those that a test like this needs */
export async function startProduct(folder: string, more: Readonly<Record<string, string>> = {}): Promise<Product> {
  const internet = await startInternet(demoData());
  const dataDir = join(folder, 'data');
  const port = await freePort();
  // Thousands of requests in a minute are the purpose here; test/api/rate-limits.test.ts tests the allowances.
  const settings = { RATE_LIMITS: 'off', API_PROCESSES: '1', WORKER_PROCESSES: '1', ...more };
  const options = { dataDir, port, urls: internet.urls, boardsFile: DEMO_BOARDS_FILE, settings, quiet: true };
  const system = await startDemoSystem(options).catch(async (error: unknown) => {
    await internet.close();
    throw error;
  });
  const stop = async () => {
    await system.stop();
    await internet.close();
  };
  try {
    const database = await databaseOf(dataDir);
    await scanOnce(system);
    return {
      address: system.address,
      port,
      dataDir,
      database,
      stop,
      authorization: `Bearer ${await makeKey(database)}`,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function databaseOf(dataDir: string): Promise<string> {
  const url = await findEmbedded(dataDir);
  if (url === undefined) throw new Error(`no database runs in ${dataDir}`);
  return url;
}

async function scanOnce(system: Awaited<ReturnType<typeof startDemoSystem>>): Promise<void> {
  const { url } = (await (await system.call('POST', '/admin/run-scan')).json()) as { url: string };
  const hasEnded = async () => {
    const { finishedAt } = (await (await system.call('GET', url)).json()) as { finishedAt: string | null };
    return finishedAt !== null;
  };
  await until(hasEnded, { timeoutMs: SCAN_TIMEOUT_MS, everyMs: 200, what: 'the scan of the demo has ended' });
}

async function makeKey(url: string): Promise<string> {
  const db = await openDatabase(url, 'contract', 2);
  try {
    const owner = await ensurePerson(db.pool, { email: 'contract@example.org', name: 'Contract', role: 'admin' });
    const { secret } = await openApiKeys(db.pool).make(owner, { name: 'contract', scopes: SCOPES, expiresInDays: 1 });
    return secret;
  } finally {
    await db.close();
  }
}
