/** What an answer is worth: what was asked for, or a failure with a name and the answer's own words. */
import { FetchError } from '../../shared/errors.ts';
import { refusal } from './classify.ts';
import { type Answer, isHealthy } from './exchange.ts';
import type { Fetched, FetchRequest } from './fetch.ts';
import { JSON_FORMAT } from './json.ts';
import { redact } from './redact.ts';
import { firstWords } from './words.ts';

/** Characters of an answer in which its first words are looked for. */
const WORDS_FROM = 64 * 1024;

/** @throws FetchError for a refusal, for what is not of the request's format, and for another shape than the source has in health */
export function judge<T>(
  answer: Answer,
  request: FetchRequest<T>,
  who: string,
  secrets: readonly string[],
): Fetched<T> {
  const { status, headers, body } = answer;
  const format = request.format ?? JSON_FORMAT;
  const text = format.text(body, headers['content-type']).replace(/^\uFEFF/, '');
  const clean = (said: string) => redact(said, request.url, request.headers, secrets);
  // Before the cut, which could leave half a key behind, and again after escapes were read.
  const words = () => clean(firstWords(clean(text.slice(0, WORDS_FROM))));
  const fault = (says: string, cause?: unknown) =>
    new FetchError('parse', `${who} answered ${says}`, { status, cause });
  if (!isHealthy(status)) throw refusal(answer, who, words(), Date.now());
  if (text.trim() === '') throw fault(`${status} with an empty body`);
  let json: unknown;
  try {
    json = format.parse(text, body);
  } catch {
    // Not as the cause: the parser quotes the text, and the text may repeat our key.
    throw fault(`something that is not ${format.name}: ${words()}`);
  }
  const checked = request.schema.safeParse(json);
  if (checked.success) return { status, headers, json: checked.data, bytes: body.length };
  const [issue] = checked.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw fault(`in a shape that it never has in health${where} (${issue?.message}); it says: ${words()}`);
}
