import { runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';

/** A policy document as CloudFormation holds it. */
export interface PolicyJson {
  readonly Statement: readonly unknown[];
}

/** One call to be judged. */
export interface SimulatedCall {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  /** Account that owns the resource. */
  readonly owner?: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
  readonly identity?: readonly unknown[];
  readonly resourcePolicy?: PolicyJson | undefined;
}

/** Resolves what CloudFormation would: `Ref` and `GetAtt` by `values`, and joins. An attribute without a value matches nothing. */
export function resolved(value: unknown, values: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, values));
  if (typeof value !== 'object' || value === null) return value;
  const [first] = Object.entries(value);
  if (!first) return value;
  const [name, argument] = first;
  if (name === 'Ref') return values[String(argument)] ?? String(argument);
  if (name === 'Fn::GetAtt') {
    const attribute = (argument as string[]).join('.');
    return values[attribute] ?? `arn:aws:unresolved:::${attribute}`;
  }
  if (name === 'Fn::Join') {
    const [delimiter, parts] = argument as [string, unknown[]];
    return parts.map((part) => String(resolved(part, values))).join(delimiter);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item, values)]));
}

/** What IAM says to `call`: `Allowed`, `ExplicitlyDenied` or `ImplicitlyDenied`. */
export async function simulate(call: SimulatedCall): Promise<string> {
  const simulation: Simulation = {
    request: {
      principal: call.principal,
      action: call.action,
      resource: { resource: call.resource, accountId: call.owner ?? '123456789012' },
      contextVariables: {
        'aws:PrincipalArn': call.principal,
        'aws:PrincipalIsAWSService': 'false',
        'aws:SecureTransport': 'true',
        ...call.context,
      },
    },
    identityPolicies: [{ name: 'identity', policy: { Version: '2012-10-17', Statement: [...(call.identity ?? [])] } }],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: call.resourcePolicy && { Version: '2012-10-17', ...call.resourcePolicy },
  };
  const result = await runSimulation(simulation, {});
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors));
  return result.overallResult;
}
