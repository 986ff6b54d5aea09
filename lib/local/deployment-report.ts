import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  type CloudFormationClient,
  paginateDescribeStacks,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { z } from 'zod';

const rowSchema = z.object({
  action: z.enum(['create', 'update', 'delete', 'filled', 'ignored']),
  type: z.string(),
  stack: z.string().nullable(),
  logicalId: z.string().nullable(),
  ignored: z.array(z.string()).optional(),
  invented: z.record(z.string(), z.unknown()).optional(),
});

const completedSchema = z.object({
  done: z.array(z.object({ type: z.string(), call: z.string() })),
  refused: z.array(z.object({ type: z.string(), logicalId: z.string(), call: z.string(), error: z.string() })),
});

/** One row of the recorder's journal. */
export type RecordedRow = z.output<typeof rowSchema>;

/** A resource of a deployed stack. */
export interface DeployedResource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
}

/** Resources by type, with their number. */
export interface TypeCounts {
  readonly resources: number;
  readonly types: Readonly<Record<string, number>>;
}

/** What the emulator did with the deployment, and what it did not do. */
export interface DeploymentReport {
  readonly stacks: number;
  readonly resources: number;
  /** Created by the emulator. */
  readonly emulated: TypeCounts;
  /** Written down and nothing else. Never counts as emulated. */
  readonly recordedOnly: TypeCounts;
  /** Of the recorded ones: created afterwards by a call of the emulator's API; their CloudFormation is unproven. */
  readonly completedByApi: TypeCounts;
  /** Properties of emulated resources that the emulator never looked at, by type. */
  readonly ignoredProperties: Readonly<Record<string, readonly string[]>>;
  /** Attributes that were made up, by type. */
  readonly inventedAttributes: Readonly<Record<string, readonly string[]>>;
  /** API calls that the emulator refused. */
  readonly refusedCalls: readonly string[];
}

/** What is known of API calls that completed the deployment. */
export type Completed = z.output<typeof completedSchema>;

/** Reads what the recorder wrote below `home`. */
export function readJournal(home: string): { rows: RecordedRow[]; completed: Completed } {
  const lines = readFileSync(path.join(home, 'recorded.jsonl'), 'utf8').split('\n').filter(Boolean);
  const file = path.join(home, 'completed.json');
  const completed = existsSync(file)
    ? completedSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    : { done: [], refused: [] };
  return { rows: lines.map((line) => rowSchema.parse(JSON.parse(line))), completed };
}

/** Resources of every stack but the bootstrap one. */
export async function deployedResources(client: CloudFormationClient): Promise<DeployedResource[]> {
  const stacks: string[] = [];
  for await (const page of paginateDescribeStacks({ client }, {})) {
    for (const { StackName: stack, StackStatus: status } of page.Stacks ?? []) {
      if (stack && stack !== 'CDKToolkit' && status?.endsWith('_COMPLETE')) stacks.push(stack);
    }
  }
  return (await Promise.all(stacks.map((stack) => resourcesOf(client, stack)))).flat();
}

async function resourcesOf(client: CloudFormationClient, stack: string): Promise<DeployedResource[]> {
  const found: DeployedResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
    for (const { LogicalResourceId: logicalId = '', ResourceType: type = '' } of page.StackResourceSummaries ?? []) {
      found.push({ stack, logicalId, type });
    }
  }
  return found;
}

/**
 * Counts what was emulated and what was only recorded.
 *
 * A resource that the journal names as created by the recorder is never counted as emulated, whatever the emulator says.
 */
export function deploymentReport(
  resources: readonly DeployedResource[],
  rows: readonly RecordedRow[],
  completed: Completed,
): DeploymentReport {
  const own = rows.filter((row) => row.stack !== 'CDKToolkit');
  const recorded = new Set(own.filter(({ action }) => action === 'create' || action === 'update').map(keyOf));
  const completedTypes = new Set(completed.done.map(({ type }) => type));
  const isRecorded = (resource: DeployedResource): boolean => recorded.has(keyOf(resource));
  const recordedOnly = resources.filter(isRecorded);
  return {
    stacks: new Set(resources.map(({ stack }) => stack)).size,
    resources: resources.length,
    emulated: counts(resources.filter((resource) => !isRecorded(resource))),
    recordedOnly: counts(recordedOnly),
    completedByApi: counts(recordedOnly.filter(({ type }) => completedTypes.has(type))),
    ignoredProperties: byType(own, (row) => row.ignored ?? []),
    inventedAttributes: byType(own, (row) => Object.keys(row.invented ?? {})),
    refusedCalls: completed.refused.map(({ type, logicalId, call, error }) => `${type} ${logicalId} ${call}: ${error}`),
  };
}

function keyOf(row: { readonly stack: string | null; readonly logicalId: string | null }): string {
  return `${row.stack}/${row.logicalId}`;
}

function counts(resources: readonly DeployedResource[]): TypeCounts {
  const types: Record<string, number> = {};
  for (const { type } of resources.toSorted((a, b) => a.type.localeCompare(b.type)))
    types[type] = (types[type] ?? 0) + 1;
  return { resources: resources.length, types };
}

function byType(
  rows: readonly RecordedRow[],
  names: (row: RecordedRow) => readonly string[],
): Record<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const name of names(row)) found.set(row.type, (found.get(row.type) ?? new Set()).add(name));
  }
  return Object.fromEntries(
    [...found].toSorted(([a], [b]) => a.localeCompare(b)).map(([type, set]) => [type, [...set].toSorted()]),
  );
}
