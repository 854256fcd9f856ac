/** How the body of a request is read, by what the route says that it takes. */
import express, { type RequestHandler } from 'express';
import { Problem } from './problems.ts';
import type { BodyKind, Route } from './route.ts';

const BODY_LIMIT = 64 * 1024;
/** Fields of one form. */
const FIELDS_MAX = 100;

export const BODY_TYPES = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  file: 'multipart/form-data',
} as const satisfies Record<BodyKind, string>;

export function bodyParsers({ bodyKind = 'json', bodyLimit: limit = BODY_LIMIT }: Route): RequestHandler[] {
  const type = BODY_TYPES[bodyKind];
  const onlyThat: RequestHandler = (req, _res, next) => {
    if (req.headers['content-length'] !== '0' && req.is(type) === false) {
      throw new Problem('unsupported-media-type', { detail: `Send the body as ${type}.` });
    }
    next();
  };
  return [onlyThat, parserOf(bodyKind, limit)];
}

function parserOf(kind: BodyKind, limit: number): RequestHandler {
  const common = { limit, inflate: false, type: BODY_TYPES[kind] };
  if (kind === 'json') return express.json({ ...common, strict: true });
  if (kind === 'form') return express.urlencoded({ ...common, extended: false, parameterLimit: FIELDS_MAX });
  return express.raw(common);
}
