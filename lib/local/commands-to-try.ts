import type { PlatformContract } from '../contract';
import { ROOT_KEYS } from './emulated-aws';
import type { LocalPlatform } from './platform';
import type { CommandToTry } from './summary';

/** What a person may type into another terminal while a run is up. */
export function commandsToTry(platform: LocalPlatform, apiUrl: string, contract: PlatformContract): CommandToTry[] {
  const { aws, predictor, mlflow } = platform;
  const { reviewerRole, modelTable } = contract.controlPlane;
  const names = new Set([
    'AWS_ENDPOINT_URL',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_REGION',
    'AWS_CA_BUNDLE',
  ]);
  const variables = Object.entries(aws.environment(ROOT_KEYS)).filter(([name]) => names.has(name));
  const flower = '{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2}';
  const role = `arn:aws:iam::${aws.account}:role/${reviewerRole}`;
  const keys = '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H "x-amz-security-token: $AWS_SESSION_TOKEN"';
  const signed = `curl -s --cacert ${aws.certificate} --aws-sigv4 aws:amz:${aws.region}:execute-api ${keys}`;
  return [
    {
      what: 'one flower',
      text: `curl -s ${predictor.url}/predict -H 'content-type: application/json' -d '${flower}'`,
    },
    {
      what: 'talk to the emulated AWS as its root user with any AWS tool',
      text: `export ${variables.map(([name, value]) => `${name}=${value}`).join(' ')}`,
    },
    { what: 'what is registered', text: `aws dynamodb scan --table-name ${modelTable}` },
    { what: 'the keys of a reviewer', text: `aws sts assume-role --role-arn ${role} --role-session-name bob` },
    { what: 'reviews, with these keys exported', text: `${signed} ${apiUrl}/reviews/iris/1.0.0` },
    {
      what: 'approve, with these keys exported and the digest that the review shows',
      text: `${signed} ${apiUrl}/reviews/iris/1.0.0 -d '{"decision":"approve","artifactDigest":"sha256:...","comment":"read"}'`,
    },
    { what: 'the experiment', text: `open ${mlflow.url}` },
  ];
}
