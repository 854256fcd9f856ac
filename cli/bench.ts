/** `npm run bench -- NAME`: runs one benchmark and says how ours stands to its baseline and its limit. */
import { readdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  type Benchmark,
  type BenchOptions,
  measureSection,
  type ResultRow,
  ROUNDS_MIN,
  type Section,
} from '../benchmarks/kit/harness.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import { table } from './terminal.ts';

const FOLDER = join(import.meta.dirname, '..', 'benchmarks');
const RESULT_FILE = join(import.meta.dirname, '..', 'bench.json');

const USAGE = `Usage: npm run bench -- NAME [--rows N] [--rounds N] [--only IDS] [--data DIR] [--json]

  NAME      ${benchmarkNames().join(', ')}
  --rows    rows that the tables have before the measuring
  --rounds  at least ${ROUNDS_MIN}
  --only    sections with a result whose id begins so: F1, or P,N
  --data    search: load into this folder and keep it; if it is loaded already, only measure
  --json    print one JSON object instead of the table; bench.json gets it in any case

Ends with 0, or with 1 when a result is below its floor on a quiet machine.`;

await runCommand(USAGE, async (args) => {
  const { values, positionals } = parsed(() =>
    parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean', default: false },
        rows: { type: 'string' },
        rounds: { type: 'string' },
        only: { type: 'string' },
        data: { type: 'string' },
      },
    }),
  );
  const [name, ...more] = positionals;
  if (name === undefined || more.length > 0) throw new UsageError('Name one benchmark.');
  const benchmark = await loadBenchmark(name);
  if (values.data !== undefined && benchmark.canKeep !== true) {
    throw new UsageError(`--data is not for ${name}: what it loads changes while it is measured.`);
  }
  const options = {
    rows: whole('--rows', values.rows, 1000) ?? benchmark.rowsDefault,
    rounds: whole('--rounds', values.rounds, ROUNDS_MIN) ?? ROUNDS_MIN,
    ...(values.data === undefined ? {} : { data: resolve(values.data) }),
    wants: wanting(values.only?.split(',')),
    say: (line: string) => void process.stderr.write(`${line}\n`),
  };
  const rows: ResultRow[] = [];
  const about: string[] = [];
  await benchmark.run(options, async (section: Section) => {
    if (!section.rows.some(({ id }) => options.wants(id))) return;
    rows.push(...(await measureSection(section, options)));
    about.push(`${section.title}: ${section.about.join(' ')}`);
  });
  if (rows.length === 0) throw new UsageError(`${name} has no result whose id begins with ${values.only}.`);
  const result = { name, machine: machine(), rows };
  writeFileSync(RESULT_FILE, `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${words(rows)}\n\n${about.join('\n')}\n`);
  return rows.some(isBelowFloor) ? 1 : 0;
});

function benchmarkNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
}

async function loadBenchmark(name: string): Promise<Benchmark> {
  if (!benchmarkNames().includes(name)) {
    throw new UsageError(`There is no benchmark "${name}". There are: ${benchmarkNames().join(', ')}`);
  }
  const file = join(FOLDER, `${name}.ts`);
  const { benchmark } = (await import(file)) as { benchmark: Benchmark };
  return benchmark;
}

/** Either may be the longer one: `P` asks for all of P1 to P4, and what prepares all of `P` is wanted for P4.rest. */
function wanting(only: readonly string[] | undefined): BenchOptions['wants'] {
  return (...beginnings) =>
    only === undefined || beginnings.some((id) => only.some((own) => own.startsWith(id) || id.startsWith(own)));
}

function whole(option: string, text: string | undefined, min: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!Number.isInteger(value) || value < min) throw new UsageError(`${option} must be a whole number from ${min} on.`);
  return value;
}

function isBelowFloor({ goal, floor, ratio, verdict }: ResultRow): boolean {
  if (verdict !== 'FAIL' || goal === null || floor === null) return false;
  return floor <= goal ? ratio < floor : ratio > floor;
}

function machine(): Record<string, unknown> {
  const [cpu] = cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    loadAverage: Number(loadavg()[0]?.toFixed(2)),
  };
}

function words(rows: readonly ResultRow[]): string {
  const head = ['ID', 'WHAT', 'OURS', 'BASELINE', 'LIMIT', 'UNIT', 'RATIO', 'MIN-MAX', 'GOAL (FLOOR)', 'VERDICT'];
  const cell = (value: number | null) => (value === null ? '' : value.toLocaleString('en'));
  return table([
    head,
    ...rows.map((row) => [
      row.id,
      row.title,
      cell(row.ours),
      cell(row.baseline),
      cell(row.limit),
      row.unit,
      String(row.ratio),
      `${row.spread[0]}-${row.spread[1]}`,
      row.goal === null ? '' : `${row.goal} (${row.floor})`,
      row.verdict,
    ]),
  ]);
}
