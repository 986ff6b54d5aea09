import type { DeploymentReport, TypeCounts } from './deployment-report';
import type { HeldOutResult } from './held-out';
import type { AnsweredJob } from './local-runner';
import type { DoneStep } from './progress';

/** A stand-in: what the cloud has, what stands for it here. */
export interface StandIn {
  readonly inTheCloud: string;
  readonly here: string;
}

/** What came of the model. */
export interface ModelOutcome {
  readonly model: string;
  readonly version: string;
  readonly execution: string;
  readonly submitter: string;
  readonly reviewer: string;
  /** Answer to the submitter who tried to approve the own submission. */
  readonly ownApproval?: string | undefined;
  readonly decision: 'registered' | 'refused by the gate';
  readonly reasons: readonly string[];
  readonly metrics: Readonly<Record<string, number>>;
  readonly artifactDigest?: string | undefined;
  readonly heldOut?: HeldOutResult | undefined;
  readonly jobs: readonly AnsweredJob[];
}

/** A command to try, with what it does. */
export interface CommandToTry {
  readonly text: string;
  readonly what: string;
}

/** Everything that a run has to say at its end. */
export interface LocalSummary {
  readonly ok: true;
  readonly seconds: number;
  readonly emulator: string;
  readonly deployment: DeploymentReport;
  readonly simulated: readonly StandIn[];
  readonly relaxations: readonly string[];
  readonly model: ModelOutcome;
  readonly commands: readonly CommandToTry[];
  readonly steps: readonly DoneStep[];
}

/** The summary for a person. */
export function summaryText(summary: LocalSummary): string {
  const { deployment } = summary;
  return [
    '',
    `Deployed to a local emulator (${summary.emulator}), not to AWS: ${deployment.stacks} stacks, ${deployment.resources} resources`,
    ...countsText('  emulated', deployment.emulated),
    ...countsText('  recorded only (written down, nothing was created)', deployment.recordedOnly),
    `    of these ${deployment.completedByApi.resources} were created afterwards by API calls; their CloudFormation is unproven`,
    ...namesText('  properties ignored by the emulator', deployment.ignoredProperties),
    ...namesText('  attribute values made up here', deployment.inventedAttributes),
    ...(deployment.refusedCalls.length > 0
      ? [
          `  API calls that the emulator refused: ${deployment.refusedCalls.length}`,
          ...deployment.refusedCalls.map((call) => `    ${call}`),
        ]
      : []),
    `  simulated: ${summary.simulated.length} stand-ins`,
    ...summary.simulated.map(({ inTheCloud, here }) => `    ${inTheCloud}: ${here}`),
    `  relaxations of the configuration: ${summary.relaxations.length}`,
    ...summary.relaxations.map((text) => `    ${text}`),
    '',
    ...modelText(summary.model),
    '',
    'Try it from another terminal:',
    ...summary.commands.flatMap(({ text, what }) => [`  # ${what}`, `  ${text}`]),
  ].join('\n');
}

function modelText(model: ModelOutcome): string[] {
  const lines = [
    `${model.model} ${model.version}: ${model.decision}`,
    `  execution ${model.execution}, submitted by ${model.submitter}`,
    `  metrics ${Object.entries(model.metrics)
      .map(([name, value]) => `${name} ${Number(value.toFixed(4))}`)
      .join(', ')}`,
  ];
  if (model.reasons.length > 0) lines.push(...model.reasons.map((reason) => `  gate: ${reason}`));
  if (model.ownApproval)
    lines.push(`  approval by the submitter was answered ${model.ownApproval}; approved by ${model.reviewer}`);
  if (model.artifactDigest)
    lines.push(`  artefact ${model.artifactDigest}: trained = evaluated = approved = registered = replicated = served`);
  if (model.heldOut) {
    const { rows, correct, accuracy, largestConfidenceDifference } = model.heldOut;
    lines.push(
      `  ${rows} held-out rows posted: accuracy ${accuracy.toFixed(4)} (${correct} of ${rows}), species and confidence equal the offline ONNX result (largest difference ${largestConfidenceDifference.toExponential(1)})`,
    );
  }
  return lines;
}

function countsText(title: string, { resources, types }: TypeCounts): string[] {
  const list = Object.entries(types).map(([type, count]) => `${short(type)} ${count}`);
  return [`${title}: ${resources} resources of ${list.length} types`, ...wrap(list)];
}

function namesText(title: string, byType: Readonly<Record<string, readonly string[]>>): string[] {
  const entries = Object.entries(byType);
  const total = entries.reduce((sum, [, names]) => sum + names.length, 0);
  return [`${title}: ${total}`, ...wrap(entries.map(([type, names]) => `${short(type)} (${names.join(', ')})`))];
}

function short(type: string): string {
  return type.replace(/^AWS::/, '');
}

/** Items in lines of at most 120 columns. */
function wrap(items: readonly string[]): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length < 118) lines[lines.length - 1] = `${last}, ${item}`;
    else lines.push(`    ${item}`);
  }
  return lines;
}
