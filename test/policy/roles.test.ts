import { ofType, type PlatformRole, platformRoles, resourcePolicy } from '../helpers/iam';
import { type AssembledStack, assembledPlatform } from '../helpers/platform';
import { TemplateResolver } from '../helpers/resolve';
import { type PolicyJson, simulate } from '../helpers/simulate';
import { type Call, escalations, ROLES, type Target } from './role-table';

/** Resources with a policy of their own, and the property that holds it. */
const WITH_POLICY = [
  ['AWS::KMS::Key', 'KeyPolicy'],
  ['AWS::IAM::Role', 'AssumeRolePolicyDocument'],
] as const;

/** `<stack>/<logical id without its hash>`: the name of a role in the table. */
const rowName = ({ stack, logicalId }: PlatformRole) => `${stackName(stack)}/${logicalId.replace(/[0-9A-F]{8}$/, '')}`;

const stackName = (stack: AssembledStack) => stack.path.split('/').at(-1)!;

class Judge {
  public readonly roles: ReadonlyMap<string, PlatformRole>;
  readonly #stacks: readonly AssembledStack[];
  readonly #resolver: TemplateResolver;
  readonly #buckets: ReadonlyMap<string, PolicyJson>;

  constructor(stacks: readonly AssembledStack[]) {
    this.#stacks = stacks;
    this.#resolver = new TemplateResolver(stacks);
    this.roles = new Map(platformRoles(stacks).map((role) => [rowName(role), role]));
    this.#buckets = new Map(
      stacks.flatMap((stack) =>
        ofType(stack, 'AWS::S3::BucketPolicy').map(([, { Properties }]) => [
          `arn:aws:s3:::${String(this.#resolver.resolve(Properties!['Bucket'], stack))}`,
          resourcePolicy(stacks, stack, Properties!['PolicyDocument']),
        ]),
      ),
    );
  }

  /** What IAM says to `call` of `role`; the policy of the resource counts. */
  public async ask(role: PlatformRole, [action, on, context]: Call, planted: readonly unknown[] = []): Promise<string> {
    const { resource, policy } = this.target(on);
    return simulate({
      principal: role.arn,
      action,
      resource,
      ...(context && { context }),
      identity: [...role.statements, ...planted],
      resourcePolicy: policy,
    });
  }

  private target(on: Target): { resource: string; policy?: PolicyJson | undefined } {
    if (typeof on === 'string') return { resource: on, policy: this.#buckets.get(on.split('/')[0]!) };
    const [name, start, type] = on;
    const stack = this.#stacks.find((one) => stackName(one) === name)!;
    const found = ofType(stack, type).find(([id]) => id.replace(/[0-9A-F]{8}$/, '') === start);
    if (!found) throw new Error(`${name} has no ${type} '${start}'`);
    const property = WITH_POLICY.find(([of]) => of === type)?.[1];
    return {
      resource: this.#resolver.arn(found[0], stack),
      policy: property && resourcePolicy(this.#stacks, stack, found[1].Properties![property]),
    };
  }
}

const full = new Judge(assembledPlatform('full').stacks);
const local = new Judge(assembledPlatform('local').stacks);

/** The worker exists where training runs on workers, all others with the widest configuration. */
const judgeOf = (name: string) => (full.roles.has(name) ? full : local);
const prefixOf = (judge: Judge) => (judge === full ? 'full-ml' : 'local-ml');
const targetOf = (name: string): Target => [
  'Delivery',
  name === 'Delivery/ReviewerRole' ? 'SubmitterRole' : 'ReviewerRole',
  'AWS::IAM::Role',
];
const escalationsOf = (name: string) => escalations(prefixOf(judgeOf(name)), targetOf(name));
const rows = Object.entries(ROLES);

async function answers(name: string, calls: readonly Call[], planted?: readonly unknown[]): Promise<string[]> {
  const judge = judgeOf(name);
  const role = judge.roles.get(name)!;
  return Promise.all(
    calls.map(async (call) => `${call[0]} ${String(call[1])}: ${await judge.ask(role, call, planted)}`),
  );
}

const denied = (all: readonly string[]) => all.filter((answer) => !answer.endsWith(': Allowed'));
const permitted = (all: readonly string[]) => all.filter((answer) => answer.endsWith(': Allowed'));

describe('every role of the platform, by simulation', () => {
  test('has a row, and every row a role', () => {
    const all = [...new Set([...full.roles.keys(), ...local.roles.keys()])];
    expect(all.toSorted()).toEqual(Object.keys(ROLES).toSorted());
  });

  test.each(rows)('%s may do its work', async (name, { may }) => {
    expect(denied(await answers(name, may))).toEqual([]);
  });

  test.each(rows)('%s may do nothing beside its work', async (name, { mayNot }) => {
    expect(permitted(await answers(name, mayNot))).toEqual([]);
  });

  test.each(rows)('%s cannot become more', async (name, { holds = [] }) => {
    const calls = escalationsOf(name);
    const got = permitted(await answers(name, calls)).map((answer) => answer.split(' ')[0]);
    expect(got).toEqual(holds);
  });

  test.each(rows)('%s has the AWS-managed policies that its row names', (name, { managed = [] }) => {
    const attached = judgeOf(name)
      .roles.get(name)!
      .managedPolicies.map((arn) => arn.split('/').at(-1));
    expect(attached).toEqual(managed);
  });

  test('a planted permission is found; a version of an artefact, of evidence or of a log stays all the same', async () => {
    const planted = [{ Effect: 'Allow', Action: ['iam:*', 'dynamodb:*', 's3:*'], Resource: '*' }];
    const name = 'Serving/ModelirisIdentityRole';
    const all = await answers(name, escalationsOf(name), planted);
    const got = permitted(all).map((answer) => answer.split(' ')[0]);
    expect([...new Set(got)]).toEqual(
      expect.arrayContaining(['iam:PassRole', 'iam:CreateAccessKey', 'dynamodb:DeleteItem']),
    );
    const versions = all.filter((answer) => answer.startsWith('s3:DeleteObjectVersion'));
    expect(versions.map((answer) => answer.split(': ').at(-1))).toEqual(Array(4).fill('ExplicitlyDenied'));
  });
});
