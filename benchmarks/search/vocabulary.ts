/** What made-up jobs are made of, and what searches ask for. */

/** Names that are one word and one term each; a tenth of the jobs has some of them, the first ones most. */
const TERM_IDS = {
  okta: 'vendor.okta',
  sailpoint: 'vendor.sailpoint',
  cyberark: 'vendor.cyberark',
  saviynt: 'vendor.saviynt',
  beyondtrust: 'vendor.beyondtrust',
  forgerock: 'vendor.forgerock',
  onelogin: 'vendor.onelogin',
  keycloak: 'vendor.keycloak',
  entra: 'vendor.entra',
  auth0: 'vendor.auth0',
  scim: 'proto.scim',
  kerberos: 'proto.kerberos',
  fido2: 'proto.fido',
  saml: 'proto.saml',
  delinea: 'vendor.delinea',
} as const;
export const TERMS = Object.keys(TERM_IDS) as (keyof typeof TERM_IDS)[];
export const ALL_TERM_IDS: readonly string[] = Object.values(TERM_IDS);

export const SOURCES = ['greenhouse', 'lever', 'ashby', 'workable', 'remoteok', 'adzuna', 'jsearch', 'reed'] as const;
export const COUNTRIES = ['US', 'DE', 'GB', 'FR', 'NL', 'IS'] as const;
export const MODES = ['remote', 'hybrid', 'onsite', 'unknown'] as const;
export const ROLES = ['IAM', 'Identity', 'PAM', 'Directory', 'Access'] as const;
export const WORKS = ['Engineer', 'Architect', 'Administrator', 'Consultant', 'Analyst'] as const;
export const TITLE_WORDS = 4000;
export const COMPANIES = 50_000;
/** Distinct descriptions; each comes many times, with other dates and terms. */
export const DESCRIPTIONS = 20_000;
