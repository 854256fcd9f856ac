/**
 * Statements that answer with one text a row, for paths where a few microseconds count. pg asks the server to describe the answer of
 * every statement and makes parsers and objects by the description; here it is known beforehand. That is 10 µs of about 100 that a
 * search costs this process.
 */
import type { Connection, Pool, Submittable } from 'pg';

/** What the server is told once for each connection. */
export interface Prepared {
  readonly name: string;
  readonly text: string;
}

export type TextValue = string | number | boolean | null | readonly string[];

/** @returns the first column of each row, as text */
export function queryTexts(pool: Pool, statement: Prepared, values: readonly TextValue[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const query = new TextQuery(statement, values);
    const done = (error: Error | null | undefined, found: string[]) => {
      if (error == null) resolve(found);
      else reject(error);
    };
    (pool.query as (query: Submittable, values: undefined, done: Done) => void)(query, undefined, done);
  });
}

type Done = (error: Error | null | undefined, found: string[]) => void;

/** What pg's connection has beside what its types say: the statements that it has told the server. */
interface Wire extends Pick<Connection, 'stream' | 'sync'> {
  readonly parsedStatements: Readonly<Record<string, string | undefined>>;
  readonly submittedNamedStatements: Record<string, string | undefined>;
  parse(statement: Prepared): void;
  bind(bound: { readonly statement: string; readonly values: readonly (string | null)[] }): void;
  execute(portal?: undefined): void;
}

/** As pg's own `Query`: the client hands each message of the server to whatever was submitted. */
class TextQuery implements Submittable {
  readonly name: string;
  readonly text: string;
  /** Set by the client. */
  callback: Done | undefined;
  readonly #values: readonly TextValue[];
  readonly #found: string[] = [];

  constructor({ name, text }: Prepared, values: readonly TextValue[]) {
    this.name = name;
    this.text = text;
    this.#values = values;
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    const values = this.#values.map(asText);
    wire.stream.cork();
    if ((wire.parsedStatements[this.name] ?? wire.submittedNamedStatements[this.name]) === undefined) {
      wire.parse({ name: this.name, text: this.text });
      wire.submittedNamedStatements[this.name] = this.text;
    }
    wire.bind({ statement: this.name, values });
    wire.execute();
    wire.sync();
    wire.stream.uncork();
  }

  handleDataRow({ fields: [text] }: { readonly fields: readonly (string | null)[] }): void {
    this.#found.push(text ?? '');
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback?.(null, this.#found);
  }

  handleError(error: Error): void {
    this.callback?.(error, []);
    this.callback = undefined;
  }
}

/** As the server reads values that come as text. */
function asText(value: TextValue): string | null {
  if (value === null || typeof value === 'string') return value;
  if (typeof value !== 'object') return String(value);
  return `{${value.map(quoted).join(',')}}`;
}

const quoted = (part: string) => (/["\\]/.test(part) ? `"${part.replaceAll(/["\\]/g, '\\$&')}"` : `"${part}"`);
