import type { PlatformConfig } from '../../lib/config/schema';
import { platformSchema } from '../../lib/config/schema';
import { artifactKey, platformContract } from '../../lib/contract';

const region = 'ap-southeast-4';
const zones = [`${region}a`, `${region}b`];

/** The longest names that the schema lets through. */
function longest(): PlatformConfig {
  const cell = (name: string, domain: string) => ({ name, account: '123456789012', region, zones, domain });
  return platformSchema.parse({
    name: 'p'.repeat(16),
    account: '123456789012',
    region,
    zones,
    domain: 'inference.example.com',
    cells: [cell('c'.repeat(12), 'a.example.com'), cell('d'.repeat(12), 'b.example.com')],
  });
}

const names = (value: object): [string, string][] =>
  Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');

describe('platformContract', () => {
  test('no bucket name passes 63 characters, the longest allowed parts given', () => {
    const contract = platformContract(longest());
    const buckets = [...contract.accounts, contract.controlPlane, ...contract.cells]
      .flatMap(names)
      .filter(([key]) => key.endsWith('Bucket'));
    expect(buckets.length).toBeGreaterThan(8);
    expect(buckets.filter(([, name]) => name.length > 63)).toEqual([]);
  });

  test('no other name passes 64 characters', () => {
    const contract = platformContract(longest());
    const all = [...contract.accounts, contract.controlPlane, ...contract.cells].flatMap(names);
    expect(all.filter(([, name]) => name.length > 64)).toEqual([]);
  });

  test('no name occurs twice', () => {
    const contract = platformContract(longest());
    const all = [...contract.accounts, contract.controlPlane, ...contract.cells]
      .flatMap(names)
      .filter(
        ([key]) =>
          !['account', 'region', 'cell', 'repositoryPrefix', 'modelPackageGroupPrefix', 'prefix', 'cluster'].includes(
            key,
          ),
      )
      .map(([key, name]) => `${key.replace(/.*(Alias|Bucket|Role)$/, '$1')}:${name}`);
    expect(all).toHaveLength(new Set(all).size);
  });

  test('one account and region is listed once', () => {
    expect(platformContract(longest()).accounts).toHaveLength(1);
  });

  test('the same configuration gives the same names', () => {
    expect(platformContract(longest())).toEqual(platformContract(longest()));
  });

  test('an artefact is found by model and version', () => {
    expect(artifactKey('iris', '1.0.0')).toBe('models/iris/1.0.0/model.tar.gz');
  });
});
