/** How a request says who asks, as the document describes it. */
import type { Auth, Route } from '../route.ts';

export const SECURITY_SCHEMES = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-iamscout.session_token',
    description:
      'The session of whoever signed in at /sign-in; over plain http on this machine iamscout.session_token.',
  },
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'iamscout_...',
    description: 'An API key, with the scopes that it was made with.',
  },
  adminToken: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Admin-Token',
    description: 'ADMIN_TOKEN, or the content of the file admin-token in DATA_DIR.',
  },
  adminTokenForCron: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Admin-Token',
    description: 'The same token, for the address that a line in a crontab calls.',
  },
  ceremony: {
    type: 'apiKey',
    in: 'cookie',
    name: 'iamscout.ceremony',
    description:
      'No account is needed: the body proves itself, by the answer to a challenge that a cookie keeps or by the signature of the identity provider.',
  },
  metricsToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'METRICS_TOKEN',
    description: 'METRICS_TOKEN; without one only this machine may read.',
  },
} as const;

type Requirement = Partial<Record<keyof typeof SECURITY_SCHEMES, string[]>>;

const ANYBODY: Requirement = {};
const REQUIREMENTS: Readonly<Record<Auth, (scope: string | undefined) => readonly Requirement[]>> = {
  public: () => [],
  reader: () => [ANYBODY, { session: [] }, { apiKey: [] }, { adminToken: [] }],
  user: (scope) => (scope === undefined ? [{ session: [] }] : [{ session: [] }, { apiKey: [] }]),
  admin: () => [{ adminToken: [] }, { session: [] }, { apiKey: [] }],
  metrics: () => [ANYBODY, { metricsToken: [] }],
};

export function securityOf({
  auth,
  scope,
  path,
  method,
}: Pick<Route, 'auth' | 'scope' | 'path' | 'method'>): readonly Requirement[] {
  // Signing in needs no account, and is still no open door.
  if (auth === 'public' && method !== 'GET') return [{ ceremony: [] }];
  if (path.startsWith('/admin/')) return [{ adminTokenForCron: [] }];
  return REQUIREMENTS[auth](scope);
}
