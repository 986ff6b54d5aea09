import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Layout } from '../../../lib/local/layout';
import { digestOf } from '../../../lib/local/object-store';
import { Supervisor } from '../../../lib/local/supervisor';
import { jobMessageSchema, runJob, type WorkerJob } from '../../../lib/local/worker-job';
import { withFolder } from './helpers';

/** A container that does what SageMaker's would: reads what is mounted, writes where it is told. */
const CONTAINER = `#!/bin/sh
case "$2" in
training)
  grep -q '"C":"2"' "$4/input/config/hyperparameters.json" || { mkdir -p "$4/output"; echo 'C is missing' > "$4/output/failure"; exit 1; }
  mkdir -p "$4/model" && cp "$4/input/data/dataset/iris.csv" "$4/model/model.onnx";;
common.package) cat "$3/model.onnx" > "$4";;
evaluation)
  mkdir -p "$4/processing/output"
  cp "$4/processing/input/model/model.tar.gz" "$4/processing/output/evidence.json"
  echo '[]' > "$4/processing/output/predictions.json";;
esac
`;

/** An S3 client over a map of addresses to texts. */
function storing(objects: Map<string, string>): S3Client {
  const client = new S3Client({ region: 'eu-west-1' });
  const send = (command: unknown): Promise<unknown> => {
    if (command instanceof GetObjectCommand) {
      const text = objects.get(`s3://${command.input.Bucket}/${command.input.Key}`) ?? '';
      return Promise.resolve({ Body: { transformToByteArray: () => Promise.resolve(Buffer.from(text)) } });
    }
    if (command instanceof ListObjectsV2Command) {
      const prefix = `s3://${command.input.Bucket}/`;
      const keys = [...objects.keys()].filter((uri) => uri.startsWith(`${prefix}${command.input.Prefix}`));
      return Promise.resolve({ Contents: keys.map((uri) => ({ Key: uri.slice(prefix.length) })) });
    }
    if (!(command instanceof PutObjectCommand)) throw new Error('not expected');
    expect(command.input.IfNoneMatch).toBe('*');
    objects.set(`s3://${command.input.Bucket}/${command.input.Key}`, String(command.input.Body));
    return Promise.resolve({});
  };
  return Object.assign(client, { send });
}

const job = (more: Partial<WorkerJob>): WorkerJob => ({
  kind: 'training',
  name: 'iris-1',
  image: 'iris-training@sha256:0',
  hyperparameters: { C: '2' },
  inputs: { dataset: 's3://data/datasets/iris/1.0.0/' },
  output: 's3://work/iris/1/training',
  ...more,
});

const running = <T>(
  use: (run: (job: WorkerJob) => ReturnType<typeof runJob>, objects: Map<string, string>) => Promise<T>,
) =>
  withFolder(async (folder) => {
    const layout = new Layout(folder, 'state');
    layout.prepare();
    const python = `${folder}/python`;
    writeFileSync(python, CONTAINER, { mode: 0o755 });
    mkdirSync(`${folder}/code`);
    const objects = new Map([['s3://data/datasets/iris/1.0.0/iris.csv', 'rows']]);
    const supervisor = new Supervisor(() => undefined);
    const environment = { PATH: '/usr/bin:/bin' };
    const context = { layout, supervisor, objects: storing(objects), python, environment, code: `${folder}/code` };
    try {
      return await use((one) => runJob(one, '1', context), objects);
    } finally {
      await supervisor.stopAll();
    }
  });

test('a training gets its data and settings where SageMaker mounts them, and its artefact is stored once', async () => {
  await running(async (run, objects) => {
    const answer = await run(job({}));
    expect(answer).toEqual({
      ModelArtifacts: { S3ModelArtifacts: 's3://work/iris/1/training/model.tar.gz' },
      digest: digestOf(Buffer.from('rows')),
    });
    expect(objects.get('s3://work/iris/1/training/model.tar.gz')).toBe('rows');
  });
});

test('an evaluation gets the artefact and stores evidence and predictions', async () => {
  await running(async (run, objects) => {
    objects.set('s3://work/iris/1/training/model.tar.gz', 'artefact');
    const inputs = { ...job({}).inputs, model: 's3://work/iris/1/training/model.tar.gz' };
    const answer = await run(job({ kind: 'evaluation', inputs, output: 's3://work/iris/1/evaluation/' }));
    expect(answer).toEqual({
      evidence: 's3://work/iris/1/evaluation/evidence.json',
      digest: digestOf(Buffer.from('artefact')),
    });
    expect(objects.has('s3://work/iris/1/evaluation/predictions.json')).toBe(true);
  });
});

test('a failing container is the failure of the job, with the reason that it wrote', async () => {
  await running(async (run) => {
    const failed = run(job({ hyperparameters: {} }));
    await expect(failed).rejects.toMatchObject({ name: 'TrainingFailed' });
    await expect(failed).rejects.toThrow('C is missing');
  });
});

test.each([
  ['no token', { job: job({}) }],
  ['another kind', { taskToken: 't', job: { ...job({}), kind: 'deploy' } }],
  ['an input that is no S3 address', { taskToken: 't', job: job({ inputs: { dataset: '/etc' } }) }],
  ['a hyperparameter that is no text', { taskToken: 't', job: { ...job({}), hyperparameters: { C: 1 } } }],
])('a message with %s is refused', (_, message) => {
  expect(jobMessageSchema.safeParse(message).success).toBe(false);
});

test('the sample of the contract is accepted', () => {
  expect(jobMessageSchema.safeParse({ taskToken: 't', job: job({}) }).success).toBe(true);
  expect(readFileSync('examples/iris/dataset.json', 'utf8')).toContain('"iris"');
});
