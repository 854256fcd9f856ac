/** The list entry of a job as it is stored; `worker/card.ts` writes it, and a test holds the two together. */
import { z } from 'zod';

const pay = z.object({
  raw: z.string(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  currency: z.string().nullable(),
  period: z.enum(['year', 'month', 'week', 'day', 'hour']).nullable(),
  estimated: z
    .boolean()
    .meta({ description: "True when the figures are the source's estimate and not the employer's word." }),
});

export const cardBody = z.object({
  title: z.string(),
  company: z.string().nullable(),
  places: z.array(z.string()),
  workMode: z.enum(['remote', 'hybrid', 'onsite', 'unknown']),
  employment: z.array(z.string()),
  pay: pay.nullable(),
  postedAt: z.string().meta({ description: 'statedAt, else firstSeenAt: what lists are sorted by.' }),
  firstSeenAt: z.string(),
  statedAt: z.string().nullable().meta({ description: 'When the source says that it was published.' }),
  score: z.number(),
  reasons: z.array(z.object({ label: z.string(), phrase: z.string(), place: z.enum(['title', 'body', 'rule']) })),
  disciplines: z.array(z.string()).optional().meta({ description: 'Kinds of IAM work; missing in older entries.' }),
  seniority: z.string().nullable().optional(),
  clearance: z.string().nullable().optional().meta({ description: 'The strictest that is asked for.' }),
  source: z.string().meta({ description: 'Where url leads: of several postings, the one that says most.' }),
  sources: z.array(z.string()).meta({ description: 'Every source that lists this job.' }),
  url: z.string(),
});
export type Card = z.output<typeof cardBody>;
export type Pay = z.output<typeof pay>;

/** An item of a list: the stored card with what may change after it was stored. */
export const jobItem = z.object({
  id: z.string().meta({ description: 'A 64-bit number, as text.' }),
  state: z.enum(['open', 'closed', 'unknown']),
  ...cardBody.shape,
});
export type JobItem = z.output<typeof jobItem>;
