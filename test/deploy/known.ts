/** What deployments may name: settings, roles, files and addresses that the code has. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, loadConfig } from '../../shared/config.ts';
import { SETTINGS } from '../../shared/settings.ts';
import { RUNNABLE_ROLES } from '../../shared/supervisor/roles.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

/** Variables of the application's environment that are not its settings. */
const OTHERS = ['NODE_ENV'];

/** @returns names that the code does not read */
export function unknownVariables(names: readonly string[]): string[] {
  return names.filter((name) => {
    const setting = SETTINGS[name.replace(/_FILE$/, '')];
    return setting === undefined ? !OTHERS.includes(name) : name.endsWith('_FILE') && setting.secret !== true;
  });
}

/** What is wrong with a command of our image. */
export function commandFaults(command: readonly string[]): string[] {
  const [node, file = '', ...roles] = command;
  const faults = node === 'node' ? [] : [`${node} is not node`];
  if (!existsSync(join(ROOT, file))) faults.push(`${file} does not exist`);
  if (file === 'main.ts')
    faults.push(...roles.filter((role) => !RUNNABLE_ROLES.some((r) => r === role)).map((role) => `no role ${role}`));
  else if (roles.length > 0) faults.push(`${file} takes no arguments`);
  return faults;
}

/** The settings as the application reads them. Files of secrets are made in `folder` under the last part of their names. */
export function configOf(variables: Readonly<Record<string, string>>, folder: string): Config {
  const texts: Readonly<Record<string, string>> = {
    'database-url': 'postgres://jobscout:secret@postgres:5432/jobscout',
    'redis-url': 'redis://:secret@redis:6379',
  };
  mkdirSync(folder, { recursive: true });
  const moved = Object.entries(variables).map(([name, value]) => {
    if (!name.endsWith('_FILE')) return [name, value] as const;
    const secret = value.split('/').at(-1) ?? '';
    const path = join(folder, secret);
    writeFileSync(path, texts[secret] ?? `${secret}-0123456789abcdef0123456789`);
    return [name, path] as const;
  });
  return loadConfig(Object.fromEntries(moved));
}
