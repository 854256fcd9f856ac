/** Words beside a figure that say what it is. Lower-cased; a hyphen parts two words. */

const set = (text: string) => new Set(text.split(/\s+/));

/** Words that speak of the pay for the work itself. */
export const PAY_WORDS = set(
  `salary salaries pay pays paying payrate paid compensation comp base basic wage wages remuneration earn earns earning earnings rate rates
  ctc range band payband offer offers offering offered vergütung verg entgelt tagessatz stundensatz salaire salaires rémunération tjm fixe
  package sueldo salario salarios salarial retribución retribucion remuneración remuneracion banda uurtarief dagtarief tarief lön løn lønn
  wynagrodzenie stawka widełki ral retribuzione stipendio remuneração plat mzda gross bruto brut`,
);
/** Longer words of Germanic languages that end or begin so: "Bruttojahresgehalt", "maandsalaris", "månadslön". */
export const PAY_STEM = /gehalt|lohn|^brutto|salaris|loon$|l[öø]n$/;

/** Money that is not the pay for the work, or more than it. */
export const OTHER_WORDS = set(
  `ote zielgehalt jahreszielgehalt zieleinkommen tc uncapped bonus bonuses incentive incentives commission commissions stipend stipends allowance
  allowances signing joining relocation referral referrals refer retention equity stock stocks rsu rsus options shares grant grants budget budgets
  training learning tuition development conference wellness wellbeing gym fitness health lifestyle perk perks 401 pension contribution insurance
  cover deductible premium hsa fsa credit credits voucher vouchers discount discounts gift gifts raised raise raising funding funded fund funds
  series seed valuation valued revenue revenues arr turnover sales assets aum customer customers client clients deal deals quota portfolio saving
  savings saved save saves charity fine fined cost costs fee fees price prices pricing worth transaction transactions volume equipment laptop phone
  internet mobile travel meal meals lunch food childcare adoption fertility prize prizes award awards scholarship scholarships backed ipo gmv
  variable threshold visa claim claims losses loss loan loans debt fraud market industry project prämie prämien zuschuss zuschüsse jobrad
  fahrtkosten prime primes intéressement participation ticket tickets bonificación bonificacion incentivo incentivos vergoeding premie premia
  dodatek`,
);
export const OTHER_STEM =
  /^(?:reimburs|educat|contribut|penalt|commut|transport|invest|spend|spent|donat|match|weiterbildung)/;
/** Two words that mean one thing. */
export const OTHER_PAIRS = new Set([
  'sign on',
  'signing on',
  'on target',
  'target earnings',
  'target cash',
  'target total',
  'all in',
  'potential earnings',
  'earning potential',
  'earnings potential',
  'home office',
  'office setup',
  'contract value',
  'well being',
]);
/** "Total annual compensation": pay with everything that comes on top. */
export const TOTALS = set('compensation comp earnings reward rewards cash package remuneration');
export const BETWEEN_TOTAL = set('target annual yearly potential on cash direct estimated expected');
/** Words that take the meaning of the word before them: "bonus range", "commission rate". */
export const WEAK = set(
  'range band rate rates offer offers offering offered paid pay paying earn earns earning package potential',
);
