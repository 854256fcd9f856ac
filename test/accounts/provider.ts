/** An OpenID Connect provider of somebody else's making on loopback, and the same one bent: what it signs can be changed on the way out. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt, exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import { atEnd } from '../at-end.ts';

export const CLIENT = { clientId: 'scout', clientSecret: 'a-secret-of-the-client-that-is-long-enough' };

export interface Person {
  readonly sub: string;
  readonly email: string;
  readonly emailVerified: boolean;
  /** How strongly they prove themselves there. */
  readonly acr?: string;
}

export interface TestProvider {
  readonly issuer: string;
  /** Who signs in there next; no form is shown. */
  person: Person;
  /** Changes the claims of the next ID tokens. */
  bend: ((claims: JWTPayload) => JWTPayload) | undefined;
  /** Signs the next ID tokens with a key that the provider does not publish. */
  signsWithUnknownKey: boolean;
  /** The next ID token is signed by nobody, or not there at all. */
  tokenForm: 'signed' | 'alg-none' | 'missing';
  /** The paths that answer 503. */
  readonly down: Set<string>;
  /** How often its keys were asked for. */
  keyReads: number;
  /** Signs with a new key from now on, and publishes that in place of the old one. @param callback of one more client */
  rotate(callback: string): Promise<void>;
  sign(claims: JWTPayload, options?: { unknownKey?: boolean; typ?: string }): Promise<string>;
}

/** @param callbacks where the client lets people come back to; asked when the first one comes */
export async function startProvider(callbacks: () => string[]): Promise<TestProvider> {
  let keys = await keyPair('published');
  const unknown = await keyPair('unknown');
  const handler: { provider: Provider | undefined } = { provider: undefined };
  let rotations = 0;
  const more: string[] = [];
  const server = createServer((req, res) => void serve(req, res));
  const issuer = await listening(server);
  const state: TestProvider = {
    issuer,
    person: { sub: 'somebody', email: 'somebody@example.org', emailVerified: true },
    bend: undefined,
    signsWithUnknownKey: false,
    tokenForm: 'signed',
    down: new Set(),
    keyReads: 0,
    rotate: async (callback) => {
      more.push(callback);
      keys = await keyPair(`published ${++rotations}`);
      handler.provider = undefined;
    },
    sign: async (claims, { unknownKey = false, typ = 'JWT' } = {}) => {
      const jwk = unknownKey ? unknown : keys;
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: jwk.kid ?? '', typ })
        .sign(await importJWK(jwk, 'RS256'));
    },
  };
  const make = () => newProvider(issuer, [...new Set([...callbacks(), ...more])], keys, () => state.person);
  return state;

  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = (req.url ?? '').split('?')[0] ?? '';
    if (state.down.has(path) || state.down.has('*')) return void res.writeHead(503).end();
    handler.provider ??= make();
    if (path === '/jwks') state.keyReads += 1;
    if (path === '/token') return bent(req, res, handler.provider);
    if (path.startsWith('/interaction/')) return interact(req, res, handler.provider, state.person);
    handler.provider.callback()(req, res);
  }

  /** Lets the provider answer, then changes the ID token in its answer. */
  async function bent(req: IncomingMessage, res: ServerResponse, provider: Provider): Promise<void> {
    const chunks: Buffer[] = [];
    res.write = ((chunk: string | Buffer) => chunks.push(Buffer.from(chunk)) > 0) as typeof res.write;
    const end = res.end.bind(res);
    res.end = ((chunk?: string | Buffer) => {
      if (chunk !== undefined && typeof chunk !== 'function') chunks.push(Buffer.from(chunk));
      void changed(Buffer.concat(chunks).toString()).then((body) => {
        res.removeHeader('content-length');
        end(body);
      });
      return res;
    }) as typeof res.end;
    provider.callback()(req, res);
  }

  async function changed(body: string): Promise<string> {
    const json = JSON.parse(body) as { id_token?: string };
    if (json.id_token === undefined) return body;
    const claims = decodeJwt(json.id_token);
    const bentClaims = state.bend?.(claims) ?? claims;
    if (state.tokenForm === 'missing') delete json.id_token;
    else if (state.tokenForm === 'alg-none') json.id_token = `${part({ alg: 'none' })}.${part(bentClaims)}.`;
    else json.id_token = await state.sign(bentClaims, { unknownKey: state.signsWithUnknownKey });
    return JSON.stringify(json);
  }
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

async function keyPair(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' };
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function newProvider(issuer: string, callbacks: string[], key: JWK, person: () => Person): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: callbacks,
        token_endpoint_auth_method: 'client_secret_post',
        backchannel_logout_uri: callbacks[0]?.replace('callback/oidc', 'back-channel-logout'),
        backchannel_logout_session_required: true,
      },
    ],
    jwks: { keys: [key] },
    acrValues: ['urn:example:one', 'urn:example:two'],
    cookies: { keys: ['a-key-for-cookies-of-the-provider'] },
    pkce: { required: () => true },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, sub) => ({
      accountId: sub,
      claims: () => ({ sub, email: person().email, email_verified: person().emailVerified, name: 'Some Body' }),
    }),
  });
}

/** What a person would do on the provider's pages: sign in, and consent. */
async function interact(
  req: IncomingMessage,
  res: ServerResponse,
  provider: Provider,
  { sub, acr }: Person,
): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(req, res);
  if (prompt.name === 'login') {
    await provider.interactionFinished(req, res, { login: { accountId: sub, ...(acr !== undefined && { acr }) } });
    return;
  }
  const grant = new provider.Grant({ accountId: session?.accountId ?? sub, clientId: String(params.client_id) });
  grant.addOIDCScope('openid email profile');
  await provider.interactionFinished(
    req,
    res,
    { consent: { grantId: await grant.save() } },
    { mergeWithLastSubmission: true },
  );
}
