/** What describes all other addresses: the OpenAPI document and the page that shows it. */
import { z } from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import { docsHeaders } from '../headers.ts';
import { openApiDocument } from '../openapi/document.ts';
import { type Route, route } from '../route.ts';
import type { Services } from '../services.ts';
import { docsPage } from '../web/docs-page.ts';

/** @param table the routes that an installation has, this one's own included */
export function documentRoutes(table: (services: Services) => readonly Route[]): readonly Route[] {
  // Made once: routes do not change while a process runs.
  const made = new WeakMap<Services, string>();
  const textFor = (services: Services) => {
    const text = made.get(services) ?? JSON.stringify(openApiDocument(table(services), aboutOf(services)));
    made.set(services, text);
    return text;
  };
  return [
    route(
      {
        method: 'GET',
        path: '/api/openapi.json',
        summary: 'This document: every address of the API, as OpenAPI 3.1',
        auth: 'public',
        operationId: 'getDocument',
        responses: {
          200: {
            about: 'The document.',
            body: z.looseObject({ openapi: z.literal('3.1.1'), paths: z.record(z.string(), z.unknown()) }),
          },
        },
      },
      ({ services, res }) => void res.type('application/json').send(textFor(services)),
    ),
    route(
      {
        method: 'GET',
        path: '/api/docs',
        summary: 'Page: the API to read and to try',
        auth: 'public',
        kind: 'page',
        responses: { 200: { about: 'The page.', type: 'text/html' } },
      },
      ({ res }) => void res.set(docsHeaders()).type('html').send(docsPage().text),
    ),
  ];
}

function aboutOf({ config }: Services) {
  return { version: packageJson.version, server: config.publicUrl?.replace(/\/+$/, '') };
}
