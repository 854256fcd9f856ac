/** Whether two postings are about one opening: the merge's verdict against a person's. */
import { z } from 'zod';
import type { Posting } from '../../worker/posting.ts';
import { judge } from '../../worker/steps/merge/judge.ts';
import { signOf } from '../../worker/steps/merge/sign.ts';
import { textOf } from '../../worker/steps/merge/text.ts';
import { normalise } from '../../worker/steps/normalise/normalise.ts';
import { decodeLine, hasTags, unescapeHtml } from '../../worker/steps/normalise/text.ts';
import type { Answer, Kind } from './evaluate.ts';

const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? '' : String(value)));

const posting = z.object({
  source: z.string(),
  native_id: text,
  title: z.string(),
  company: text,
  location: z.union([text, z.array(z.string())]),
  description: text,
  url: text,
  salary: text,
  posted_at: z.union([z.string(), z.number()]).nullish(),
});
export type MergePosting = z.output<typeof posting>;

const row = z.object({ id: z.string(), a: posting, b: posting, same: z.boolean(), note: z.string().nullish() });
type Row = z.output<typeof row>;

/** Likeness below this is a narrow decision. */
const CONFIDENT_FROM = 450;

export const merge: Kind<Row> = {
  about: 'are two postings one opening? rows {id, a, b, same, note}',
  row,
  answer({ a, b, same, note }): Answer {
    const [left, right] = [read(a), read(b)];
    const verdict = judge(signOf(left, found(a)), signOf(right, found(b)), () => [
      textOf(left.text),
      textOf(right.text),
    ]);
    return {
      expected: word(same),
      got: word(verdict.same),
      expectedPositive: same,
      gotPositive: verdict.same,
      confident: verdict.same ? verdict.strength >= CONFIDENT_FROM : verdict.rule !== 'not_enough',
      why: `${a.source} "${a.title}" / ${b.source} "${b.title}": ${verdict.rule}: ${verdict.evidence.join('; ')}${note ? ` (${note})` : ''}`,
    };
  },
};

const word = (same: boolean) => (same ? 'same' : 'different');
const found = ({ source }: MergePosting) => ({ source, board: '' });

/** A posting of a labelled row as the worker would have it; its source's habits are those of the source that it names. */
export function read(row: MergePosting): Posting {
  const places = (Array.isArray(row.location) ? row.location : row.location.split(/\s*[;\n]\s*/)).filter(Boolean);
  const raw = row.salary.trim();
  const description = unescapeHtml(row.description);
  const isHtml = hasTags(description);
  return normalise(
    {
      nativeId: row.native_id,
      url: row.url,
      applyUrls: [],
      title: decodeLine(row.title.replace(/<\/?(?:b|strong|em)>/gi, '')),
      company: row.company === '' ? null : decodeLine(row.company),
      places,
      country: null,
      workMode: 'unknown',
      employment: [],
      pay: raw === '' ? null : { raw, min: null, max: null, currency: null, period: null, estimated: false },
      statedAt: dateOf(row.posted_at ?? null),
      html: isHtml ? description : null,
      plain: isHtml ? null : description,
      textIsCut: /(?:…|\.\.\.)\s*$/.test(row.description),
    },
    row.source,
  );
}

/** ISO, RFC 822, dd/mm/yyyy, seconds or milliseconds since 1970. */
function dateOf(value: string | number | null): Date | null {
  if (value === null || value === '') return null;
  if (typeof value === 'number') return new Date(value < 1e12 ? value * 1000 : value);
  const day = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(value.trim());
  const date = new Date(day === null ? value : `${day[3]}-${day[2]}-${day[1]}`);
  return Number.isNaN(date.getTime()) ? null : date;
}
