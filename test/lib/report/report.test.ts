import { App, Stack, Stage } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnKey } from 'aws-cdk-lib/aws-kms';
import { acknowledgeWildcard } from '../../../constructs';
import { restingCost } from '../../../lib/report/cost';
import { htmlReport } from '../../../lib/report/html';
import { platformReport } from '../../../lib/report/platform-report';
import { textReport } from '../../../lib/report/text';

function report(reason?: string) {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(new Stage(app, 'Plane'), 'One', { description: 'Holds <script>alert(1)</script>' });
  new CfnKey(stack, 'Key');
  const policy = new ManagedPolicy(stack, 'Policy', {
    statements: [new PolicyStatement({ actions: ['ec2:DescribeSubnets'], resources: ['*'] })],
  });
  if (reason) acknowledgeWildcard(policy, { wildcards: ['Resource::*'], reason });
  return platformReport(app, 'acme', [{ path: 'environment', meaning: "'dev': not <b>meant</b> for production" }]);
}

describe('the report', () => {
  test('counts a wildcard that nobody explained', () => {
    const planted = report();
    expect(planted.totals).toMatchObject({ stacks: 1, wildcards: 1, unexplained: 1 });
    expect(textReport(planted)).toContain('NO REASON GIVEN');
    expect(htmlReport(planted)).toContain('no reason given');
  });

  test('gives the reason of a wildcard', () => {
    const explained = report('EC2 describes subnets on every resource alone');
    expect(explained.totals).toMatchObject({ wildcards: 1, unexplained: 0 });
    expect(textReport(explained)).toContain('EC2 describes subnets on every resource alone');
  });

  test('the page escapes what it is given and needs nothing else', () => {
    const page = htmlReport(report());
    expect(page).not.toContain('<script>alert(1)');
    expect(page).toContain('&lt;script');
    expect(page).not.toContain('<b>meant</b>');
    expect(page).not.toMatch(/(?:src|href)\s*=\s*["']?https?:|@import|url\(\s*["']?https?:/i);
  });

  test('adds up what costs at rest', () => {
    const { lines, usdPerMonth } = restingCost([
      {
        Resources: {
          One: { Type: 'AWS::KMS::Key' },
          Two: { Type: 'AWS::KMS::Key' },
          Gateway: { Type: 'AWS::EC2::NatGateway' },
          Endpoint: { Type: 'AWS::EC2::VPCEndpoint', Properties: { SubnetIds: ['a', 'b'] } },
          Free: { Type: 'AWS::EC2::VPCEndpoint' },
        },
      },
    ]);
    expect(lines.map(({ count, usdPerMonth: usd }) => [count, usd])).toEqual([
      [1, 32.85],
      [2, 14.6],
      [2, 2],
    ]);
    expect(usdPerMonth).toEqual({ low: 49, high: 49 });
  });
});
