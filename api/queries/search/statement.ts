/** Statements of the search: their parameters have names, and each text is fixed, so that a connection plans it once. */

import type { TextValue } from '../../../shared/db/text-query.ts';
import { ROWS_USUAL, STATE_BITS_USUAL, STATES_USUAL, WALK_MAX } from './usual.ts';

/** What a statement is given, by the names of its parameters. */
export type Values = Record<string, TextValue | undefined>;

export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly string[];
}

/**
 * `$name::type`s become numbers, each in a subquery: the planner sees no value, so that no value looks worth a plan of its own,
 * which would take longer than the query. They come as texts, so that what a statement does not come to is not read either.
 * The last cast keeps `any` from taking the subquery for a list of rows. Marks have no statistics that a value could change, and stand as they are.
 */
export function statement(name: string, text: string): Statement {
  const parameters: string[] = [];
  const numbered = text.replace(PARAMETER, (_, parameter: string, type: string) => {
    if (!parameters.includes(parameter)) parameters.push(parameter);
    const number = `$${parameters.indexOf(parameter) + 1}`;
    return parameter.startsWith('flags_') ? `${number}::${type}` : `(select ${number}::text::${type})::${type}`;
  });
  return { name, text: numbered, parameters };
}
const PARAMETER = /\$([a-z_]+)::([a-z]+(?: precision)?(?:\[\])?)/g;

/** What stands for values that a search has not set, in the statements that fit every search. */
const UNSET: Readonly<Values> = {
  since: '-infinity',
  seen: '-infinity',
  states: STATES_USUAL,
  flags_state: STATE_BITS_USUAL,
  limit: ROWS_USUAL,
  walk: WALK_MAX,
  ...Object.fromEntries(
    [
      'any_words',
      'any_terms',
      'tsquery',
      'modes',
      'sources',
      'countries',
      'companies',
      'companies_not',
      'ids_not',
      'left_words',
      'pay',
    ].map((name) => [name, null]),
  ),
  pay_unknown: false,
  ...Object.fromEntries(
    ['mode', 'level', 'discipline', 'source', 'country', 'pay'].map((group) => [`flags_${group}`, '-1']),
  ),
};

/** @throws Error when there is no value for a parameter that must have one */
export function valuesOf({ parameters }: Statement, values: Readonly<Values>): TextValue[] {
  return parameters.map((name) => {
    const value = values[name] ?? UNSET[name];
    if (value === undefined) throw new Error(`the search has no value for ${name}`);
    return value;
  });
}
