/** The exchange rates as they are stored: one row a currency, each with its day. */
import type { Rates } from '../pay/yearly.ts';
import type { Database } from './database.ts';

export interface RateRow {
  readonly currency: string;
  readonly perEuro: number;
  /** "2026-11-20". */
  readonly day: string;
  /** Who set it; 'shipped' for those of the release. */
  readonly by: string;
}

export async function listRates({ pool }: Pick<Database, 'pool'>): Promise<RateRow[]> {
  const { rows } = await pool.query<RateRow>(
    `select currency, per_euro as "perEuro", to_char(day, 'YYYY-MM-DD') as day, by from exchange_rate order by currency`,
  );
  return rows;
}

/** @returns null when there is no rate at all: every comparison between currencies is then unknown */
export async function readRates(db: Pick<Database, 'pool'>): Promise<Rates | null> {
  const rows = await listRates(db);
  const date = rows.map(({ day }) => day).toSorted()[0];
  if (date === undefined) return null;
  return {
    base: 'EUR',
    date,
    dates: Object.fromEntries(rows.map(({ currency, day }) => [currency, day])),
    perBase: Object.fromEntries(rows.map(({ currency, perEuro }) => [currency, perEuro])),
  };
}

/** Sets rates in one transaction: all or none. */
export async function setRates({ pool }: Pick<Database, 'pool'>, rates: readonly RateRow[]): Promise<void> {
  await pool.query(
    `insert into exchange_rate (currency, per_euro, day, by)
     select * from unnest($1::text[], $2::float8[], $3::date[], $4::text[])
     on conflict (currency) do update set per_euro = excluded.per_euro, day = excluded.day, by = excluded.by, at = now()`,
    [
      rates.map(({ currency }) => currency),
      rates.map(({ perEuro }) => perEuro),
      rates.map(({ day }) => day),
      rates.map(({ by }) => by),
    ],
  );
}

/** @returns false when there was no rate for the currency */
export async function removeRate({ pool }: Pick<Database, 'pool'>, currency: string): Promise<boolean> {
  const { rowCount } = await pool.query('delete from exchange_rate where currency = $1', [currency]);
  return rowCount === 1;
}
