import { z } from 'zod';
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
      auth: 'public',
      responses: { 200: { about: 'All sources.', body: z.object({ items: z.array(sourceView) }) } },
    },
    async ({ services, res }) => {
      res.json({ items: await listSources(services.db, services.config) });
    },
  ),
];
