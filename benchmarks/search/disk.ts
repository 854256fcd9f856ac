/** Whether the benchmark fits the disk, asked before anything is loaded. */
import { statfs } from 'node:fs/promises';

/**
 * What a job takes on the disk, without and with the full text of both designs, a tenth to spare. Measured with 100,000: 3,460 and
 * 15,000. Sorting the largest index takes 600 a job, and less than the texts that come afterwards; there is hardly any log.
 */
const BYTES_PER_JOB = 3800;
const BYTES_PER_TEXT = 16_500;
/** The server itself and its write-ahead log. */
const BYTES_OF_SERVER = 2 ** 30;

/** @throws when the folder has no room for so many jobs, and so many adverts with their text in both designs */
export async function checkDisk(folder: string, jobs: number, texts: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const needed = jobs * BYTES_PER_JOB + texts * BYTES_PER_TEXT + BYTES_OF_SERVER;
  if (bavail * bsize >= needed) return;
  const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(0);
  throw new Error(
    `${jobs.toLocaleString('en')} jobs take about ${gigabytes(needed)} GB in ${folder}, and ${gigabytes(bavail * bsize)} GB are free there: ask for fewer by --rows`,
  );
}
