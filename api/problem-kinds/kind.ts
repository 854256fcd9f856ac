export interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What it means and what to do, for the page. */
  readonly about: string;
}
