import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ImageRepository, type ImageRepositoryProps } from '../../../constructs';
import { codes } from '../../helpers/codes';
import { simulate } from '../../helpers/simulate';

function make(props: Partial<ImageRepositoryProps> = {}): Stack {
  const stack = new Stack();
  new ImageRepository(stack, 'Images', { encryptionKey: new Key(stack, 'Key'), ...props });
  return stack;
}

describe('ImageRepository', () => {
  test('tags never move, images are scanned, encrypted and kept', () => {
    Template.fromStack(make()).hasResource('AWS::ECR::Repository', {
      Properties: {
        ImageTagMutability: 'IMMUTABLE',
        ImageScanningConfiguration: { ScanOnPush: true },
        EncryptionConfiguration: { EncryptionType: 'KMS', KmsKey: Match.anyValue() },
        RepositoryPolicyText: Match.absent(),
      },
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('only images without a tag expire', () => {
    const [repository] = Object.values(Template.fromStack(make()).findResources('AWS::ECR::Repository'));
    const { rules } = JSON.parse(repository?.['Properties'].LifecyclePolicy.LifecyclePolicyText);
    expect(rules).toHaveLength(1);
    expect(rules[0]).toMatchObject({ selection: { tagStatus: 'untagged', countNumber: 14 } });
  });

  test('readers of another account pull by name, and do nothing else', async () => {
    const account = '210987654321';
    const principalArns = [`arn:*:iam::${account}:role/acme-main-*`];
    const stack = make({ repositoryName: 'acme/predictor', readers: [{ account, principalArns }] });
    const [repository] = Object.values(Template.fromStack(stack).findResources('AWS::ECR::Repository'));
    const statement = repository?.['Properties'].RepositoryPolicyText.Statement[0];
    const resource = 'arn:aws:ecr:eu-west-1:123456789012:repository/acme/predictor';
    const Principal = { AWS: `arn:aws:iam::${account}:root` };
    const resourcePolicy = { Statement: [{ ...statement, Principal, Resource: resource }] };
    const verdict = (role: string, action: string) =>
      simulate({
        principal: `arn:aws:iam::${account}:role/${role}`,
        action,
        resource,
        identity: [{ Effect: 'Allow', Action: 'ecr:*', Resource: '*' }],
        resourcePolicy,
      });
    expect(await verdict('acme-main-cluster-Node', 'ecr:BatchGetImage')).toBe('Allowed');
    expect(await verdict('other', 'ecr:BatchGetImage')).toBe('ImplicitlyDenied');
    expect(await verdict('acme-main-cluster-Node', 'ecr:PutImage')).toBe('ImplicitlyDenied');
  });

  test.each(['Upper', 'a/', '-a'])('refuses the name %s', (repositoryName) => {
    expect(codes(() => make({ repositoryName }))).toEqual(['InvalidFormat']);
  });
});
