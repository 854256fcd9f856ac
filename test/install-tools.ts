/** Runs before `npm test`: installs what is missing where that needs no question (root on Debian), else says how to. */
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { advice, findTool, TOOLS, type Tool } from './tools.ts';

const POLICY = '/usr/sbin/policy-rc.d';

const missing: readonly Tool[] = TOOLS.filter((tool) => findTool(tool.name) === undefined);
if (missing.length > 0) {
  if (process.getuid?.() === 0 && isDebian()) install(missing);
  for (const tool of TOOLS.filter((t) => findTool(t.name) === undefined))
    say(advice(tool, process.platform, isDebian()));
}

function install(tools: readonly Tool[]): void {
  const packages = [...new Set(tools.map((tool) => tool.debianPackage))];
  say(`Installing what the tests need: apt-get install ${packages.join(' ')}`);
  // Debian starts a service when it installs one; exit code 101 of this script forbids that (policy-rc.d(8)).
  const ownPolicy = !existsSync(POLICY);
  if (ownPolicy) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    apt(['update', '-q']);
    apt(['install', '-q', '-y', '--no-install-recommends', ...packages]);
  } finally {
    if (ownPolicy) rmSync(POLICY, { force: true });
  }
}

/** A failure is no end: the tests that need the tool are then skipped, and say so. */
function apt(args: readonly string[]): void {
  const { status } = spawnSync('apt-get', args, {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 300_000,
  });
  if (status !== 0) say(`apt-get ${args.join(' ')} failed (${status ?? 'no answer'}).`);
}

function isDebian(): boolean {
  return existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
