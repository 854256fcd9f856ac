/** Settings of accounts: who may have one, how people prove who they are, and the faults that only show between settings. */
import { z } from 'zod';
import { isLoopbackName } from './loopback.ts';
import type { Setting } from './setting.ts';

export interface ProviderConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** What the button says. */
  readonly label: string;
  /** Domains of addresses that may come in, without an invitation; undefined for all, with one. */
  readonly domains: readonly string[] | undefined;
  /** One of these must be in `acr` of each ID token; empty for what the provider does by itself. */
  readonly acrValues: readonly string[];
  /** How long ago people may have proved themselves at the provider when they come from there. */
  readonly maxAgeSeconds: number | undefined;
}

export interface AccountConfig {
  /** Undefined on a machine of one's own: one is generated into DATA_DIR. */
  readonly secretKey: string | undefined;
  readonly secretKeyPrevious: string | undefined;
  readonly registration: 'invite' | 'open';
  /** Whether a session that began with one factor (a link) may do more than add a second one. */
  readonly secondFactor: 'required' | 'offered';
  readonly ownerEmail: string;
  readonly provider: ProviderConfig | undefined;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
}

const email = z
  .string()
  .max(254)
  .regex(/^[^\s@"<>]+@[^\s@"<>]+$/, 'must be an e-mail address')
  .transform((text) => text.toLowerCase());

const issuer = z
  .string()
  .refine((text) => URL.canParse(text) && isUsableIssuer(new URL(text)), {
    message: 'must be an https URL without query and fragment (http only on this machine, for tests)',
  })
  .transform((text) => text.replace(/\/+$/, ''));

function isUsableIssuer(url: URL): boolean {
  if (url.search !== '' || url.hash !== '' || url.username !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackName(url.hostname));
}

export const ACCOUNT_SETTINGS: Readonly<Record<string, Setting>> = {
  SECRET_KEY: {
    about:
      'Secret that signs session cookies and encrypts TOTP secrets. Unset on loopback: one is generated into DATA_DIR.',
    default: undefined,
    schema: z.string(),
    secret: true,
  },
  SECRET_KEY_PREVIOUS: {
    about: 'The SECRET_KEY before the last change: what it encrypted can still be read; sessions of it end.',
    default: undefined,
    schema: z.string(),
    secret: true,
  },
  OWNER_EMAIL: {
    about: 'Address of the first administrator, whose account is made at start.',
    default: 'owner@localhost',
    schema: email,
  },
  REGISTRATION: {
    about:
      'Who may have an account: "invite" (whoever an administrator invites) or "open" (whoever proves an address).',
    default: 'invite',
    schema: z.enum(['invite', 'open'], { message: 'must be "invite" or "open"' }),
  },
  SECOND_FACTOR: {
    about:
      'Whether whoever came by a link must first add a passkey, an authenticator app or the provider: "required" or "offered". Unset: "offered" on a machine of one\'s own (loopback, and no PUBLIC_URL of another name), "required" everywhere else.',
    default: undefined,
    schema: z.enum(['required', 'offered'], { message: 'must be "required" or "offered"' }),
  },
  OIDC_ISSUER: {
    about: 'Issuer of an OpenID Connect provider through which people may sign in, as its discovery document names it.',
    default: undefined,
    schema: issuer,
  },
  OIDC_CLIENT_ID: { about: 'Client id at that provider.', default: undefined, schema: z.string().min(1).max(200) },
  OIDC_CLIENT_SECRET: {
    about: 'Client secret at that provider; unset for a public client (PKCE is used in any case).',
    default: undefined,
    schema: z.string().min(1),
    secret: true,
  },
  OIDC_LABEL: {
    about: 'Name of the provider on the sign-in page.',
    default: 'your organisation',
    schema: z.string().min(1).max(60),
  },
  OIDC_DOMAINS: {
    about:
      'Domains of verified addresses that may come in through the provider, separated by commas; they need no invitation. Unset: any, with an invitation.',
    default: undefined,
    schema: z
      .string()
      .regex(/^[a-z0-9.-]+(,[a-z0-9.-]+)*$/, 'must be domains in lower case, separated by commas')
      .transform((text) => text.split(',')),
  },
  OIDC_ACR_VALUES: {
    about:
      'Authentication context classes, separated by spaces, the best first: the provider is asked for them, and lets nobody in whose ID token has none of them as acr. Unset: as the provider does by itself.',
    default: undefined,
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{1,200}( [\x21-\x7e]{1,200}){0,9}$/, 'must be one to ten values, separated by one space')
      .transform((text) => text.split(' ')),
  },
  OIDC_MAX_AGE: {
    about:
      'Seconds that may have passed since people proved themselves at the provider (max_age); who did so longer ago, or comes without auth_time, is not let in. Unset: any time.',
    default: undefined,
    schema: z
      .string()
      .regex(/^\d{1,7}$/, 'must be a number of seconds, up to 2592000')
      .transform(Number)
      .refine((seconds) => seconds <= 2_592_000, 'must be a number of seconds, up to 2592000'),
  },
  SMTP_URL: {
    about: 'Mail server for sign-in links, such as smtps://user:password@mail.example.org. Unset: no mail is sent.',
    default: undefined,
    schema: z.string().refine((text) => URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol), {
      message: 'must be a URL that starts with smtp:// or smtps://',
    }),
    secret: true,
  },
  MAIL_FROM: {
    about: 'Sender of mails.',
    default: 'iam-job-scout@localhost',
    schema: email,
  },
};

/** What is wrong between settings; `weakness` judges a secret. */
export function accountFaults(
  values: Readonly<Record<string, unknown>>,
  { exposed, weakness }: { exposed: string | undefined; weakness: (secret: string) => string | undefined },
): string[] {
  const faults: string[] = [];
  for (const name of ['SECRET_KEY', 'SECRET_KEY_PREVIOUS']) {
    const fault = typeof values[name] === 'string' ? weakness(values[name]) : undefined;
    if (fault !== undefined) faults.push(`${name} ${fault}`);
  }
  if (exposed !== undefined && values.SECRET_KEY === undefined)
    faults.push(`SECRET_KEY must be set when ${exposed} (openssl rand -hex 32)`);
  if (values.SECRET_KEY_PREVIOUS !== undefined && values.SECRET_KEY === undefined)
    faults.push('SECRET_KEY_PREVIOUS is set without SECRET_KEY; set both, or neither');
  if (values.SECRET_KEY !== undefined && values.SECRET_KEY === values.SECRET_KEY_PREVIOUS)
    faults.push('SECRET_KEY_PREVIOUS is the same as SECRET_KEY; unset it');
  if ((values.OIDC_ISSUER === undefined) !== (values.OIDC_CLIENT_ID === undefined))
    faults.push('OIDC_ISSUER and OIDC_CLIENT_ID belong together; set both, or neither');
  for (const name of ['OIDC_CLIENT_SECRET', 'OIDC_DOMAINS', 'OIDC_ACR_VALUES', 'OIDC_MAX_AGE']) {
    if (values[name] !== undefined && values.OIDC_ISSUER === undefined)
      faults.push(`${name} means nothing without OIDC_ISSUER`);
  }
  if (values.REGISTRATION === 'open' && values.SMTP_URL === undefined && values.OIDC_ISSUER === undefined)
    faults.push('REGISTRATION is "open", which needs SMTP_URL or OIDC_ISSUER: an address must be proven');
  return faults;
}

/** @param isLocal nobody reaches this but whoever sits at the machine, as far as HOST and NODE_ENV tell */
export function toAccountConfig(v: Readonly<Record<string, unknown>>, isLocal: boolean): AccountConfig {
  const publicUrl = v.PUBLIC_URL as string | undefined;
  const isOwnMachine = isLocal && (publicUrl === undefined || isLoopbackName(new URL(publicUrl).hostname));
  return {
    secretKey: v.SECRET_KEY as string | undefined,
    secretKeyPrevious: v.SECRET_KEY_PREVIOUS as string | undefined,
    registration: v.REGISTRATION as 'invite' | 'open',
    secondFactor: (v.SECOND_FACTOR as 'required' | 'offered' | undefined) ?? (isOwnMachine ? 'offered' : 'required'),
    ownerEmail: v.OWNER_EMAIL as string,
    provider:
      v.OIDC_ISSUER === undefined
        ? undefined
        : {
            issuer: v.OIDC_ISSUER as string,
            clientId: v.OIDC_CLIENT_ID as string,
            clientSecret: v.OIDC_CLIENT_SECRET as string | undefined,
            label: v.OIDC_LABEL as string,
            domains: v.OIDC_DOMAINS as string[] | undefined,
            acrValues: (v.OIDC_ACR_VALUES as string[] | undefined) ?? [],
            maxAgeSeconds: v.OIDC_MAX_AGE as number | undefined,
          },
    smtpUrl: v.SMTP_URL as string | undefined,
    mailFrom: v.MAIL_FROM as string,
  };
}
