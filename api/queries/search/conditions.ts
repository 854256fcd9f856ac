/** What a job's row must be, and what marks of an entry must have: only what the search has set. */
import type { Shape } from './shape.ts';
import { STATE_BITS_USUAL } from './usual.ts';

/** By the value that sets it; of the row `j`. */
const ROW: Readonly<Record<string, string>> = {
  states: 'j.state = any ($states::text[])',
  // Any of words and terms, which is what most searches are: without making one list of a job's words and terms.
  any_words: '(j.terms && $any_terms::text[] or j.words @@ $any_words::tsquery)',
  tsquery: '(j.words || array_to_tsvector(j.terms)) @@ $tsquery::tsquery',
  modes: 'j.work_mode = any ($modes::text[])',
  sources: 'j.sources && $sources::text[]',
  countries: `coalesce(j.country, 'unknown') = any ($countries::text[])`,
  since: 'j.posted_at >= $since::timestamptz',
  seen: 'j.first_seen_at >= $seen::timestamptz',
  companies: 'lower(left(j.company, 100)) = any ($companies::text[])',
  companies_not: '(j.company is null or lower(left(j.company, 100)) <> all ($companies_not::text[]))',
  ids_not: 'j.id <> all ($ids_not::bigint[])',
  pay: `case when coalesce(j.pay_max, j.pay_min) is null or not coalesce($pay::jsonb ? (j.pay_currency || j.pay_period), false)
      then $pay_unknown::boolean
      else exists (select from jsonb_array_elements($pay::jsonb -> (j.pay_currency || j.pay_period)) as range
        where coalesce(j.pay_max, j.pay_min) >= (range ->> 0)::numeric
          and (range ->> 1 is null or coalesce(j.pay_max, j.pay_min) < (range ->> 1)::numeric)) end`,
};

export function rowOf(shape: Shape, row = ROW): string {
  const usual = shape.has('states') ? [] : ["j.state = 'open'"];
  const set = Object.entries(row)
    .filter(([name]) => shape.has(name))
    .map(([name, condition]) => (shape.isAny ? orUnset(name, condition) : condition));
  return [...usual, ...set].join('\n    and ');
}

/**
 * The same of entries `e` that say of which list they are. Where any of these lists will do, the row nearly always has just that
 * term, and to look for one is less than to compare all.
 */
export const rowOfListed = (shape: Shape) => rowOf(shape, shape.has('lists_any') && !shape.isAny ? LISTED : ROW);
const LISTED = { ...ROW, any_words: `(e.term = any (j.terms) or ${ROW.any_words})` };

function orUnset(name: string, condition: string): string {
  const [value] = new RegExp(`\\$${name}::[a-z]+(?:\\[\\])?`).exec(condition) ?? [];
  return `(${value} is null or ${condition})`;
}

const GROUPS = ['mode', 'level', 'discipline', 'source', 'country', 'pay'];
const flagged = (shape: Shape, groups: readonly string[]) =>
  groups.filter((group) => shape.has(`flags_${group}`)).map((group) => `(e.flags & $flags_${group}::bigint) <> 0`);

/** What the entries `e` of lists must have set, and those of all jobs or adverts, whose marks are without the state. */
export const listFlags = (shape: Shape) =>
  [
    ...flagged(shape, GROUPS),
    `(e.flags & ${shape.has('states') ? '$flags_state' : `'${STATE_BITS_USUAL}'`}::bigint) <> 0`,
  ].join(' and ');
export const jobFlags = (shape: Shape) =>
  [shape.has('states') ? 'e.state = any ($states::text[])' : "e.state = 'open'", ...flagged(shape, GROUPS)].join(
    ' and ',
  );
export const textFlags = (shape: Shape) => ['true', ...flagged(shape, GROUPS)].join(' and ');

/** Only by date the time that is asked for is a part of the index that is walked. */
export const within = (shape: Shape) => (shape.has('since') ? 'and posted_at >= $since::timestamptz' : '');

/** Words of the whole advert, where many have them: look at one after the other. */
export const IN_TEXT = 'and exists (select from job_text x where x.job_id = j.id and x.words @@ $words::tsquery)';
