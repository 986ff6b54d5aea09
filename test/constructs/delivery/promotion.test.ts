import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { DeliveryBus, EncryptionKey } from '../../../constructs';
import { codes } from '../../helpers/codes';
import { deliveryFixture, emptyStack, pipelineFixture } from './fixture';

describe('ModelPromotion', () => {
  const { stack } = pipelineFixture();
  const template = Template.fromStack(stack);

  test('seven functions, each with an encrypted log and environment', () => {
    template.resourceCountIs('AWS::Lambda::Function', 7);
    template.allResourcesProperties('AWS::Lambda::Function', {
      KmsKeyArn: Match.anyValue(),
      LoggingConfig: { LogGroup: Match.anyValue(), LogFormat: 'JSON' },
    });
  });

  test('the API answers signed requests alone', () => {
    const routes = template.findResources('AWS::ApiGatewayV2::Route');
    expect(
      Object.values(routes)
        .map(({ Properties }) => Properties.RouteKey)
        .toSorted(),
    ).toEqual(['GET /reviews/{model}/{version}', 'POST /reviews/{model}/{version}', 'POST /submissions/{model}']);
    template.allResourcesProperties('AWS::ApiGatewayV2::Route', { AuthorizationType: 'AWS_IAM' });
  });

  test('the API is throttled and logs who called', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 10, ThrottlingBurstLimit: 20, DetailedMetricsEnabled: true },
      AccessLogSettings: { DestinationArn: Match.anyValue(), Format: Match.stringLikeRegexp('identity.userArn') },
    });
  });

  test('the handlers know which roles to accept', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { REVIEWER_ROLES: { Ref: Match.stringLikeRegexp('^Reviewer') } } },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          SUBMITTER_ROLES: { Ref: Match.stringLikeRegexp('^Submitter') },
          STATE_MACHINE_PREFIX: 'arn:aws:states:eu-west-1:123456789012:stateMachine:acme-training-',
        },
      },
    });
  });

  test('two reviewer roles are both accepted', () => {
    const { stack: other, promotion, submitter } = deliveryFixture();
    promotion.submission.grants.accept(submitter);
    promotion.review.grants.decide(new Role(other, 'More', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') }));
    Template.fromStack(other).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          REVIEWER_ROLES: {
            'Fn::Join': [
              '',
              [{ Ref: Match.stringLikeRegexp('^Reviewer') }, ',', { Ref: Match.stringLikeRegexp('^More') }],
            ],
          },
        },
      },
    });
  });

  test('a promotion that nobody may submit to does not synthesise', () => {
    expect(() => Template.fromStack(deliveryFixture().stack)).toThrow(/no role may submit models/);
  });

  test('reviews are kept encrypted, recoverable and protected from deletion', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });
});

function busStack(props: Partial<ConstructorParameters<typeof DeliveryBus>[2]> = {}) {
  const stack = emptyStack();
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'Encrypts the test' });
  new DeliveryBus(stack, 'Bus', { encryptionKey, eventSource: 'groundplane.acme', ...props });
  return stack;
}

describe('DeliveryBus', () => {
  test('encrypts events and archive with a key that EventBridge may use for this account', () => {
    const template = Template.fromStack(busStack());
    template.hasResourceProperties('AWS::Events::EventBus', { KmsKeyIdentifier: Match.anyValue() });
    template.hasResourceProperties('AWS::Events::Archive', {
      EventPattern: { source: ['groundplane.acme'] },
      RetentionDays: 90,
      KmsKeyIdentifier: Match.anyValue(),
    });
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
          }),
        ]),
      },
    });
  });

  test('opens nothing to other accounts by default, nor for the own one', () => {
    Template.fromStack(busStack({ cellAccounts: ['123456789012'] })).resourceCountIs('AWS::Events::EventBusPolicy', 0);
  });

  test('a cell of another account may put events and touch the rules that it made', () => {
    const template = Template.fromStack(busStack({ cellAccounts: ['999999999999'] }));
    template.resourceCountIs('AWS::Events::EventBusPolicy', 2);
    template.hasResourceProperties('AWS::Events::EventBusPolicy', {
      Statement: {
        Sid: 'cdk-Rules999999999999',
        Action: [
          'events:PutRule',
          'events:DeleteRule',
          'events:DescribeRule',
          'events:PutTargets',
          'events:RemoveTargets',
        ],
        Condition: { StringEquals: { 'events:creatorAccount': '999999999999' } },
      },
    });
  });

  test.each([
    [{ eventSource: 'aws.s3' }, 'InvalidFormat'],
    [{ eventSource: 'Acme' }, 'InvalidFormat'],
    [{ cellAccounts: ['1'] }, 'InvalidFormat'],
    [{ archive: Duration.hours(23) }, 'DurationOutOfRange'],
    [{ archive: Duration.days(3651) }, 'DurationOutOfRange'],
  ])('refuses %j', (props, code) => {
    expect(codes(() => busStack(props))).toEqual([code]);
  });
});
