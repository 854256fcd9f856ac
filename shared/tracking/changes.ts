/** What became of a tracked job since its person last looked: told from what they saw then. */
import type { SeenAdvert } from './advert.ts';

export type Change =
  | { readonly kind: 'closed' | 'reopened' | 'unknown'; readonly at: string | null; readonly why: string | null }
  | {
      readonly kind: 'pay' | 'title' | 'company' | 'places' | 'workMode';
      readonly from: string | null;
      readonly to: string | null;
    }
  | { readonly kind: 'merged' | 'gone' };

/** What is known of the job now. */
export interface Present {
  readonly jobId: string;
  readonly advert: SeenAdvert;
  /** Why it is closed, or why nobody knows. */
  readonly why: string | null;
  /** When it was opened again. */
  readonly reopenedAt: string | null;
}

/**
 * @param seenJobId the job that it was when it was seen; null when that is not known
 * @param present undefined when this system does not have the job
 */
export function changesOf(seen: SeenAdvert, seenJobId: string | null, present: Present | undefined): readonly Change[] {
  if (present === undefined) return seenJobId === null ? [] : [{ kind: 'gone' }];
  const { advert } = present;
  return [
    ...(seenJobId !== null && seenJobId !== present.jobId ? [{ kind: 'merged' as const }] : []),
    ...stateChange(seen, present),
    ...different('title', seen.title, advert.title),
    ...different('company', seen.company, advert.company),
    ...different('pay', payLine(seen), payLine(advert)),
    ...different('places', seen.places.join(' · '), advert.places.join(' · ')),
    ...different('workMode', seen.workMode, advert.workMode),
  ];
}

function stateChange(seen: SeenAdvert, { advert, why, reopenedAt }: Present): Change[] {
  if (seen.state === advert.state) return [];
  if (advert.state === 'closed') return [{ kind: 'closed', at: advert.closedAt, why }];
  if (advert.state === 'unknown') return [{ kind: 'unknown', at: null, why }];
  // From unknown to open is no news: it was on offer all the time.
  return seen.state === 'closed' ? [{ kind: 'reopened', at: reopenedAt, why: null }] : [];
}

function different(
  kind: 'pay' | 'title' | 'company' | 'places' | 'workMode',
  from: string | null,
  to: string | null,
): Change[] {
  return from === to ? [] : [{ kind, from, to }];
}

/** Pay in one line; the figures count, not the words around them. */
export function payLine({ pay }: Pick<SeenAdvert, 'pay'>): string | null {
  if (pay === null) return null;
  if (pay.min === null && pay.max === null) return pay.raw;
  const figures = pay.min === pay.max || pay.max === null ? [pay.min] : [pay.min, pay.max];
  const sum = figures[0] === null ? `up to ${pay.max}` : figures.join(' – ');
  return [sum, pay.currency, pay.period === null ? null : `a ${pay.period}`].filter((part) => part !== null).join(' ');
}
