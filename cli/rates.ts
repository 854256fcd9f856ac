/** `npm run rates`: the exchange rates by which pay in several currencies is compared. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { listRates, type RateRow, removeRate, setRates } from '../shared/db/rates.ts';
import { parsed, runCommand, UsageError } from './command.ts';
import { withSystemDatabase } from './database.ts';
import { table } from './terminal.ts';

const USAGE = `Usage: npm run rates [-- --json]
       npm run rates -- set CURRENCY PER_EURO [--day YYYY-MM-DD]
       npm run rates -- load FILE
       npm run rates -- remove CURRENCY

  set      so many units of the currency are one euro: set USD 1.10
  load     FILE is {"day": "YYYY-MM-DD", "perEuro": {"USD": 1.10, ...}}; all of it is taken, or nothing
  remove   pay in that currency is then compared with pay in the same currency only

Pay in a currency without a rate is never compared with another one: filters say "unknown".`;

const code = z.string().regex(/^[A-Z]{3}$/);
const rate = z.number().positive().lt(1e9);
const day = z.iso.date();
const file = z.strictObject({ day, perEuro: z.record(code, rate) });

await runCommand(USAGE, async ([verb, ...args]) => {
  switch (verb) {
    case 'set':
      return set(args);
    case 'load':
      return load(args);
    case 'remove':
      return remove(args);
    default:
      return list(verb === undefined ? args : [verb, ...args]);
  }
});

function list(args: string[]): Promise<number> {
  const { values } = parsed(() => parseArgs({ args, options: { json: { type: 'boolean', default: false } } }));
  return withSystemDatabase(async (db) => {
    const rows = await listRates(db);
    const lines = rows.map((row) => [row.currency, String(row.perEuro), row.day, row.by]);
    process.stdout.write(
      values.json ? `${JSON.stringify(rows)}\n` : `${table([['CURRENCY', 'PER EURO', 'DAY', 'BY'], ...lines])}\n`,
    );
    return 0;
  });
}

function set(args: string[]): Promise<number> {
  const { values, positionals } = parsed(() =>
    parseArgs({ args, allowPositionals: true, options: { day: { type: 'string' } } }),
  );
  const [currency, perEuro, ...more] = positionals;
  if (currency === undefined || perEuro === undefined || more.length > 0)
    throw new UsageError('set takes a currency and a rate.');
  const today = new Date().toISOString().slice(0, 10);
  return store(file.safeParse({ day: values.day ?? today, perEuro: { [currency]: Number(perEuro) } }));
}

function load(args: string[]): Promise<number> {
  const [path, ...more] = args;
  if (path === undefined || more.length > 0) throw new UsageError('load takes one file.');
  return store(file.safeParse(readJson(path)));
}

function store(read: z.ZodSafeParseResult<z.infer<typeof file>>): Promise<number> {
  if (!read.success) throw new UsageError(z.prettifyError(read.error));
  const by = userInfo().username;
  const rows: RateRow[] = Object.entries(read.data.perEuro).map(([currency, perEuro]) => {
    if (currency === 'EUR') throw new UsageError('EUR is what the others are told in.');
    return { currency, perEuro, day: read.data.day, by };
  });
  return withSystemDatabase(async (db) => {
    await setRates(db, rows);
    process.stdout.write(`${rows.length} set, of ${read.data.day}\n`);
    return 0;
  });
}

function remove([currency, ...more]: string[]): Promise<number> {
  if (currency === undefined || more.length > 0) throw new UsageError('remove takes one currency.');
  return withSystemDatabase(async (db) => {
    const removed = await removeRate(db, currency);
    process.stdout.write(removed ? `${currency} has no rate any more\n` : `${currency} has no rate\n`);
    return removed ? 0 : 1;
  });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}
