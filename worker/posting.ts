/** What a posting is to this system after its source's own shape has been left behind. Pure types, shared by connectors and steps. */

export type WorkMode = 'remote' | 'hybrid' | 'onsite' | 'unknown';
export type Employment =
  | 'full_time'
  | 'part_time'
  | 'contract'
  | 'permanent'
  | 'temporary'
  | 'internship'
  | 'freelance';
export type PayPeriod = 'year' | 'month' | 'week' | 'day' | 'hour';

/** Pay as the source tells it in fields. Nothing is guessed here: what is not told is null. */
export interface StatedPay {
  /** The source's own words or figures, kept as they came. */
  readonly raw: string;
  readonly min: number | null;
  readonly max: number | null;
  /** ISO 4217, or null when the source names none. */
  readonly currency: string | null;
  readonly period: PayPeriod | null;
  /** True when the figures are the source's estimate and not the employer's word. */
  readonly estimated: boolean;
}

/** Pay as it was understood. What is not told, or cannot be told apart, is null: a wrong figure hides a job. */
export interface Pay extends StatedPay, PayReading {}

/** How pay was understood, beside the figures themselves. */
export interface PayReading {
  /** The same sums for a year in the same currency; null where the period is not known. */
  readonly yearly: YearlyPay | null;
  /** Where the figures stand; in a title or a text, `raw` holds the words of the advert. */
  readonly from: 'field' | 'title' | 'text';
  /**
   * What was done to the figures: ends swapped, an impossible end dropped, the widest of several ranges (by place or level)
   * taken, several currencies of which none is this posting's, only a total with bonus told.
   */
  readonly flags: readonly PayFlag[];
}

export type PayFlag = 'swapped' | 'bound_dropped' | 'several_ranges' | 'several_currencies' | 'total_only';

export interface YearlyPay {
  readonly min: number | null;
  readonly max: number | null;
  /** The assumption: how many of the stated period make a year (2,080 hours, 260 days, 52 weeks, 12 months, 1). */
  readonly times: number;
}

/** One place of work. What is open ("Cambridge", "Georgia") is null. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  /** Code of a state or province in the US, Canada and Australia, else the region's name. */
  readonly region: string | null;
  readonly county: string | null;
  readonly city: string | null;
  /** The words of the posting. */
  readonly text: string;
}

/** Where a candidate must live or may work from. Empty lists: nothing is said. */
export interface Eligibility {
  /** ISO 3166-1 alpha-2. */
  readonly countries: readonly string[];
  /** Parts of the world: EU, EUROPE, EMEA, LATAM, WORLDWIDE, ... */
  readonly regions: readonly string[];
  /** "CET", "UTC+1", "CET±2", "UTC-5..UTC+2"; null when none is told. */
  readonly timeZones: readonly string[] | null;
}

/** The words that a reading comes from. */
export interface Evidence {
  readonly what: 'workMode' | 'daysOnSite' | 'eligibility' | 'timeZones';
  readonly from: 'field' | 'place' | 'title' | 'text';
  readonly phrase: string;
}

/** A field says one thing and the advert's words another: both are shown, the field counts. */
export interface WorkModeConflict {
  readonly stated: WorkMode;
  /** What the words say; 'unknown' when they only deny what is stated. */
  readonly told: WorkMode;
  readonly phrase: string;
}

/**
 * One advertisement as its source states it, in our words and not yet judged. A connector makes it from one raw item.
 * Texts are decoded (no entities in plain fields); `html` is untrusted.
 */
export interface SourcePosting {
  /** Unique within its board (or its source, when the source has no boards). 64-bit numbers are kept as text. */
  readonly nativeId: string;
  /** Page for a person; http or https. */
  readonly url: string;
  /** All links that lead to applying, the employer's own first; used to find what is the same opening. */
  readonly applyUrls: readonly string[];
  readonly title: string;
  /** Null when the source does not name the employer. */
  readonly company: string | null;
  /** Place texts as stated, one an element; empty when none is stated. */
  readonly places: readonly string[];
  /** ISO 3166-1 alpha-2 in upper case, where a field says it. */
  readonly country: string | null;
  /** From structured fields only; 'unknown' when no field says it (null never becomes on-site). */
  readonly workMode: WorkMode;
  /** Employment words as stated ("Full-time and Contractor"); mapped later. */
  readonly employment: readonly string[];
  readonly pay: StatedPay | null;
  /** When the source says it was published; null when it does not say or the date is impossible. */
  readonly statedAt: Date | null;
  /** Description as untrusted HTML (decoded to real tags), or null when the source has only plain text. */
  readonly html: string | null;
  /** Description as plain text when the source has no HTML; else null. */
  readonly plain: string | null;
  /** True when the source gives only the beginning of the text. */
  readonly textIsCut: boolean;
  /** The employer's own numbers of the opening, where a field says them; several adverts of one opening share them. */
  readonly requisitions?: readonly string[];
}

/** A posting after `steps/normalise`: mapped, cleaned, ready to be scored, shown and stored. */
export interface Posting extends Omit<SourcePosting, 'employment' | 'html' | 'plain'> {
  readonly employment: readonly Employment[];
  /** Sanitised HTML, safe to render. */
  readonly html: string;
  /** Plain text of the description, for scoring. */
  readonly text: string;
  /** What was read from fields and words together; missing only in postings that no step made. */
  readonly understood?: Understood;
}

/** What `steps/normalise` read beyond what a source states. `pay`, `country` and `workMode` of the posting agree with it. */
export interface Understood {
  readonly pay: PayReading | null;
  readonly places: readonly Place[];
  /** The most days a week in an office that are told; null when none are. */
  readonly daysOnSite: number | null;
  readonly eligibility: Eligibility;
  readonly evidence: readonly Evidence[];
  readonly conflict: WorkModeConflict | null;
  /** ISO 639-1 of the description, or null. */
  readonly language: string | null;
  /** Employment words that are not known, for the log. */
  readonly unknownEmployment: readonly string[];
}

/** Why a posting is IAM work, or is not: the score is exactly the sum of its parts. */
export interface Score {
  /** Points; kept when at least the taxonomy's threshold. */
  readonly points: number;
  readonly relevant: boolean;
  readonly parts: readonly ScorePart[];
  /** Ids of the IAM terms that matched, for the posting lists. */
  readonly terms: readonly string[];
  /** What kind of work it is; missing only in scores that no step made. */
  readonly facts?: AdvertFacts;
}

/** Something that an advert says, in our word for it, with its own words. */
export interface Fact {
  readonly name: string;
  readonly phrase: string;
}

export interface AdvertFacts {
  /** Names of the taxonomy's `disciplines`, the strongest first; empty when the advert names none. */
  readonly disciplines: readonly Fact[];
  readonly vendors: readonly Fact[];
  readonly protocols: readonly Fact[];
  /** A level of the taxonomy, from the title. */
  readonly seniority: Fact | null;
  /** The strictest clearance that is asked for. */
  readonly clearance: Fact | null;
}

export interface ScorePart {
  readonly term: string;
  readonly label: string;
  /** The words of the advert that matched. */
  readonly phrase: string;
  readonly place: 'title' | 'body' | 'rule';
  /** Points added; negative for a negative rule. */
  readonly points: number;
}
