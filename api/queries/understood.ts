/** What was read from an advert beyond what its source states, with the words that say it; from the body that the worker stored. */
import { z } from 'zod';

const fact = z.object({ name: z.string(), phrase: z.string() });
const mode = z.enum(['remote', 'hybrid', 'onsite', 'unknown']);

export const understoodBody = z.object({
  disciplines: z.array(fact).meta({ description: 'Kinds of IAM work, the strongest first.' }),
  vendors: z.array(fact),
  protocols: z.array(fact),
  seniority: fact.nullable(),
  clearance: fact.nullable(),
  pay: z
    .object({
      yearly: z.object({ min: z.number().nullable(), max: z.number().nullable(), times: z.number() }).nullable(),
      from: z.enum(['field', 'title', 'text']),
      flags: z.array(z.string()),
    })
    .nullable()
    .meta({ description: 'Pay by the year in its own currency; times is how many of the stated period make a year.' }),
  places: z.array(
    z.object({
      country: z.string().nullable(),
      region: z.string().nullable(),
      county: z.string().nullable(),
      city: z.string().nullable(),
      text: z.string(),
    }),
  ),
  daysOnSite: z.number().nullable(),
  eligibility: z
    .object({
      countries: z.array(z.string()),
      regions: z.array(z.string()),
      timeZones: z.array(z.string()).nullable(),
    })
    .meta({ description: 'Where one must live or may work from; empty where nothing is said.' }),
  evidence: z.array(
    z.object({
      what: z.enum(['workMode', 'daysOnSite', 'eligibility', 'timeZones']),
      from: z.enum(['field', 'place', 'title', 'text']),
      phrase: z.string(),
    }),
  ),
  conflict: z
    .object({ stated: mode, told: mode, phrase: z.string() })
    .nullable()
    .meta({ description: 'A field says one thing and the words another: both are shown, the field counts.' }),
  language: z.string().nullable(),
});
export type Understood = z.output<typeof understoodBody>;

const NO_FACTS = { disciplines: [], vendors: [], protocols: [], seniority: null, clearance: null };

interface Kept {
  readonly posting?: { readonly understood?: object };
  readonly score?: { readonly facts?: object };
}

/** @param facts of a body, see `shared/bodies.ts` @returns null for a body that an earlier release stored */
export function understoodOf(facts: unknown): Understood | null {
  const { posting, score } = (facts ?? {}) as Kept;
  const read = understoodBody.safeParse({ ...NO_FACTS, ...score?.facts, ...posting?.understood });
  return read.success ? read.data : null;
}
