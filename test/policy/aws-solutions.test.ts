import type { Stack } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { policyFindings } from '../../lib/testing';
import { type PlatformVariant, platform } from '../helpers/platform';

describe('AwsSolutions', () => {
  test.each<PlatformVariant>(['crawl', 'full', 'local'])('%s has nothing unacknowledged', (variant) => {
    const app = platform(variant);
    expect(policyFindings(app, new AwsSolutionsChecks(app))).toEqual([]);
  });

  test('is switched on inside the stages: a planted administrator is found', () => {
    const app = platform('crawl');
    const stack = app.node.findChild('ControlPlane').node.findChild('Registry') as Stack;
    new Role(stack, 'Planted', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')],
    });
    expect(policyFindings(app, new AwsSolutionsChecks(app)).map((finding) => finding.path)).toEqual([
      'ControlPlane/Registry/Planted/Resource',
    ]);
  });
});
