/** What nearly every search has alike: it stands in the text of the statements, for each value that is given costs a part of a page's time. */
import { stateBits } from '../../../shared/search/flags.ts';
import { LIMIT_DEFAULT } from '../../inputs.ts';

/** What is looked for where nothing is said. */
export const STATES_USUAL: readonly string[] = ['open'];
export const STATE_BITS_USUAL = String(stateBits(STATES_USUAL));
/** Of a page: one more than is shown, which says whether there are more. */
export const ROWS_USUAL = LIMIT_DEFAULT + 1;
/** Entries of one list, or jobs, that one page looks at; what is behind them is the next page's. */
export const WALK_MAX = 20_000;
