import { mkdirSync, writeFileSync } from 'node:fs';
import { ROOT_KEYS } from './emulated-aws';
import type { Layout } from './layout';
import type { LocalPlatform } from './platform';
import type { ScenarioPeople } from './scenario';
import type { CommandToTry } from './summary';

/** What the commands are made from. */
export interface CommandsProps {
  readonly layout: Layout;
  readonly platform: LocalPlatform;
  /** Name of the host of the delivery API. */
  readonly apiHost: string;
  readonly people: ScenarioPeople;
}

/** Writes key files for the people, and answers what a person may type into another terminal while a run is up. */
export function commandsToTry({ layout, platform, apiHost, people }: CommandsProps): CommandToTry[] {
  const { aws, predictor, mlflow } = platform;
  const keyFile = (name: string, variables: Readonly<Record<string, string>>): string => {
    const file = layout.at('aws', 'keys', `${name}.env`);
    mkdirSync(layout.at('aws', 'keys'), { recursive: true });
    const lines = Object.entries(variables).map(([key, value]) => `export ${key}='${value}'\n`);
    writeFileSync(file, lines.join(''), { mode: 0o600 });
    return layout.shown(file);
  };
  const root = keyFile('root', aws.environment(ROOT_KEYS));
  const alice = keyFile('submitter', aws.environment(people.submitter.keys));
  const bob = keyFile('reviewer', aws.environment(people.reviewer.keys));
  const flower = '{"sepal_length":5.1,"sepal_width":3.5,"petal_length":1.4,"petal_width":0.2}';
  const signature = `--aws-sigv4 aws:amz:${aws.region}:execute-api --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"`;
  const signed = `curl -s --cacert "$AWS_CA_BUNDLE" ${signature} -H "x-amz-security-token: $AWS_SESSION_TOKEN" -H 'Host: ${apiHost}'`;
  const json = "-H 'content-type: application/json'";
  const decision = '{"decision":"approve","artifactDigest":"sha256:...","comment":"evidence read"}';
  return [
    { what: 'one flower', text: `curl -s ${predictor.url}/predict ${json} -d '${flower}'` },
    { what: 'the emulated AWS, as its root user, with any AWS tool of yours', text: `. ${root}` },
    {
      what: 'submit another version, as alice',
      text: `(. ${alice}; ${signed} ${json} '${aws.url}/submissions/iris' -d '{"version":"1.1.0"}')`,
    },
    { what: 'read its review, as bob', text: `(. ${bob}; ${signed} '${aws.url}/reviews/iris/1.1.0')` },
    {
      what: 'approve it, as bob, with the artifactDigest that the review shows',
      text: `(. ${bob}; ${signed} ${json} '${aws.url}/reviews/iris/1.1.0' -d '${decision}')`,
    },
    { what: 'the experiments, in a browser', text: mlflow.url },
  ];
}
