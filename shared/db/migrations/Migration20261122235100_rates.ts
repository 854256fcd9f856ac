/** Exchange rates: data with a day, which operators may replace. Comparisons of pay between currencies use nothing else. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122235100_rates extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

/** Units of a currency for one euro on about this day, in four figures: good enough to compare pay, no source of record. `npm run rates` replaces them. */
const SHIPPED_DAY = '2025-06-30';
const SHIPPED: Readonly<Record<string, number>> = {
  AUD: 1.795,
  BGN: 1.956,
  BRL: 6.438,
  CAD: 1.603,
  CHF: 0.9347,
  CNY: 8.397,
  CZK: 24.75,
  DKK: 7.461,
  GBP: 0.8555,
  HKD: 9.2,
  HUF: 399.8,
  IDR: 19020,
  ILS: 3.953,
  INR: 100.6,
  ISK: 142.4,
  JPY: 169.2,
  KRW: 1588,
  MXN: 22.09,
  MYR: 4.937,
  NOK: 11.83,
  NZD: 1.933,
  PHP: 65.99,
  PLN: 4.242,
  RON: 5.079,
  SEK: 11.15,
  SGD: 1.494,
  THB: 38.13,
  TRY: 46.57,
  USD: 1.172,
  ZAR: 20.84,
};

const STATEMENTS = [
  `create table exchange_rate (
    currency text primary key check (currency ~ '^[A-Z]{3}$'),
    per_euro double precision not null check (per_euro > 0 and per_euro < 1e9),
    day date not null,
    by text not null,
    at timestamptz not null default now()
  )`,
  `insert into exchange_rate (currency, per_euro, day, by) values ${Object.entries(SHIPPED)
    .map(([currency, perEuro]) => `('${currency}', ${perEuro}, '${SHIPPED_DAY}', 'shipped')`)
    .join(', ')}`,
];
