import { Duration } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { AwsSolutionsChecks } from 'cdk-nag';
import { TrainingCompute } from '../../../constructs';
import { pipelineFixture } from './fixture';

/** Findings of the AwsSolutions pack on delivery; the buckets of the registry have no access log in this fixture. */
function findings(plant: boolean): string[] {
  const { stack, registry } = pipelineFixture((around) => ({
    compute: TrainingCompute.sageMaker({ experiments: around.registry.experiments }),
    modelPackageGroup: around.registry.modelPackageGroup('iris'),
    schedule: { expression: ScheduleExpression.rate(Duration.days(7)), series: '1.0.0' },
  }));
  if (plant) {
    new Role(stack, 'Planted', {
      assumedBy: new ServicePrincipal('ec2.amazonaws.com'),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')],
    });
  }
  const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
  const mine = violations.filter((violation) => !JSON.stringify(violation).includes(`${registry.node.path}/`));
  return [...new Set(mine.map(({ ruleName }) => ruleName))].toSorted();
}

test('AwsSolutions: nothing is left that the ledger of wildcards does not name', () => {
  expect(findings(false)).toEqual([]);
});

test('AwsSolutions is switched on: a planted administrator is found', () => {
  expect(findings(true).join()).toContain('AwsSolutions-IAM4');
});
