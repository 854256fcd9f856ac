import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { readRates, removeRate, setRates } from '../../shared/db/rates.ts';
import { yearlyPay } from '../../shared/pay/yearly.ts';
import { atEnd } from '../at-end.ts';
import { run } from '../cli/run.ts';
import { testDatabase } from '../db.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'jobscout-rates-'));
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
});

const salary = { min: 100_000, max: null, currency: 'USD', period: 'year' } as const;

test('a new installation has rates of one day, which is told with every converted figure', async () => {
  const { db } = await testDatabase();
  const rates = await readRates(db);
  expect(Object.keys(rates?.perBase ?? {}).length).toBeGreaterThan(25);
  expect(new Set(Object.values(rates?.dates ?? {})).size).toBe(1);
  expect(yearlyPay(salary, rates, 'EUR')).toMatchObject({ min: 85324.23, rateDate: rates?.date });
});

test('a rate that is set counts from then on, with its day; the older day of two is told', async () => {
  const { db } = await testDatabase();
  const shipped = (await readRates(db))?.date;
  await setRates(db, [{ currency: 'USD', perEuro: 1.25, day: '2026-11-20', by: 'me' }]);
  const rates = await readRates(db);
  expect(yearlyPay(salary, rates, 'EUR')).toMatchObject({ min: 80_000, rateDate: '2026-11-20' });
  expect(yearlyPay(salary, rates, 'GBP')?.rateDate).toBe(shipped);
});

test('without a rate the comparison is unknown', async () => {
  const { db } = await testDatabase();
  expect(await removeRate(db, 'USD')).toBe(true);
  expect(await removeRate(db, 'USD')).toBe(false);
  expect(yearlyPay(salary, await readRates(db), 'EUR')).toBeNull();
  await db.pool.query('delete from exchange_rate');
  expect(await readRates(db)).toBeNull();
});

test('a rate of nothing, of less or of no currency is refused, and nothing of that set is taken', async () => {
  const { db } = await testDatabase();
  const good = { currency: 'USD', perEuro: 2, day: '2026-11-20', by: 'me' };
  for (const bad of [
    { ...good, currency: 'GBP', perEuro: 0 },
    { ...good, currency: 'usd' },
  ]) {
    await expect(setRates(db, [good, bad])).rejects.toThrow(/check/);
  }
  expect((await readRates(db))?.perBase.USD).not.toBe(2);
});

test('the command lists, sets, loads and removes', async () => {
  const { url } = await testDatabase();
  const rates = (...args: string[]) => run('cli/rates.ts', args, { DATABASE_URL: url });
  expect((await rates()).stdout).toMatch(/^CURRENCY .*\nAUD .*shipped/);
  expect((await rates('set', 'USD', '1.2', '--day', '2026-11-19')).stdout).toBe('1 set, of 2026-11-19\n');
  const path = join(folder, 'rates.json');
  writeFileSync(path, JSON.stringify({ day: '2026-11-20', perEuro: { GBP: 0.9, CHF: 0.95 } }));
  expect((await rates('load', path)).stdout).toBe('2 set, of 2026-11-20\n');
  expect((await rates('remove', 'JPY')).code).toBe(0);
  const rows = JSON.parse((await rates('--json')).stdout) as { currency: string; perEuro: number; day: string }[];
  expect(rows.find(({ currency }) => currency === 'USD')).toMatchObject({ perEuro: 1.2, day: '2026-11-19' });
  expect(rows.find(({ currency }) => currency === 'CHF')).toMatchObject({ perEuro: 0.95, day: '2026-11-20' });
  expect(rows.some(({ currency }) => currency === 'JPY')).toBe(false);
  for (const wrong of [
    ['set', 'USD', '-1'],
    ['set', 'EUR', '1'],
    ['set', 'usd', '1'],
    ['load', 'no-such-file'],
  ]) {
    expect((await rates(...wrong)).code, wrong.join(' ')).toBe(64);
  }
});
