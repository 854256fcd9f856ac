import { z } from 'zod';
import { SOURCE_STATES } from '../../shared/db/source-health/judge-source.ts';
import { PERIODS } from '../../shared/sources.ts';
import { listSources } from '../queries/sources.ts';
import { type Route, route } from '../route.ts';

const time = z.string().nullable();

const sourceView = z.object({
  name: z.string(),
  label: z.string(),
  kind: z.enum(['search', 'feed', 'board']),
  homepage: z.string(),
  attribution: z.object({ text: z.string(), url: z.string() }),
  enabled: z.boolean(),
  waitingForKey: z.boolean().meta({ description: 'A setting that the source needs is not set.' }),
  missingKeys: z.array(z.string()),
  boards: z.object({ enabled: z.number(), total: z.number() }),
  state: z.enum(SOURCE_STATES),
  sentence: z.string().meta({ description: 'Why it is in this state.' }),
  since: time.meta({ description: 'Since when; null while nobody has written it down.' }),
  lastCompleteAt: time.meta({ description: 'When a read of one of its boards last came to its end without a doubt.' }),
  freshness: z
    .object({ withinHours: z.number(), asOf: time, isLate: z.boolean(), lateByHours: z.number().nullable() })
    .meta({
      description: 'Nine of ten of its boards were read in health within so many hours: promised, and as it is.',
    }),
  nextCheck: z.object({ at: time, why: z.string(), due: z.number(), resting: z.number() }).meta({
    description:
      'When the timetable reads it next and why then; of its boards those that are due now, and those that rest.',
  }),
  budgets: z
    .array(z.object({ period: z.enum(PERIODS), ceiling: z.number(), spent: z.number(), left: z.number() }))
    .meta({
      description:
        'Requests that it may be asked in any stretch of a period; spent and left in the one of the calendar (UTC) that is now. Empty before it was ever asked.',
    }),
  breaker: z
    .object({
      state: z.enum(['closed', 'open', 'half-open']),
      kind: z.enum(['failures', 'key', 'quota']).nullable(),
      since: time,
      until: time,
      reason: z.string().nullable(),
      openHosts: z.number(),
    })
    .meta({
      description: 'While it is open nothing is asked; half-open, the next request finds out. Hosts have their own.',
    }),
  backOff: z
    .object({ until: time, reason: z.string().nullable() })
    .nullable()
    .meta({ description: 'It asked to be left alone until then.' }),
  lastSuccessAt: time,
  lastFound: z.number().nullable(),
  lastErrorAt: time,
  lastErrorType: z.string().nullable(),
  lastError: z.string().nullable(),
});

export const SOURCE_ROUTES: readonly Route[] = [
  route(
    {
      method: 'GET',
      path: '/api/v1/sources',
      summary: 'All sources, and how each is doing',
      auth: 'reader',
      scope: 'jobs:read',
      responses: { 200: { about: 'All sources.', body: z.object({ items: z.array(sourceView) }) } },
    },
    async ({ services, res }) => {
      res.json({ items: await listSources(services.db, services.config, services.now()) });
    },
  ),
];
