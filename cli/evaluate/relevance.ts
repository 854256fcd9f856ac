/** Whether an advert is IAM work: the score's decision against a person's. */
import { z } from 'zod';
import { score } from '../../worker/steps/score/score.ts';
import type { Answer, Kind } from './evaluate.ts';

const row = z.object({
  id: z.string(),
  title: z.string(),
  company: z.string().nullish(),
  description: z.string().nullish(),
  relevant: z.boolean(),
});
type Row = z.infer<typeof row>;

/** Points at which an advert is kept; twice as many, or none at all, is a confident answer. */
const KEPT_FROM = 8;

export const relevance: Kind<Row> = {
  about: 'is it IAM work? rows {id, title, company, description, relevant}',
  row,
  answer({ title, company, description, relevant }): Answer {
    const result = score({ title, text: description ?? '', company: company ?? null });
    return {
      expected: word(relevant),
      got: word(result.relevant),
      expectedPositive: relevant,
      gotPositive: result.relevant,
      confident: result.relevant ? result.points >= KEPT_FROM * 2 : result.points <= 0,
      why: `${title}: ${result.points} points${result.parts.map((p) => `, ${p.points} ${p.term} "${p.phrase}"`).join('')}`,
    };
  },
};

const word = (relevant: boolean) => (relevant ? 'relevant' : 'not relevant');
