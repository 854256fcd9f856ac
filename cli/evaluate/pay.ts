/** Whether pay is read as a person reads it: every field that the row states, and nothing where the row says that nothing is told. */
import { z } from 'zod';
import type { Pay } from '../../worker/posting.ts';
import { parsePay } from '../../worker/steps/pay/parse-pay.ts';
import type { Answer, Kind } from './evaluate.ts';
import { readHint } from './hint.ts';

const row = z
  .object({
    id: z.string().nullish(),
    raw: z.string(),
    hint: z.string().nullish(),
    min: z.number().nullable(),
    max: z.number().nullable(),
    currency: z.string().nullable(),
    period: z.string().nullable(),
  })
  .transform((read) => ({ ...read, id: read.id ?? read.raw }));
type Row = z.output<typeof row>;

const FIELDS = ['min', 'max', 'currency', 'period'] as const;
type Figures = Pick<Row, (typeof FIELDS)[number]>;
const NOTHING: Figures = { min: null, max: null, currency: null, period: null };

export const pay: Kind<Row> = {
  about: 'what does it pay? rows {raw, hint, min, max, currency, period}; hint: country, source, "text" or "title"',
  row,
  answer(read): Answer {
    const parsed = parseRow(read);
    const got = advertised(parsed);
    return {
      expected: words(read),
      got: words(got),
      expectedPositive: isTold(read),
      gotPositive: isTold(got),
      // a value where none was right, or another one than the right one
      confident: FIELDS.some((field) => got[field] !== null && got[field] !== read[field]),
      why: `${JSON.stringify(read.raw)} (${read.hint ?? 'no hint'}) ${parsed === null ? 'says nothing of pay' : reasons(parsed)}`,
    };
  },
};

function parseRow({ raw, hint }: Row): Pay | null {
  const { source, country, place, words } = readHint(hint);
  const period = words[words.indexOf('period') + 1];
  const told = words.includes('period') ? `${raw} ${period}` : raw;
  const stated = { raw: told, min: null, max: null, currency: null, period: null, estimated: false };
  return parsePay({
    stated: place === 'field' ? stated : null,
    title: place === 'title' ? raw : '',
    text: place === 'text' ? raw : '',
    country,
    source,
  });
}

/** An estimate of the source is not what the employer offers. */
function advertised(read: Pay | null): Figures {
  return read === null || read.estimated ? NOTHING : read;
}

const isTold = ({ min, max }: Figures) => min !== null || max !== null;

function words({ min, max, currency, period }: Figures): string {
  return `${min ?? '?'}-${max ?? '?'} ${currency ?? '?'}/${period ?? '?'}`;
}

function reasons({ from, flags, estimated }: Pay): string {
  return [`read in the ${from}`, ...(estimated ? ['an estimate'] : []), ...flags].join(', ');
}
