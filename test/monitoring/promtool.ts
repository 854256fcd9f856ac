/** promtool and amtool as functions. */
import { spawn } from 'node:child_process';
import { findTool, type ToolName } from '../tools.ts';

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

const TIMEOUT_MS = 180_000;

/** @throws Error when the tool is not installed */
export async function runTool(tool: ToolName, args: readonly string[], folder: string): Promise<Outcome> {
  const command = findTool(tool);
  if (command === undefined) throw new Error(`${tool} is not installed: node test/install-tools.ts says how to`);
  const child = spawn(command, [...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: TIMEOUT_MS });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output: output.replaceAll('\r', '') }));
  });
}

/**
 * `promtool test rules` over many files at once.
 * @returns what it says of each file that failed
 */
export async function testRules(files: readonly string[], folder: string): Promise<Map<string, string>> {
  const { code, output } = await runTool('promtool', ['test', 'rules', ...files], folder);
  const parts = output.split(/^Unit Testing: +/m).slice(1);
  const said = new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')).trim(), part]));
  const failed = new Map([...said].filter(([, part]) => !/^\s*SUCCESS\s*$/m.test(part)));
  if (said.size !== files.length || (code === 0) !== (failed.size === 0))
    throw new Error(`promtool said something else than expected (exit code ${code}):\n${output.slice(0, 2000)}`);
  return failed;
}

/** Runs `work` over the items, as many at a time. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = [...items];
  const one = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
