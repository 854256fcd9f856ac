/** What lists of jobs are counted by. */
export const FACETS = [
  'source',
  'discipline',
  'vendor',
  'work_mode',
  'country',
  'seniority',
  'pay_band',
  'age',
] as const;
export type Facet = (typeof FACETS)[number];
