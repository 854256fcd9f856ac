/**
 * `npm run test:contract`: the running system against its own OpenAPI document, by tools of others. Ends by itself; its last line
 * is "N passed, N failed", and any failure is an exit code of 1.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operationsOf } from './document.ts';
import { findKnown } from './known.ts';
import { redocly, spectral } from './lint.ts';
import { withNaughtyStrings } from './naughty.ts';
import { portman } from './portman.ts';
import { throughPrism } from './prism.ts';
import { type Product, startProduct } from './product.ts';
import { print, type Section, section } from './report.ts';
import { installTools } from './tools.ts';

/** Far beyond what it takes; whatever hangs, the command ends. */
const TIME_LIMIT_MS = 900_000;

let running: Product | undefined;
const giveUp = async (why: string) => {
  process.stdout.write(`${why}\n0 passed, 1 failed\n`);
  // Nothing that was started may outlive this command.
  await running?.stop();
  process.exit(1);
};
setTimeout(() => void giveUp(`It has not ended after ${TIME_LIMIT_MS / 1000} s.`), TIME_LIMIT_MS).unref();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void giveUp(`Stopped by ${signal}.`));

const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const folder = mkdtempSync(join(tmpdir(), 'jobscout-contract-'));
const sections: Section[] = [];
try {
  await installTools();
  sections.push(await section('start', () => test()));
} catch (error) {
  sections.push(await section('start', () => Promise.reject(error)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
print(sections, process.argv.includes('--json'));
process.exitCode = sections.every(({ failures }) => failures.length === 0) ? 0 : 1;

/** @returns that the system started and has what is asked for; the sections of the tools are added to `sections` */
async function test() {
  const product = await startProduct(folder);
  running = product;
  try {
    const { document, file } = await fetchDocument(product);
    const operations = operationsOf(document);
    // Anew for each tool: the one before may have removed what it found.
    const known = () => findKnown(product.address, product.authorization);
    const steps: Readonly<Record<string, () => ReturnType<typeof spectral>>> = {
      'Spectral with OWASP': () => spectral(file, operations.length),
      Redocly: () => redocly(file, operations.length),
      'through Prism': async () => throughPrism(file, operations, await known(), product),
      'Portman and newman': async () => portman(folder, file, operations, await known(), product),
      'ffuf, naughty strings': async () => withNaughtyStrings(folder, operations, await known(), product),
    };
    for (const [name, work] of Object.entries(steps)) {
      if (only.length === 0 || only.some((word) => name.toLowerCase().includes(word.toLowerCase())))
        sections.push(await section(name, work));
    }
    return { passed: 1, failures: [], figures: { operations: operations.length } };
  } finally {
    running = undefined;
    await product.stop();
  }
}

async function fetchDocument({ address }: Product): Promise<{ document: unknown; file: string }> {
  const answer = await fetch(`${address}/api/openapi.json`, { signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`/api/openapi.json answered ${answer.status}`);
  const document: unknown = await answer.json();
  const file = join(folder, 'openapi.json');
  writeFileSync(file, JSON.stringify(document));
  return { document, file };
}
