/** What is wrong with a body that could not be read, told from the errors of body-parser. */
import { Problem } from './problems.ts';

/** Characters of what the parser of JSON says, which names the place and quotes the body. */
const TOLD_MAX = 200;

/** @returns undefined for what is no error of a request */
export function bodyFault(error: unknown): Problem | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { type, status, limit, message } = error as Record<string, unknown>;
  switch (type) {
    case 'entity.parse.failed':
      return new Problem('malformed-request', {
        detail: `The body is no JSON object or list: ${String(message).slice(0, TOLD_MAX).toWellFormed()}`,
      });
    case 'entity.too.large':
      return new Problem('body-too-large', { detail: `A body may have ${String(limit)} bytes here.` });
    case 'charset.unsupported':
      return new Problem('unsupported-media-type', { detail: 'Send the body as UTF-8.' });
    case 'encoding.unsupported':
      return new Problem('unsupported-media-type', { detail: 'Send the body as it is, without a Content-Encoding.' });
    case 'parameters.too.many':
      return new Problem('malformed-request', { detail: 'The form has too many fields.' });
  }
  return typeof status === 'number' && status >= 400 && status < 500 ? new Problem('malformed-request') : undefined;
}
