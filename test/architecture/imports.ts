/** Reads the import lines of the tree. A parser of our own, because it needs forty lines and sees every file or says so. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

export interface SourceFile {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

export interface Import {
  /** A path from the root for our own files, else the package's name ("@scope/name", "pg", "node:fs"). */
  readonly target: string;
  readonly ours: boolean;
  readonly typeOnly: boolean;
}

const STATEMENT = /^(?:import|export)\s+(type\s+)?(?:[\w$*{},\s]+\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"`]([^'"`]+)['"`]/g;

/** All TypeScript files that git knows or would add. */
export function readTree(root: string): SourceFile[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], {
    cwd: root,
    encoding: 'utf8',
  });
  return list
    .split('\n')
    .filter((path) => path !== '')
    .flatMap((path) => {
      try {
        return [readSource(path, readFileSync(join(root, path), 'utf8'))];
      } catch {
        return []; // deleted in the work tree and not yet in git
      }
    });
}

export function readSource(path: string, text: string): SourceFile {
  const imports = [
    ...[...text.matchAll(STATEMENT)].map((m) => resolveImport(path, m[2] ?? '', m[1] !== undefined)),
    ...[...text.matchAll(DYNAMIC)].map((m) => resolveImport(path, m[1] ?? '', false)),
  ];
  return { path, text, imports };
}

function resolveImport(from: string, specifier: string, typeOnly: boolean): Import {
  if (specifier.startsWith('.')) return { target: normalize(join(dirname(from), specifier)), ours: true, typeOnly };
  const parts = specifier.split('/');
  const target = specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier);
  return { target, ours: false, typeOnly };
}

/** One import cycle as a list of paths, or undefined. Type imports count: a cycle of types is a cycle of ideas. */
export function findCycle(files: readonly SourceFile[]): string[] | undefined {
  const edges = new Map(files.map((f) => [f.path, f.imports.filter((i) => i.ours).map((i) => i.target)]));
  const done = new Set<string>();
  const visit = (path: string, trail: string[]): string[] | undefined => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) return [...trail.slice(seenAt), path];
    if (done.has(path)) return undefined;
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next, [...trail, path]);
      if (cycle !== undefined) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of edges.keys()) {
    const cycle = visit(path, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
