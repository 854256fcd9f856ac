/**
 * Accounts. The tables with names of two styles are better-auth's, as its `compileMigrations()` wrote them for the options of
 * api/auth/better-auth.ts; those below them are ours.
 */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261123005500_accounts extends Migration {
  override up(): void {
    for (const statement of [...BETTER_AUTH, ...OURS]) this.addSql(statement);
  }
}

const BETTER_AUTH = [
  'create schema auth',
  `create table auth."user" (
    id uuid default pg_catalog.gen_random_uuid() not null primary key,
    name text not null,
    email text not null unique,
    "emailVerified" boolean not null,
    image text,
    "createdAt" timestamptz default current_timestamp not null,
    "updatedAt" timestamptz default current_timestamp not null,
    "twoFactorEnabled" boolean,
    role text not null check (role in ('seeker', 'admin')),
    banned boolean not null
  )`,
  `create table auth.session (
    id uuid default pg_catalog.gen_random_uuid() not null primary key,
    "expiresAt" timestamptz not null,
    token text not null unique,
    "createdAt" timestamptz default current_timestamp not null,
    "updatedAt" timestamptz not null,
    "ipAddress" text,
    "userAgent" text,
    "userId" uuid not null references auth."user" (id) on delete cascade,
    method text,
    "providerId" text,
    "providerSubject" text,
    "providerSession" text
  )`,
  `create table auth.account (
    id uuid default pg_catalog.gen_random_uuid() not null primary key,
    "accountId" text not null,
    "providerId" text not null,
    "userId" uuid not null references auth."user" (id) on delete cascade,
    "accessToken" text,
    "refreshToken" text,
    "idToken" text,
    "accessTokenExpiresAt" timestamptz,
    "refreshTokenExpiresAt" timestamptz,
    scope text,
    password text,
    "createdAt" timestamptz default current_timestamp not null,
    "updatedAt" timestamptz not null
  )`,
  `create table auth.verification (
    id uuid default pg_catalog.gen_random_uuid() not null primary key,
    identifier text not null,
    value text not null,
    "expiresAt" timestamptz not null,
    "createdAt" timestamptz default current_timestamp not null,
    "updatedAt" timestamptz default current_timestamp not null
  )`,
  `create table auth.passkey (
    id uuid default pg_catalog.gen_random_uuid() not null primary key,
    name text,
    "publicKey" text not null,
    "userId" uuid not null references auth."user" (id) on delete cascade,
    "credentialID" text not null,
    counter integer not null,
    "deviceType" text not null,
    "backedUp" boolean not null,
    transports text,
    "createdAt" timestamptz,
    aaguid text
  )`,
  `create table auth."twoFactor" (
    id uuid default pg_catalog.gen_random_uuid() not null primary key,
    secret text not null,
    "backupCodes" text not null,
    "userId" uuid not null references auth."user" (id) on delete cascade,
    verified boolean,
    "failedVerificationCount" integer,
    "lockedUntil" timestamptz
  )`,
  'create index "session_userId_idx" on auth.session ("userId")',
  'create index "session_expiresAt_idx" on auth.session ("expiresAt")',
  'create index "account_userId_idx" on auth.account ("userId")',
  // One identity of a provider, and one password, belong to one person.
  'create unique index "account_provider_key" on auth.account ("providerId", "accountId")',
  'create index "verification_identifier_idx" on auth.verification (identifier)',
  'create index "passkey_userId_idx" on auth.passkey ("userId")',
  // The plugin makes a plain one; a credential that two accounts share would sign in either of them.
  'create unique index "passkey_credentialID_key" on auth.passkey ("credentialID")',
  'create index "twoFactor_secret_idx" on auth."twoFactor" (secret)',
  'create unique index "twoFactor_userId_key" on auth."twoFactor" ("userId")',
];

const OURS = [
  `create table auth.api_key (
    id uuid primary key default uuidv7(),
    user_id uuid not null references auth."user" (id) on delete cascade,
    name text not null,
    start text not null,
    hash bytea not null unique,
    scopes text[] not null check (cardinality(scopes) > 0),
    created_at timestamptz not null default now(),
    expires_at timestamptz,
    last_used_at timestamptz
  )`,
  'create index api_key_user on auth.api_key (user_id)',
  // Links that work once: an invitation has an address without an account, a sign-in link the person it is for.
  `create table auth.link (
    id uuid primary key default uuidv7(),
    hash bytea not null unique,
    kind text not null check (kind in ('invite', 'sign-in')),
    email text not null,
    role text not null check (role in ('seeker', 'admin')),
    made_by text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    used_at timestamptz
  )`,
  'create index link_email on auth.link (email)',
  // Failures that are counted; the shape is that of rate-limiter-flexible.
  'create table auth.attempt (key varchar(255) primary key, points integer not null default 0, expire bigint)',
  // Logout tokens that were seen, until they expire.
  'create table auth.logout_token (jti_hash bytea primary key, expires_at timestamptz not null)',
  // Rows are only added, and outlive the account that they speak of.
  `create table auth.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    event text not null,
    user_id uuid,
    by_user_id uuid,
    network text,
    detail jsonb not null default '{}'
  )`,
  'create index audit_user on auth.audit (user_id, id desc)',
];
