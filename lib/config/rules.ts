import { z } from 'zod';
import { checkServing } from './serving-rules';

const list = <T extends z.ZodType>(item: T) => z.array(item).catch([]);
const text = z.string().catch('');

/** The fields that the rules look at, read leniently: a field that does not fit its schema is reported by the schema, not here. */
const checkedSchema = z.object({
  preset: z.enum(['crawl', 'walk', 'run']).catch('crawl'),
  region: text,
  zones: list(text),
  cells: list(z.object({ name: text, region: text, zones: list(text), domain: text })),
  network: z.object({ natGateways: z.number().catch(1) }).catch({ natGateways: 1 }),
  gateway: z.object({ hostedZoneId: z.string().optional(), certificateArn: z.string().optional() }).catch({}),
  cluster: z.object({ gpuPool: z.object({ maxGpus: z.number().catch(2) }).optional() }).catch({ gpuPool: undefined }),
  models: list(
    z.object({
      name: text,
      server: text,
      gpus: z.number().catch(0),
      replicas: z.number().catch(2),
      predictPath: z.boolean().catch(true),
      maxModelLength: z.number().optional().catch(undefined),
      training: z.unknown().optional(),
      gates: list(z.object({ atLeast: z.number().optional(), atMost: z.number().optional() }).catch({ atLeast: 0 })),
    }),
  ),
});

type Checked = z.output<typeof checkedSchema>;
type Path = (string | number)[];
type Report = (path: Path, message: string) => void;

/** What a preset promises beyond the one before it, and this version does not have yet. */
const MISSING: Record<Checked['preset'], readonly string[]> = {
  crawl: [],
  walk: [
    'live quality metrics',
    'drift detection',
    'canary and shadow releases',
    'policy as code for promotion',
    'cost attribution',
  ],
  run: [
    'self-service use cases',
    'automatic retraining and promotion',
    'routing over providers',
    'caching',
    'strict budgets',
  ],
};

/** Rules that hold across fields; each problem carries the path of the field to change. */
export function checkAcross(input: unknown, context: z.RefinementCtx): void {
  const config = checkedSchema.safeParse(input).data;
  if (!config) return;
  const report: Report = (path, message) => context.addIssue({ code: 'custom', path, message });
  checkPreset(config, report);
  checkPlaces(config, report);
  checkModels(config, report);
  checkServing(config, report);
  if (config.gateway.hostedZoneId && config.gateway.certificateArn) {
    report(['gateway'], "give 'hostedZoneId' or 'certificateArn', not both");
  }
}

function checkPreset(config: Checked, report: Report): void {
  const missing = config.preset === 'run' ? [...MISSING.walk, ...MISSING.run] : MISSING[config.preset];
  if (missing.length > 0) {
    report(
      ['preset'],
      `'${config.preset}' needs what this version does not have yet (${missing.join(', ')}); use 'crawl'`,
    );
  }
}

function checkPlaces(config: Checked, report: Report): void {
  checkZones(config.region, config.zones, ['zones'], report);
  const cells = config.cells;
  cells.forEach((cell, index) => {
    checkZones(cell.region, cell.zones, ['cells', index, 'zones'], report);
    if (cells.findIndex((other) => other.name === cell.name) !== index) {
      report(['cells', index, 'name'], `'${cell.name}' is already the name of another cell`);
    }
    if (cells.findIndex((other) => other.domain === cell.domain) !== index) {
      report(['cells', index, 'domain'], `'${cell.domain}' is already the domain of another cell`);
    }
  });
  const fewest = Math.min(...(cells.length > 0 ? cells : [config]).map((cell) => cell.zones.length));
  if (fewest > 0 && config.network.natGateways > fewest) {
    report(['network', 'natGateways'], `at most one per zone (${fewest}), got ${config.network.natGateways}`);
  }
}

function checkZones(region: string, zones: readonly string[], path: Path, report: Report): void {
  zones.forEach((zone, index) => {
    if (region && zone && !zone.startsWith(region))
      report([...path, index], `'${zone}' is not a zone of region '${region}'`);
    if (zones.indexOf(zone) !== index) report([...path, index], `'${zone}' is named more than once`);
  });
}

function checkModels(config: Checked, report: Report): void {
  const names = config.models.map((model) => model.name);
  config.models.forEach((model, index) => {
    const path = ['models', index];
    if (names.indexOf(model.name) !== index)
      report([...path, 'name'], `'${model.name}' is already the name of another model`);
    if (model.server === 'vllm' && model.gpus === 0)
      report([...path, 'gpus'], "'vllm' needs at least 1 GPU per pod, got 0");
    if (model.gpus > 0 && !config.cluster.gpuPool) report([...path, 'gpus'], "GPUs need 'cluster.gpuPool'");
    if (model.training && model.gates.length === 0) {
      report([...path, 'gates'], 'a model that is trained here needs at least one gate');
    }
    model.gates.forEach((gate, at) => {
      if (gate.atLeast === undefined && gate.atMost === undefined) {
        report([...path, 'gates', at], "give 'atLeast', 'atMost' or both");
      }
    });
  });
}
