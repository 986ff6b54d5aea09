import type { Owner } from '../constructs';
import type { PlatformConfig } from './config/schema';

/** Who answers for the platform, as every alarm names them. */
export function platformOwner(config: PlatformConfig): Owner {
  return {
    team: config.name,
    contact: config.owner,
    runbook: config.monitoring.runbookUrl ?? 'docs/guides/runbooks.md',
  };
}
