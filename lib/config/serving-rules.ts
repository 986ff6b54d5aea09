/** The fields that the rules look at. */
interface Checked {
  readonly cluster: { readonly gpuPool?: { readonly maxGpus: number } | undefined };
  readonly models: readonly ServedModel[];
}

interface ServedModel {
  readonly server: string;
  readonly gpus: number;
  readonly replicas: number;
  readonly predictPath: boolean;
  readonly maxModelLength?: number | undefined;
}

type Report = (path: (string | number)[], message: string) => void;

/** What must hold for all models of a cell to be served together. */
export function checkServing({ cluster, models }: Checked, report: Report): void {
  models.forEach((model, index) => {
    if (model.server !== 'fastApi') return;
    if (model.gpus > 0) report(['models', index, 'gpus'], "'fastApi' runs on CPUs; use 0");
    if (model.maxModelLength !== undefined)
      report(['models', index, 'maxModelLength'], "only 'vllm' has it; remove it");
  });
  onlyOne(
    models,
    ({ server, predictPath }) => server === 'fastApi' && predictPath,
    (index) => report(['models', index, 'predictPath'], "'/predict' leads to another model already; use false"),
  );
  onlyOne(
    models,
    ({ server }) => server === 'vllm',
    (index) =>
      report(
        ['models', index, 'server'],
        "a second 'vllm' needs routing by model name, which this version does not have yet",
      ),
  );
  checkGpus(models, cluster.gpuPool?.maxGpus, report);
}

function onlyOne(
  models: readonly ServedModel[],
  holds: (model: ServedModel) => boolean,
  more: (index: number) => void,
): void {
  const first = models.findIndex(holds);
  models.forEach((model, index) => {
    if (index > first && holds(model)) more(index);
  });
}

/** An update starts a new pod before it stops an old one, so that one pod's GPUs must be free. */
function checkGpus(models: readonly ServedModel[], maxGpus: number | undefined, report: Report): void {
  const served = models.filter(({ gpus }) => gpus > 0);
  if (maxGpus === undefined || served.length === 0) return;
  const pods = served.reduce((sum, { gpus, replicas }) => sum + gpus * replicas, 0);
  const spare = Math.max(...served.map(({ gpus }) => gpus));
  if (pods + spare > maxGpus) {
    report(
      ['cluster', 'gpuPool', 'maxGpus'],
      `the models need at least ${pods + spare}: ${pods} for their pods and ${spare} for an update, which starts a new pod before it stops an old one`,
    );
  }
}
