import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { lastLines, type ProgramSpec } from './engine';
import type { Layout } from './layout';
import { createObject, digestOf, download } from './object-store';
import type { Supervisor } from './supervisor';

/** Message of the worker queue: what in the cloud a SageMaker job is given. */
export const jobMessageSchema = z.object({
  taskToken: z.string().min(1),
  job: z.object({
    kind: z.enum(['training', 'evaluation']),
    name: z.string().min(1),
    image: z.string(),
    hyperparameters: z.record(z.string(), z.string()),
    inputs: z.record(z.string(), z.string().startsWith('s3://')),
    output: z.string().startsWith('s3://'),
  }),
});

/** A job for a worker. */
export type WorkerJob = z.output<typeof jobMessageSchema>['job'];

/** The container of a job said no. */
export class JobFailure extends Error {
  public override readonly name: 'TrainingFailed' | 'EvaluationFailed';

  constructor(job: WorkerJob, cause: string) {
    super(cause);
    this.name = job.kind === 'training' ? 'TrainingFailed' : 'EvaluationFailed';
  }
}

/** Answer for the task token of a job. */
export interface JobAnswer {
  /** Digest of what the job made: the artefact, or the evidence. */
  readonly digest: string;
  readonly ModelArtifacts?: { readonly S3ModelArtifacts: string };
  readonly evidence?: string;
}

/** What a job runs in. */
export interface JobContext {
  readonly layout: Layout;
  readonly supervisor: Supervisor;
  readonly objects: S3Client;
  /** Interpreter of the environment that the training container has. */
  readonly python: string;
  /** Environment variables of the container. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folder with the code of the container. */
  readonly code: string;
}

/**
 * Runs a job as its container would: the same code, the same libraries, the same folders as SageMaker mounts.
 *
 * @returns the answer for the task token
 * @throws JobFailure when the container ends with an error
 */
export async function runJob(job: WorkerJob, id: string, context: JobContext): Promise<JobAnswer> {
  const root = context.layout.at('jobs', id);
  const mounted = job.kind === 'training' ? ['input', 'data'] : ['processing', 'input'];
  for (const [channel, uri] of Object.entries(job.inputs)) {
    await download(context.objects, uri, path.join(root, ...mounted, channel));
  }
  return job.kind === 'training' ? train(job, root, context) : evaluate(job, root, context);
}

async function train(job: WorkerJob, root: string, context: JobContext): Promise<JobAnswer> {
  const settings = path.join(root, 'input', 'config');
  mkdirSync(settings, { recursive: true });
  writeFileSync(path.join(settings, 'hyperparameters.json'), JSON.stringify(job.hyperparameters));
  await container(job, root, context, ['-m', 'training', '--root', root]);
  const artifact = path.join(root, 'model.tar.gz');
  await container(job, root, context, ['-m', 'common.package', path.join(root, 'model'), artifact]);
  const bytes = readFileSync(artifact);
  const uri = await createObject(context.objects, below(job.output, 'model.tar.gz'), bytes);
  return { ModelArtifacts: { S3ModelArtifacts: uri }, digest: digestOf(bytes) };
}

async function evaluate(job: WorkerJob, root: string, context: JobContext): Promise<JobAnswer> {
  await container(job, root, context, ['-m', 'evaluation', '--root', root]);
  const written = path.join(root, 'processing', 'output');
  const predictions = readFileSync(path.join(written, 'predictions.json'));
  await createObject(context.objects, below(job.output, 'predictions.json'), predictions);
  const evidence = readFileSync(path.join(written, 'evidence.json'));
  const uri = await createObject(context.objects, below(job.output, 'evidence.json'), evidence);
  return { evidence: uri, digest: digestOf(evidence) };
}

async function container(job: WorkerJob, root: string, context: JobContext, args: readonly string[]): Promise<void> {
  const { layout, supervisor } = context;
  const spec: ProgramSpec = {
    name: `the ${job.kind} container of ${job.name}`,
    command: context.python,
    args,
    environment: { ...context.environment, PYTHONPATH: context.code, TMPDIR: layout.at('tmp') },
    workingDirectory: root,
    logFile: layout.log(`job-${path.basename(root)}`),
  };
  const end = await supervisor.guard(supervisor.start(spec).ended);
  if (end.code === 0) return;
  const said = lastLines(path.join(root, 'output', 'failure'), 5);
  const how = end.signal ? `killed by ${end.signal}` : `exit code ${end.code ?? 'unknown'}`;
  throw new JobFailure(
    job,
    [`${spec.name} failed (${how})`, ...(said.length > 0 ? said : lastLines(spec.logFile, 5))].join('\n'),
  );
}

function below(prefix: string, name: string): string {
  return `${prefix.replace(/\/$/, '')}/${name}`;
}
