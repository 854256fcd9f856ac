/** Titles, sentences and places of the invented adverts. All employers are made up. */
import type { Place } from './advert.ts';

/** One family of work: its titles and the sentences that its adverts are put together from. */
export interface Family {
  readonly department: string;
  readonly titles: readonly string[];
  readonly intros: readonly string[];
  readonly duties: readonly string[];
  readonly needs: readonly string[];
  /** Yearly pay in the middle, in thousands. */
  readonly pay: number;
}

/** What the product looks for. */
export const IAM: readonly Family[] = [
  {
    department: 'Identity & Access Management',
    titles: [
      'IAM Engineer',
      'Senior IAM Engineer',
      'Identity and Access Management Analyst',
      'Identity & Access Management Architect',
      'IAM Operations Lead',
      'Workforce Identity Engineer (Okta)',
      'Director, Identity and Access Management',
    ],
    intros: [
      '{company} is growing its identity and access management team. You will run the platform that every colleague signs in with.',
      'Identity is how {company} keeps its promises. As part of identity and access management you decide who may do what, and prove it.',
    ],
    duties: [
      'Own single sign-on and adaptive MFA for 400 applications in Okta and Entra ID',
      'Onboard applications with SAML 2.0, OIDC and SCIM provisioning',
      'Automate joiner, mover and leaver flows from the HR system',
      'Run quarterly user access reviews and answer auditors with evidence',
      'Retire NTLM and legacy LDAP binds, one application at a time',
    ],
    needs: [
      'Four years in identity and access management',
      'Okta, Entra ID or Ping Identity in production',
      'Scripting in Python or PowerShell',
      'A calm way of explaining least privilege to people in a hurry',
    ],
    pay: 145,
  },
  {
    department: 'Identity Governance',
    titles: [
      'SailPoint IdentityIQ Developer',
      'Identity Governance Engineer (Saviynt)',
      'Access Certification Analyst',
      'IGA Solution Architect',
      'Role Engineer, Identity Governance and Administration',
    ],
    intros: [
      '{company} is replacing ten thousand spreadsheets with identity governance and needs somebody who has seen both.',
      'Our identity governance programme enters its second year. You will build what auditors have asked for since the first.',
    ],
    duties: [
      'Build connectors, rules and workflows in SailPoint IdentityIQ',
      'Design access certifications that reviewers can finish before lunch',
      'Model roles and segregation of duties together with the business',
      'Move joiner, mover and leaver events from the HR system into identity governance',
    ],
    needs: [
      'SailPoint, Saviynt or One Identity, three years or more',
      'Java or BeanShell, and the patience to debug both',
      'Knowledge of SOX controls for logical access',
    ],
    pay: 140,
  },
  {
    department: 'Privileged Access',
    titles: [
      'PAM Engineer - CyberArk',
      'Privileged Access Management Specialist',
      'Senior Privileged Access Engineer (BeyondTrust)',
      'Secrets Management Engineer, Machine Identity',
    ],
    intros: [
      'At {company} nobody should hold standing admin rights. You will make that true with privileged access management.',
    ],
    duties: [
      'Run CyberArk vaults, PSM and credential rotation for 9,000 privileged accounts',
      'Bring service accounts and machine identities under management',
      'Introduce just-in-time privileged access for cloud administrators',
    ],
    needs: [
      'CyberArk, Delinea or BeyondTrust in production',
      'Windows and Linux administration',
      'Privileged access reviews and break-glass drills',
    ],
    pay: 150,
  },
  {
    department: 'Customer Identity',
    titles: [
      'Senior Software Engineer, Customer Identity (CIAM)',
      'Keycloak Engineer',
      'Product Manager, Login and Single Sign-On',
      'Staff Engineer, Identity Platform',
    ],
    intros: [
      '{company} signs forty million people in every month. The customer identity team owns the moment before everything else.',
    ],
    duties: [
      'Own login, passkeys (WebAuthn, FIDO2) and OAuth 2.0 token services',
      'Move customer identity from Auth0 to Keycloak without anybody noticing',
      'Build fine-grained authorization with OpenFGA',
    ],
    needs: ['OAuth 2.0 and OpenID Connect by heart', 'Go, Java or TypeScript', 'Experience with CIAM at scale'],
    pay: 170,
  },
  {
    department: 'Directory Services',
    titles: ['Directory Services Engineer', 'Active Directory & Entra ID Engineer', 'PKI and Identity Engineer'],
    intros: ['Everything at {company} hangs on one directory. You will keep it small, clean and boring.'],
    duties: [
      'Harden tiered Active Directory, LDAP and Kerberos',
      'Synchronise identities to Entra ID',
      'Run the certificate authority behind user and device identity',
    ],
    needs: [
      'Active Directory beyond a single forest',
      'Entra ID conditional access',
      'Kerberos, and what replaces NTLM',
    ],
    pay: 125,
  },
];

/** What it must leave out: ordinary work, and work that only sounds like identity or access. */
export const OTHER: readonly Family[] = [
  {
    department: 'Engineering',
    titles: [
      'Senior DevOps Engineer (AWS)',
      'Backend Engineer, Payments',
      'Frontend Developer',
      'Data Engineer',
      'Site Reliability Engineer',
      'Mobile Engineer (iOS)',
    ],
    intros: ['{company} ships software every day and wants to go on doing so.'],
    duties: [
      'Ship Terraform modules, run Kubernetes, write AWS IAM policies now and then',
      'Keep the build green',
      'Review the code of people you like',
    ],
    needs: [
      'Five years of building things that others depend on',
      'Go, Rust or Kotlin',
      'SQL that you are not ashamed of',
    ],
    pay: 155,
  },
  {
    department: 'Design',
    titles: ['Brand Identity Designer', 'Visual Identity Lead', 'Senior Product Designer', 'Accessibility Specialist'],
    intros: ['{company} looks for somebody with taste and the courage to delete.'],
    duties: ['Own brand identity systems from logo to lorry', 'Draw, test, draw again'],
    needs: ['A portfolio that explains itself', 'Figma'],
    pay: 95,
  },
  {
    department: 'Care',
    titles: [
      'Patient Access Representative',
      'Prior Authorization Specialist',
      'Registered Nurse, Vascular Access',
      'Market Access Manager',
    ],
    intros: ['{company} cares for people, and for those who care for them.'],
    duties: ['Check in patients and their insurance cards', 'Answer the telephone with a smile', 'Work in shifts'],
    needs: ['A licence where one is asked for', 'Good shoes'],
    pay: 60,
  },
  {
    department: 'Facilities',
    titles: [
      'Door Access Installer',
      'Site Security Officer (SSO)',
      'Badge Office Clerk',
      'Rope Access Technician',
      'Access Manager - Gated Community',
    ],
    intros: ['{company} has doors, and somebody has to open them.'],
    duties: ['Issue badges and key fobs, greet visitors, keep the access log', 'Install card readers'],
    needs: ['A driving licence', 'A clean record'],
    pay: 48,
  },
  {
    department: 'Finance',
    titles: [
      'Accounts Payable Specialist',
      'Investment Account Manager',
      'Internal Auditor',
      'Fraud & Identity Theft Investigator',
      'Payroll Clerk',
    ],
    intros: ['{company} counts its money, every month, to the cent.'],
    duties: ['Process invoices and access vendor portals', 'Close the books on the third day'],
    needs: ['Excel without fear', 'An eye for the missing comma'],
    pay: 70,
  },
  {
    department: 'Sales',
    titles: [
      'Account Executive, Enterprise',
      'Product Marketing Manager',
      'Customer Success Manager',
      'Technical Recruiter',
      'Office Manager',
    ],
    intros: ['{company} has something good and wants more people to know.'],
    duties: ['Talk to customers, mostly by listening', 'Keep the forecast honest'],
    needs: ['Three years of carrying a number', 'Clear written English'],
    pay: 90,
  },
  {
    department: 'Operations',
    titles: [
      'Warehouse Lead',
      'Product Lifecycle Manager',
      'Machinist (IAM Local 751)',
      'Circuit Provisioning Technician',
      'Supply Planner',
      'Claims Adjuster – Auto',
    ],
    intros: ['{company} moves things from where they are to where they should be.'],
    duties: ['Plan, pack, ship', 'Keep the line running'],
    needs: ['Reliability', 'A forklift licence is a plus'],
    pay: 55,
  },
];

export const PLACES: readonly Place[] = [
  { city: 'Austin', region: 'Texas', short: 'TX', country: 'US', currency: 'USD' },
  { city: 'Hartford', region: 'Connecticut', short: 'CT', country: 'US', currency: 'USD' },
  { city: 'Boston', region: 'Massachusetts', short: 'MA', country: 'US', currency: 'USD' },
  { city: 'Denver', region: 'Colorado', short: 'CO', country: 'US', currency: 'USD' },
  { city: 'Seattle', region: 'Washington', short: 'WA', country: 'US', currency: 'USD' },
  { city: 'London', region: 'England', short: 'England', country: 'GB', currency: 'GBP' },
  { city: 'Berlin', region: 'Berlin', short: 'Berlin', country: 'DE', currency: 'EUR' },
  { city: 'Toronto', region: 'Ontario', short: 'ON', country: 'CA', currency: 'CAD' },
];

export const CLOSINGS: readonly string[] = [
  '{company} is an equal opportunity employer.',
  'We answer every application, also when the answer is no.',
  'Interviews take two rounds and no riddles.',
];

/** Employers that appear at search sources only. */
export const AGENCIES: readonly string[] = [
  'Lorem Logistics',
  'Fictiva Pharma',
  'Ipsum Insurance',
  'Quuxly',
  'Widgetarium',
  'Dana & Daughters',
];
