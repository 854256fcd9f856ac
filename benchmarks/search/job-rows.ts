/** The statement that makes jobs: everything of a job hangs on its number alone, so that every run has the same ones. */
import {
  countryBits,
  DISCIPLINES,
  disciplineBits,
  LEVELS,
  levelBits,
  modeBits,
  sourceBits,
} from '../../shared/search/flags.ts';
import { COMPANIES, COUNTRIES, MODES, ROLES, SOURCES, TITLE_WORDS, WORKS } from './vocabulary.ts';

/** A number from 0 to `below` that hangs on the row alone. */
const dice = (salt: number, below: number) => `(abs(hashint8extended(n, ${salt}) % 1000000007) % ${below})::integer`;
const arrayOf = (list: readonly (string | bigint)[], type: string) =>
  `(array[${list.map((one) => (typeof one === 'bigint' ? one : `'${one}'`)).join(', ')}]::${type}[])`;
const pickOf = (list: readonly (string | bigint)[], salt: number, type: string) =>
  `${arrayOf(list, type)}[1 + ${dice(salt, list.length)}]`;
/** Common values come often and rare ones seldom: the third power of an even draw. */
const skewed = (list: readonly (string | bigint)[], salt: number, type: string) =>
  `${arrayOf(list, type)}[1 + (power(${dice(salt, 1000)} / 1000.0, 3) * ${list.length})::integer % ${list.length}]`;

/** The same draws as the columns that they mark. */
const FLAGS = [
  pickOf(
    MODES.map((mode) => modeBits([mode])),
    1,
    'bigint',
  ),
  pickOf(
    LEVELS.map((level) => levelBits([level])),
    2,
    'bigint',
  ),
  pickOf(
    DISCIPLINES.map((name) => disciplineBits([name])),
    3,
    'bigint',
  ),
  skewed(
    SOURCES.map((source) => sourceBits([source])),
    4,
    'bigint',
  ),
  skewed(
    COUNTRIES.map((country) => countryBits([country])),
    5,
    'bigint',
  ),
  // Pay is marked as if every band fitted: what is not marked is looked up.
  `${0b1111111n << 45n}::bigint`,
].join(' | ');

/** Stores jobs `$1` to `$2`. */
export function insertJobs(termIds: readonly string[]): string {
  const terms = termIds.map(
    (id, i) => `case when ${dice(10, 10)} = 0 and ${dice(20 + i, 100)} < ${Math.max(4, 50 - i * 4)} then '${id}' end`,
  );
  return `insert into job (id, posting_id, posted_at, first_seen_at, score, state, work_mode, country, pay_min, pay_max,
      pay_currency, pay_period, title, company, places, employment, sources, terms, card, words, flags)
    select n, n, at, at, ${dice(7, 60)}, case when ${dice(8, 20)} = 0 then 'closed' else 'open' end, mode, country,
      60000, 60000 + 1000 * ${dice(9, 120)}, case when ${dice(9, 5)} < 2 then 'EUR' end, 'year', title, company, array['Berlin'], array['full_time'],
      array[source], terms, '{"title":' || to_json(title) || ',"company":' || to_json(company) || ',"places":["Berlin"],"workMode":"' || mode
        || '","employment":["full_time"],"pay":null,"postedAt":"2026-01-01T00:00:00.000Z","firstSeenAt":"2026-01-01T00:00:00.000Z","statedAt":null,"score":40,"reasons":[],"source":"'
        || source || '","sources":["' || source || '"],"url":"https://boards.example.com/jobs/' || n || '"}',
      to_tsvector('simple', title || ' ' || company), flags
    from (
      select n, now() - interval '1 second' * ${dice(6, 365 * 86_400)} as at, ${pickOf(MODES, 1, 'text')} as mode,
        ${skewed(COUNTRIES, 5, 'text')} as country, ${skewed(SOURCES, 4, 'text')} as source,
        ${pickOf(ROLES, 11, 'text')} || ' ' || ${pickOf(WORKS, 12, 'text')} || ' tw' || ${dice(13, TITLE_WORDS)} as title,
        'co' || ${dice(14, COMPANIES)} as company,
        array_remove(array['discipline:' || ${pickOf(DISCIPLINES, 3, 'text')}, 'level:' || ${pickOf(LEVELS, 2, 'text')}, ${terms.join(', ')}], null) as terms,
        ${FLAGS} as flags
      from generate_series($1::integer, $2::integer) n
    ) as made`;
}
