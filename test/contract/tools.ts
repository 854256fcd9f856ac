/** The tools of others: a package of its own in tools/, installed when it is not there as its lock file says. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const TOOLS = join(import.meta.dirname, 'tools');
const INSTALL_TIMEOUT_MS = 240_000;
const OUTPUT_MAX = 20_000_000;

/** Installs the package unless it is there. @throws Error with npm's own words */
export async function installTools(): Promise<void> {
  if (isInstalled()) return;
  process.stderr.write('Installing the tools of the contract test (once) ...\n');
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const env = { ...toolEnvironment(), ...environmentNamed(TO_REACH_PACKAGES) };
  const { code, stderr } = await run('npm', args, { timeoutMs: INSTALL_TIMEOUT_MS, env });
  if (code !== 0) throw new Error(`npm ci in test/contract/tools ended with ${code}: ${stderr.slice(-2_000)}`);
}

/** npm writes what it installed; the versions must be those of the lock file. */
function isInstalled(): boolean {
  const done = join(TOOLS, 'node_modules', '.package-lock.json');
  if (!existsSync(done)) return false;
  const versions = (file: string) => {
    const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, { version?: string }> };
    return new Map(Object.entries(packages).map(([path, { version }]) => [path, version]));
  };
  const installed = versions(done);
  const wanted = Object.keys(readManifest().devDependencies).map((name) => `node_modules/${name}`);
  const locked = versions(join(TOOLS, 'package-lock.json'));
  return wanted.every((path) => installed.get(path) === locked.get(path));
}

function readManifest(): { devDependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(TOOLS, 'package.json'), 'utf8')) as { devDependencies: Record<string, string> };
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One tool from start to end. It is killed after `timeoutMs`, and its code is null then. */
export function run(
  command: string,
  args: readonly string[],
  {
    timeoutMs,
    cwd = TOOLS,
    env = toolEnvironment(),
  }: { readonly timeoutMs: number; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        if (texts[name].length < OUTPUT_MAX) texts[name] += text;
      });
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...texts });
    });
  });
}

/** What else is in the environment, keys of sources for example, is none of their business. */
const TO_RUN = /^(HOME|TMPDIR|LANG|LC_ALL|TZ)$/;
const TO_REACH_PACKAGES = /^(npm_config_.+|https?_proxy|no_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR))$/i;

function environmentNamed(pattern: RegExp): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => pattern.test(name)));
}

/** Tools tell their makers of each run unless they are asked not to; here nothing leaves the machine. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const bin = join(TOOLS, 'node_modules', '.bin');
  return {
    ...environmentNamed(TO_RUN),
    PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
    REDOCLY_TELEMETRY: 'off',
    REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true',
    PORTMAN_DISABLE_ANALYTICS: 'true',
    DO_NOT_TRACK: '1',
    NO_COLOR: '1',
    CI: 'true',
  };
}
