/** What was read and judged to be no IAM work, board by board. */
import { Migration } from '@mikro-orm/migrations';

export class Migration20261122230000_board_rejected extends Migration {
  override up(): void {
    for (const statement of STATEMENTS) this.addSql(statement);
  }
}

const STATEMENTS = [
  // Eight bytes of each posting's content hash, one row a board: it is read with the board and written when something came to it.
  `create table board_rejected (
    board_id integer primary key references board on delete cascade,
    read_version text not null,
    postings bytea not null
  )`,
  'alter table board_rejected alter column postings set storage external',
];
