/** Secrets that this installation makes for itself on a machine of one's own. */
import { randomBytes } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, weakness } from './config.ts';
import { dataDirFault, ensureDataDir, readOrMake } from './data-dir.ts';
import { ConfigError } from './errors.ts';

type Place = Pick<Config, 'adminToken' | 'dataDir'>;
type KeyPlace = Pick<Config, 'accounts' | 'dataDir'>;

/** Where the generated token lies; undefined when the operator has set one. */
export function adminTokenFile(config: Place): string | undefined {
  return config.adminToken === undefined ? join(config.dataDir, 'admin-token') : undefined;
}

/**
 * The secret for `X-Admin-Token`: ADMIN_TOKEN, or one of 256 random bits that is made once and kept (0600) in DATA_DIR.
 * Beyond loopback `loadConfig` has already insisted on ADMIN_TOKEN.
 * @throws StartError when the file cannot be written or read, ConfigError when what it holds is too weak
 */
export function adminToken(config: Place): string {
  const file = adminTokenFile(config);
  return file === undefined ? (config.adminToken ?? '') : generated(config.dataDir, file);
}

/**
 * What signs session cookies: SECRET_KEY, or one that is made once and kept as the admin token is. The one before it, where set,
 * comes second.
 * @throws as `adminToken`
 */
export function secretKeys(config: KeyPlace): readonly [string, ...string[]] {
  const { secretKey, secretKeyPrevious } = config.accounts;
  if (secretKey === undefined) return [generated(config.dataDir, join(config.dataDir, 'secret-key'))];
  return secretKeyPrevious === undefined ? [secretKey] : [secretKey, secretKeyPrevious];
}

function generated(dataDir: string, file: string): string {
  ensureDataDir(dataDir);
  const token = readOrMake(file, () => randomBytes(32).toString('hex'));
  keepPrivate(file);
  const weak = weakness(token);
  if (weak !== undefined) throw new ConfigError([`${file} ${weak}, or delete the file and a new one is made`]);
  return token;
}

/** A file that was copied or edited by hand easily becomes readable for everybody on the machine. */
function keepPrivate(file: string): void {
  try {
    if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
  } catch (error) {
    throw dataDirFault(file, error);
  }
}
