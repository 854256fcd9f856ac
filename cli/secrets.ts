/** `npm run secrets`: makes the secrets that docker-compose.yml mounts. What is there is never changed. */
import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parsed, runCommand } from './command.ts';

const ROOT = join(import.meta.dirname, '..');

const USAGE = `Usage: npm run secrets -- [--folder FOLDER]

  --folder  where to (default: secrets, which docker-compose.yml reads)

Makes every secret that is missing and leaves the others as they are; makes .env from .env.example where there is none.`;

await runCommand(USAGE, async (args) => {
  const { values } = parsed(() =>
    parseArgs({ args, options: { folder: { type: 'string', default: join(ROOT, 'secrets') } } }),
  );
  // The folder keeps other users of this machine out. The files in it must be readable for the users of the containers,
  // which have numbers that this machine does not know: compose mounts them as they are.
  mkdirSync(values.folder, { recursive: true, mode: 0o700 });
  const make = (name: string, text: string) => keep(join(values.folder, name), text);
  const databasePassword = make('database-password', random());
  const redisPassword = make('redis-password', random());
  make('database-url', `postgres://jobscout:${databasePassword}@postgres:5432/jobscout`);
  make('redis-url', `redis://:${redisPassword}@redis:6379`);
  make('redis-conf', `requirepass ${redisPassword}`);
  for (const name of ['secret-key', 'admin-token', 'metrics-token', 'grafana-password']) make(name, random());
  const settings = join(values.folder, '..', '.env');
  if (!existsSync(settings)) {
    copyFileSync(join(ROOT, '.env.example'), settings);
    say(`made ${settings}: set PUBLIC_URL in it`);
  }
  return 0;
});

/** 256 bits; hexadecimal, so that it needs no quoting in a URL or a configuration file. */
function random(): string {
  return randomBytes(32).toString('hex');
}

/** @returns what the file holds */
function keep(path: string, text: string): string {
  if (existsSync(path)) {
    say(`kept ${path}`);
    return readFileSync(path, 'utf8').trim();
  }
  writeFileSync(path, `${text}\n`, { flag: 'wx' });
  // Whatever this shell's umask says.
  chmodSync(path, 0o644);
  say(`made ${path}`);
  return text;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
