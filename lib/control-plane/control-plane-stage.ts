import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { StageInput } from '../platform';
import { DeliveryStack } from './delivery-stack';
import { RegistryStack } from './registry-stack';

/** The control plane: it decides what may be served, and serves nothing. */
export class ControlPlaneStage extends Stage {
  constructor(scope: Construct, id: string, input: StageInput) {
    super(scope, id, {
      env: { account: input.contract.controlPlane.account, region: input.contract.controlPlane.region },
    });
    const { registry, ledger, reviews } = new RegistryStack(this, 'Registry', { input });
    new DeliveryStack(this, 'Delivery', { input, registry, ledger, reviews });
  }
}
