import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { ArtifactSigning } from '../../../constructs';

function granted(grant: (signing: ArtifactSigning, role: Role) => void): unknown {
  const stack = new Stack();
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  grant(new ArtifactSigning(stack, 'Signing'), role);
  const [policy] = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  return policy?.['Properties'].PolicyDocument.Statement;
}

describe('ArtifactSigning', () => {
  test('is an elliptic curve key that signs, kept', () => {
    const stack = new Stack();
    new ArtifactSigning(stack, 'Signing');
    const template = Template.fromStack(stack);
    template.hasResource('AWS::KMS::Key', {
      Properties: { KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
    template.resourceCountIs('AWS::KMS::Alias', 0);
  });

  test('has an alias when asked for', () => {
    const stack = new Stack();
    new ArtifactSigning(stack, 'Signing', { alias: 'alias/acme-signing' });
    Template.fromStack(stack).hasResourceProperties('AWS::KMS::Alias', { AliasName: 'alias/acme-signing' });
  });

  test('grants.sign is one call by one algorithm', () => {
    expect(granted((signing, role) => signing.grants.sign(role))).toEqual([
      {
        Effect: 'Allow',
        Action: 'kms:Sign',
        Resource: { 'Fn::GetAtt': [expect.stringContaining('Signing'), 'Arn'] },
        Condition: { StringEquals: { 'kms:SigningAlgorithm': ArtifactSigning.ALGORITHM } },
      },
    ]);
  });

  test('grants.verify does not sign', () => {
    expect(granted((signing, role) => signing.grants.verify(role))).toEqual([
      expect.objectContaining({ Action: ['kms:Verify', 'kms:GetPublicKey'] }),
    ]);
  });
});
