import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AccountNames } from '../contract';
import type { StageInput } from '../platform';
import { AccessLogsStack } from './access-logs-stack';
import { AuditStack } from './audit-stack';

/** What exists once per account and region: access logs, trail, log archive. */
export class AccountStage extends Stage {
  constructor(scope: Construct, id: string, input: StageInput & { readonly names: AccountNames }) {
    super(scope, id, { env: { account: input.names.account, region: input.names.region } });
    if (input.config.audit.accessLogs) new AccessLogsStack(this, 'AccessLogs', { input });
    if (input.names.home) new AuditStack(this, 'Audit', { input });
  }
}
