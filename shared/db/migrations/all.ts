/** All migrations in the order in which they run. Add a line for a new file; never change one that was released. */
import { Migration20261122000001_first } from './Migration20261122000001_first.ts';
import { Migration20261122214000_events } from './Migration20261122214000_events.ts';
import { Migration20261122221300_board_checks } from './Migration20261122221300_board_checks.ts';
import { Migration20261122221400_liveness } from './Migration20261122221400_liveness.ts';
import { Migration20261122223000_board_pace } from './Migration20261122223000_board_pace.ts';
import { Migration20261122223000_source_health } from './Migration20261122223000_source_health.ts';
import { Migration20261122223500_source_doubt } from './Migration20261122223500_source_doubt.ts';
import { Migration20261122230000_board_rejected } from './Migration20261122230000_board_rejected.ts';
import { Migration20261122231700_budgets } from './Migration20261122231700_budgets.ts';
import { Migration20261122231900_merge } from './Migration20261122231900_merge.ts';
import { Migration20261122235100_rates } from './Migration20261122235100_rates.ts';
import { Migration20261122235200_rescore } from './Migration20261122235200_rescore.ts';
import { Migration20261123005500_accounts } from './Migration20261123005500_accounts.ts';
import { Migration20261123005501_waits } from './Migration20261123005501_waits.ts';
import { Migration20261123011500_tracking } from './Migration20261123011500_tracking.ts';
import { Migration20261123012500_search } from './Migration20261123012500_search.ts';
import { Migration20261123012900_quota } from './Migration20261123012900_quota.ts';
import { Migration20261123013000_api_state } from './Migration20261123013000_api_state.ts';
import { Migration20261123024200_search_lists } from './Migration20261123024200_search_lists.ts';
import { Migration20261123024700_text_apart } from './Migration20261123024700_text_apart.ts';
import { Migration20261123043500_read_by } from './Migration20261123043500_read_by.ts';

export const MIGRATIONS = [
  { name: 'Migration20261122000001_first', class: Migration20261122000001_first },
  { name: 'Migration20261122214000_events', class: Migration20261122214000_events },
  { name: 'Migration20261122221300_board_checks', class: Migration20261122221300_board_checks },
  { name: 'Migration20261122221400_liveness', class: Migration20261122221400_liveness },
  { name: 'Migration20261122223000_board_pace', class: Migration20261122223000_board_pace },
  { name: 'Migration20261122223000_source_health', class: Migration20261122223000_source_health },
  { name: 'Migration20261122223500_source_doubt', class: Migration20261122223500_source_doubt },
  { name: 'Migration20261122230000_board_rejected', class: Migration20261122230000_board_rejected },
  { name: 'Migration20261122231700_budgets', class: Migration20261122231700_budgets },
  { name: 'Migration20261122231900_merge', class: Migration20261122231900_merge },
  { name: 'Migration20261122235100_rates', class: Migration20261122235100_rates },
  { name: 'Migration20261122235200_rescore', class: Migration20261122235200_rescore },
  { name: 'Migration20261123005500_accounts', class: Migration20261123005500_accounts },
  { name: 'Migration20261123005501_waits', class: Migration20261123005501_waits },
  { name: 'Migration20261123011500_tracking', class: Migration20261123011500_tracking },
  { name: 'Migration20261123012500_search', class: Migration20261123012500_search },
  { name: 'Migration20261123012900_quota', class: Migration20261123012900_quota },
  { name: 'Migration20261123013000_api_state', class: Migration20261123013000_api_state },
  { name: 'Migration20261123024200_search_lists', class: Migration20261123024200_search_lists },
  { name: 'Migration20261123024700_text_apart', class: Migration20261123024700_text_apart },
  { name: 'Migration20261123043500_read_by', class: Migration20261123043500_read_by },
];
