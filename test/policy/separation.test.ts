import { loadConfig } from '../../lib/config/load';
import { platformContract } from '../../lib/contract';
import { type AssembledStack, assembledPlatform } from '../helpers/platform';

const { stacks } = assembledPlatform('full');
const contract = platformContract(loadConfig('test/fixtures/full.yaml'));
const inStage = (stage: RegExp) => stacks.filter((stack) => stage.test(stack.path));

/** Physical names of the other plane that stand in a template. */
function foreign(stack: AssembledStack, names: readonly string[]): string[] {
  const text = JSON.stringify(stack.template);
  return names
    .filter((name) => new RegExp(`(?<![a-z0-9-])${name}(?![a-z0-9-])`).test(text))
    .map((name) => `${stack.path}: ${name}`);
}

const strings = (value: object): string[] =>
  Object.values(value).filter((name): name is string => typeof name === 'string');

/** Names that both planes may have: places, and prefixes of what only looks alike. */
const shared = new Set([
  contract.platform,
  contract.controlPlane.account,
  contract.controlPlane.region,
  contract.controlPlane.repositoryPrefix,
]);
const controlPlaneNames = strings(contract.controlPlane).filter((name) => !shared.has(name));
const cellNames = contract.cells
  .flatMap(({ cell: _cell, ...names }) => strings(names))
  .filter((name) => !shared.has(name));

describe('the planes know each other by the contract alone', () => {
  test('no control plane template names anything of a cell', () => {
    const found = inStage(/^ControlPlane\//).flatMap((stack) => foreign(stack, cellNames));
    expect(found).toEqual([]);
  });

  test('no data plane template names anything of the control plane', () => {
    const found = inStage(/^DataPlane-/).flatMap((stack) => foreign(stack, controlPlaneNames));
    expect(found).toEqual([]);
  });

  test('links name both: the scan sees what it should', () => {
    const links = inStage(/^Links-/);
    expect(links.flatMap((stack) => foreign(stack, controlPlaneNames)).length).toBeGreaterThan(0);
    expect(links.flatMap((stack) => foreign(stack, cellNames)).length).toBeGreaterThan(0);
  });

  test('no stage imports a value of another', () => {
    const exported = (stage: RegExp) =>
      inStage(stage).flatMap((stack) =>
        Object.values(stack.template.Outputs ?? {}).flatMap(
          (output) => (output as { Export?: { Name: string } }).Export?.Name ?? [],
        ),
      );
    const imported = (stage: RegExp) =>
      inStage(stage).flatMap((stack) =>
        [...JSON.stringify(stack.template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map((match) => match[1]!),
      );
    for (const stage of [/^Account/, /^ControlPlane\//, /^DataPlane-/, /^Links-/]) {
      expect(imported(stage).filter((name) => !exported(stage).includes(name))).toEqual([]);
    }
    expect(imported(/^DataPlane-/).length).toBeGreaterThan(0);
  });

  test('outside of links, no template looks anything up but the version of the bootstrap stack', () => {
    const lookups = stacks
      .filter(({ path }) => !path.startsWith('Links-'))
      .flatMap(({ template }) => Object.values(template.Parameters ?? {}))
      .map((parameter) => (parameter as { Default?: string }).Default ?? '');
    expect([...new Set(lookups)]).toEqual([expect.stringMatching(/^\/cdk-bootstrap\/[a-z0-9]+\/version$/)]);
  });
});
