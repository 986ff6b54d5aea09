import { ZodError } from 'zod';
import { RequestRefused, readRequest } from '../../../constructs/delivery/private/http';
import { type SubmissionPorts, submit } from '../../../constructs/delivery/submission/submit';
import { scheduledEvent, submitScheduled } from '../../../constructs/delivery/submission/submit-scheduled';
import { type PreparePorts, prepare } from '../../../constructs/delivery/training-request/prepare';
import {
  ACCOUNT,
  awsError,
  caller,
  DATASET_DIGEST,
  MemoryObjects,
  MemoryTables,
  NOW,
  SUBMITTER_ROLE,
  signedEvent,
} from './support';

const RULES = { submitterRoles: [SUBMITTER_ROLE], account: ACCOUNT };

function door(tables = new MemoryTables(), known = true) {
  const started: { model: string; execution: string; input: unknown }[] = [];
  const ports: SubmissionPorts = {
    journal: tables,
    executions: {
      start: async (model, execution, input) => {
        started.push({ model, execution, input });
        return known ? `arn:aws:states:eu-west-1:${ACCOUNT}:execution:x:${execution}` : undefined;
      },
    },
    reviewTable: 'reviews',
    now: () => NOW,
  };
  const knock = (options: Parameters<typeof signedEvent>[0]) => submit(readRequest(signedEvent(options)), ports, RULES);
  return { tables, started, ports, knock };
}

describe('submit', () => {
  test('starts the workflow in the name of the signer and writes it down first', async () => {
    const { knock, started, tables } = door();
    const answer = await knock({ body: { version: '1.2.0', hyperparameters: { C: '2' } } });
    expect(answer.statusCode).toBe(202);
    const { execution, submitter } = JSON.parse(answer.body);
    expect(submitter).toBe('alice');
    expect(execution).toMatch(/^1\.2\.0-[0-9a-f]{12}$/);
    expect(started).toEqual([
      {
        model: 'iris',
        execution,
        input: { model: 'iris', version: '1.2.0', hyperparameters: { C: '2' }, submitter: caller('alice') },
      },
    ]);
    expect(await tables.submission(execution)).toMatchObject({ input: started[0]!.input });
    expect(tables.decisions).toMatchObject([
      { type: 'Model Submitted', subject: 'model/iris/1.2.0', actor: caller('alice').arn },
    ]);
  });

  test('the body cannot name a submitter', async () => {
    await expect(door().knock({ body: { version: '1.2.0', submitter: caller('bob') } })).rejects.toThrow(
      /Unrecognized key/,
    );
  });

  test.each([
    ['a session of another role', { arn: caller('alice', 'reviewers').arn }],
    ['an IAM user', { arn: `arn:aws:iam::${ACCOUNT}:user/alice` }],
    ['a session of another account', { arn: `arn:aws:sts::999999999999:assumed-role/${SUBMITTER_ROLE}/alice` }],
  ])('%s may not submit', async (_who, who) => {
    const { knock, tables } = door();
    await expect(knock({ ...who, body: { version: '1.2.0' } })).rejects.toMatchObject({
      status: 403,
      code: 'NotASubmitter',
    });
    expect(tables.decisions).toEqual([]);
  });

  test.each([{}, { version: '1' }, { version: '1.0.0', hyperparameters: { C: 1 } }, { version: '1.0.0', other: 1 }])(
    'refuses %j',
    async (body) => {
      await expect(door().knock({ body })).rejects.toThrow(ZodError);
    },
  );

  test('the same request again starts nothing', async () => {
    const { knock, started } = door();
    await knock({ body: { version: '1.2.0' } });
    await expect(knock({ body: { version: '1.2.0' } })).rejects.toMatchObject({ status: 409 });
    expect(started).toHaveLength(1);
  });

  test('a model without a workflow is unknown', async () => {
    await expect(door(new MemoryTables(), false).knock({ body: { version: '1.2.0' } })).rejects.toThrow(RequestRefused);
  });
});

const dataset = (changes = {}) =>
  JSON.stringify({ name: 'iris', version: '1.0.0', file: { digest: DATASET_DIGEST }, ...changes });

describe('submitScheduled', () => {
  const schedule = `arn:aws:scheduler:eu-west-1:${ACCOUNT}:schedule/default/weekly-iris`;
  const event = scheduledEvent.parse({ schedule, at: '2026-03-01T02:00:00Z', model: 'iris', series: '1.4.0' });

  test('starts a version named after the planned time, in the name of the schedule', async () => {
    const { ports, started, tables } = door();
    const { execution } = await submitScheduled(event, ports);
    expect(execution).toMatch(/^1\.4\.0-20260301t0200-[0-9a-f]{12}$/);
    expect(started).toMatchObject([
      {
        execution,
        input: { version: '1.4.0-20260301t0200', submitter: { arn: schedule, person: 'schedule/weekly-iris' } },
      },
    ]);
    expect(tables.decisions).toMatchObject([{ type: 'Model Submitted', actor: schedule }]);
  });

  test('a second delivery of the same run is the same execution', async () => {
    const { ports, tables } = door();
    const first = await submitScheduled(event, ports);
    const start = () => Promise.reject(awsError('ExecutionAlreadyExists'));
    expect(await submitScheduled(event, { ...ports, executions: { start } })).toEqual(first);
    expect(tables.decisions).toHaveLength(1);
  });

  test('a delivery that failed to start is started by the next one', async () => {
    const { ports, started } = door();
    const start = () => Promise.reject(awsError('ServiceUnavailable'));
    await expect(submitScheduled(event, { ...ports, executions: { start } })).rejects.toThrow('ServiceUnavailable');
    await submitScheduled(event, ports);
    expect(started).toHaveLength(1);
  });

  test('an event of the API is no schedule, whatever its body says', () => {
    expect(scheduledEvent.safeParse(signedEvent({ body: event })).success).toBe(false);
    expect(scheduledEvent.safeParse({ ...event, submitter: 'x' }).success).toBe(false);
  });
});

describe('prepare', () => {
  const pipeline = {
    model: 'iris',
    dataset: 'iris',
    datasetVersion: '1.0.0',
    hyperparameters: { C: '1.0', seed: '7' },
  };
  async function submitted(changes: Partial<PreparePorts> = {}, document = dataset()) {
    const { knock, started, tables } = door();
    await knock({ body: { version: '1.2.0', hyperparameters: { C: '2' } } });
    const { execution, input } = started[0]!;
    const ports: PreparePorts = {
      objects: new MemoryObjects({ 's3://data/datasets/iris/1.0.0/dataset.json': document }),
      reviews: tables,
      isRegistered: async () => false,
      datasetBucket: 'data',
      artifactBucket: 'artifacts',
      ...changes,
    };
    return { event: { input, execution, pipeline }, ports, execution };
  }

  test('works out every address, the digest of the dataset and the hyperparameters', async () => {
    const { event, ports, execution } = await submitted();
    expect(await prepare(event, ports)).toEqual({
      model: 'iris',
      version: '1.2.0',
      execution,
      submitter: caller('alice'),
      dataset: 'iris',
      datasetVersion: '1.0.0',
      datasetDigest: DATASET_DIGEST,
      datasetUri: 's3://data/datasets/iris/1.0.0/',
      hyperparameters: { C: '2', seed: '7' },
      jobName: expect.stringMatching(/^iris-[0-9a-f]{12}$/),
      trainingOutput: `s3://artifacts/work/iris/${execution}/training`,
      evaluationOutput: `s3://artifacts/work/iris/${execution}/evaluation`,
    });
  });

  test('an execution that was started past the door goes nowhere', async () => {
    const { event, ports } = await submitted();
    await expect(prepare({ ...event, execution: 'forged' }, ports)).rejects.toThrow(/no such submission is on record/);
    const forged = { ...event, input: { ...(event.input as object), submitter: caller('bob') } };
    await expect(prepare(forged, ports)).rejects.toThrow(/no such submission is on record/);
  });

  test('a version that is registered is not trained again', async () => {
    const { event, ports } = await submitted({ isRegistered: async () => true });
    await expect(prepare(event, ports)).rejects.toThrow('iris@1.2.0 is registered already');
  });

  test('a workflow trains its own model alone', async () => {
    const { event, ports } = await submitted();
    await expect(prepare({ ...event, pipeline: { ...pipeline, model: 'roses' } }, ports)).rejects.toThrow(
      /trains 'roses'/,
    );
  });

  test.each([{ name: 'roses' }, { version: '2.0.0' }, { file: { digest: 'md5:1' } }, { file: {} }])(
    'a dataset that says %j is refused',
    async (changes) => {
      const { event, ports } = await submitted({}, dataset(changes));
      await expect(prepare(event, ports)).rejects.toThrow(/holds|Invalid|sha256/);
    },
  );
});
