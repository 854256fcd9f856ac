/**
 * A process with a hub in it, as a supervisor has one. It is ready beforehand and opens when it is told to, so that it takes the place of one that was killed
 * without delay. Environment: CHURN_STATE_DIR, CHURN_TOKEN.
 */
import { startMetricsHub } from '../../shared/metrics-bus/start-hub.ts';

const { CHURN_STATE_DIR = '', CHURN_TOKEN = '' } = process.env;

process.on('message', async () => {
  await startMetricsHub({ stateDir: CHURN_STATE_DIR, token: CHURN_TOKEN });
  process.send?.('open');
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
