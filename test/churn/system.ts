/** What the churn is done to: the bus, or what it is compared with. */
export interface ChurnSystem {
  /** Where /metrics is. */
  readonly port: number;
  /** @param truth the file in which the process writes what it counts */
  start(truth: string): Promise<ChurnProcess>;
  /** Cuts the first process off for a while. Absent where there is no socket. */
  readonly cut?: (ms: number) => Promise<void>;
  /** Kills what adds up and resolves when it is back. Absent where that would end all processes. */
  readonly killHub?: () => Promise<void>;
  close(): Promise<void>;
}

export interface ChurnProcess {
  readonly pid: number;
  readonly truth: string;
  readonly gone: Promise<unknown>;
}
