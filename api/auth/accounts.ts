/** Who asks. The rest of the api knows accounts by these names only; better-auth stays behind them. */
import type { Request } from 'express';

export const ROLES = ['seeker', 'admin'] as const;
export type RoleName = (typeof ROLES)[number];

/** What an API key may be allowed; a session may do all that its person may. */
export const SCOPES = ['jobs:read', 'tracking:read', 'tracking:write', 'scan:run', 'admin:run'] as const;
export type Scope = (typeof SCOPES)[number];

export interface Person {
  /** Of auth."user". */
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: RoleName;
  readonly via: 'session' | 'api-key';
  readonly scopes: ReadonlySet<string> | 'all';
  /** When the session began, or the key was made. */
  readonly signedInAt: Date;
  readonly sessionId?: string;
  /** How the session began: see `Method` in notes.ts. */
  readonly method?: string | undefined;
  /**
   * When the person proved themselves: at the provider, where they came by it (1970 where it does not say); else when they
   * signed in. Undefined is `signedInAt`.
   */
  readonly provenAt?: Date;
  /** The session began with a link, there is no stronger way in yet, and SECOND_FACTOR is "required": it may only add one. */
  readonly mustSetUp?: boolean;
}

/** Whom the trail of operators names. */
export function whoOf(person: Person | undefined): string {
  return person?.email ?? 'admin token';
}

export interface Accounts {
  /**
   * The person whose session cookie or API key the request carries. Undefined without either, and when the session is over.
   * @throws Problem bad-api-key when there is a key that means nothing (it was meant, so silence would mislead), or
   *   too-many-attempts after too many of them
   */
  personOf(req: Request): Promise<Person | undefined>;
}
