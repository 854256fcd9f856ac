/** Employment words of sources in ten languages. Whole expressions, lower-cased, with single blanks instead of hyphens and underscores. */
import type { Employment } from '../../posting.ts';

const list = (text: string) => text.split('|');

/** "Contract" is ours only when it stands alone: "permanent contract" is permanent, "fixed term contract" temporary. */
export const WORDS: Readonly<Record<Employment, readonly string[]>> = {
  full_time: list(
    'full time|fulltime|full|ft|f t|full time employee|regular full time|full time regular|full time exempt|full time salaried|salaried full time|full time employment|full time position|' +
      'vollzeit|vollzeitstelle|temps plein|plein temps|temps complet|tiempo completo|jornada completa|a tiempo completo|tempo pieno|full time job|tempo integral|período integral|periodo integral|' +
      'voltijd|voltijds|fulltime job|heltid|heltids|fuldtid|pełny etat|pelny etat|plný úvazek|plny uvazek|norma întreagă|kokopäiväinen|täysipäiväinen|40 hours|正社員|フルタイム',
  ),
  part_time: list(
    'part time|parttime|part|pt|part time employee|regular part time|part time regular|part time employment|teilzeit|teilzeitstelle|temps partiel|mi temps|tiempo parcial|media jornada|jornada parcial|' +
      'tempo parziale|meio período|meio periodo|tempo parcial|deeltijd|deeltijds|deltid|część etatu|niepełny etat|zkrácený úvazek|osa aikainen|minijob|mini job|20 hours',
  ),
  permanent: list(
    'permanent|permanent employee|permanent contract|permanent position|permanent role|permanent job|perm|regular|regular employee|direct hire|cdi|contrat à durée indéterminée|unbefristet|festanstellung|' +
      'unbefristete festanstellung|unbefristeter vertrag|indefinido|contrato indefinido|contrato por tiempo indefinido|indefinite contract|indefinite|open ended|open ended contract|tempo indeterminato|indeterminato|' +
      'contratto a tempo indeterminato|efetivo|clt|vast|vast contract|vast dienstverband|vaste aanstelling|onbepaalde tijd|fast ansættelse|tillsvidareanställning|fast stilling|umowa o pracę|umowa o prace|uop|hpp',
  ),
  contract: list(
    'contract|contractor|contractors|contractual|contract to hire|contract position|contract role|c2h|c2c|corp to corp|w2 contract|1099|b2b|kontrakt|kontrakt b2b|umowa b2b|independent contractor|contracting|contingent|' +
      'consultant contract|interim contractor|pj|autónomo contrato|ičo',
  ),
  temporary: list(
    'temporary|temp|temporary employee|temporary contract|seasonal|fixed term|fixed term contract|fixed term employee|ftc|term|temp to hire|temp to perm|limited term|limited|befristet|befristeter vertrag|befristete anstellung|' +
      'zeitarbeit|arbeitnehmerüberlassung|cdd|contrat à durée déterminée|interim|intérim|intérimaire|temporal|contrato temporal|eventual|tempo determinato|contratto a tempo determinato|temporário|temporario|tijdelijk|' +
      'tijdelijk contract|bepaalde tijd|uitzendkracht|vikariat|visstidsanställning|midlertidig|umowa na czas określony|umowa zlecenie|dočasný|detachering|maternity cover|secondment',
  ),
  internship: list(
    'intern|interns|internship|internships|trainee|traineeship|co op|coop|placement|industrial placement|werkstudent|werkstudentin|working student|student|praktikum|praktikant|praktikantin|pflichtpraktikum|stage|stagiaire|' +
      'alternance|alternant|apprentissage|apprenti|contrat d apprentissage|prácticas|practicas|becario|becaria|pasantía|pasantia|tirocinio|estágio|estagio|estagiário|stagiair|afstudeerstage|praktik|praktikplads|staż|staz|' +
      'apprenticeship|apprentice|ausbildung|graduate program|インターン',
  ),
  freelance: list(
    'freelance|freelancer|freelancers|freiberuflich|freie mitarbeit|freier mitarbeiter|freelancing|self employed|indépendant|independant|libero professionista|partita iva|autónomo|autonomo|zzp|zzper|frilans|samozatrudnienie',
  ),
};

/** Words of employment fields that say nothing of these: known, and not worth a look. */
export const SILENT = new Set(
  list(
    'other|others|n a|none|any|various|exempt|non exempt|salaried|salary|salaried exempt|hourly|hourly paid|on call|per diem|volunteer|casual|not specified|unspecified|not applicable|employee|employment|job|see description|remote|hybrid|on site|onsite|shift|day shift|night shift|standard|experienced|entry level|mid level|senior',
  ),
);
