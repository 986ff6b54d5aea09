import { z } from 'zod';
import { auditSchema } from './audit';
import { clusterSchema } from './cluster';
import { accountId, regionName, shortName, zoneName } from './common';
import { deliverySchema } from './delivery';
import { featuresSchema } from './features';
import { gatewaySchema } from './gateway';
import { identitySchema } from './identity';
import { modelSchema } from './models';
import { monitoringSchema } from './monitoring';
import { networkSchema } from './network';
import { registrySchema } from './registry';
import { checkAcross } from './rules';

const cellSchema = z.strictObject({
  name: shortName(12).meta({ description: 'Name of the cell, for example `main`.' }),
  account: accountId.meta({ description: 'Account of the cell.' }),
  region: regionName.meta({ description: 'Region of the cell.' }),
  zones: z.array(zoneName).min(2).max(4).meta({ description: 'Availability zones of the cell.' }),
  domain: z.hostname().meta({ description: 'Host name under which the gateway of the cell answers.' }),
});

const fields = z.strictObject({
  preset: z
    .enum(['crawl', 'walk', 'run'])
    .default('crawl')
    .meta({ description: 'Size of the platform. A preset whose parts are not there yet is refused.' }),
  name: shortName(16).meta({ description: 'Name of the platform; the prefix of every physical name.' }),
  account: accountId.meta({
    description: 'AWS account of the control plane and, unless `cells` says otherwise, of the only cell.',
  }),
  region: regionName.meta({ description: 'Region of the control plane and of the only cell.' }),
  zones: z
    .array(zoneName)
    .min(2, 'name at least 2 zones')
    .max(4)
    .meta({ description: 'Availability zones of the only cell.' }),
  domain: z.hostname().meta({ description: 'Host name under which the gateway answers.' }),
  owner: z
    .email()
    .optional()
    .meta({ description: 'Address of who answers for the platform. `platform@<domain>` by default.' }),
  environment: z
    .enum(['dev', 'staging', 'prod'])
    .default('prod')
    .meta({ description: 'Kind of environment; `dev` may relax what the others must not.' }),
  cells: z
    .array(cellSchema)
    .min(1)
    .max(20)
    .optional()
    .meta({ description: 'Cells of the data plane; by default one, `main`, from the fields above.' }),
  network: networkSchema.prefault({}),
  identity: identitySchema.prefault({}),
  cluster: clusterSchema.prefault({}),
  features: featuresSchema.prefault({}),
  gateway: gatewaySchema.prefault({}),
  registry: registrySchema.prefault({}),
  delivery: deliverySchema.prefault({}),
  monitoring: monitoringSchema.prefault({}),
  audit: auditSchema.prefault({}),
  models: z
    .array(modelSchema)
    .max(100)
    .default([])
    .meta({ description: 'Models; a platform without any comes up healthy.' }),
});

/** The whole platform configuration: fields, then rules that hold across them. */
export const platformSchema = fields.superRefine(checkAcross, { when: () => true }).transform((config) => ({
  ...config,
  owner: config.owner ?? `platform@${config.domain}`,
  cells: config.cells ?? [
    { name: 'main', account: config.account, region: config.region, zones: config.zones, domain: config.domain },
  ],
}));

/** The schema without the cross-field rules: what a JSON Schema can express. */
export const platformFields = fields;

/** What the file holds: defaults still missing. */
export type PlatformConfigInput = z.input<typeof platformSchema>;
/** What the app works with: every default filled in. */
export type PlatformConfig = z.output<typeof platformSchema>;
/** One cell of the data plane. */
export type CellConfig = PlatformConfig['cells'][number];
/** One model of the configuration. */
export type ModelConfig = PlatformConfig['models'][number];
