import {
  canMove,
  LIVE_INDEX,
  type LiveVersion,
  liveVersionSchema,
  type ModelVersion,
  modelVersionSchema,
  type VersionStage,
} from './model-version';

/** A DynamoDB attribute value, of the kinds that the version table uses; the SDK's own type accepts it. */
export type VersionItemValue = { readonly S: string } | { readonly L: { readonly S: string }[] };

/** An item of the version table. */
export type VersionItem = Record<string, VersionItemValue>;

/** A `Put` of a DynamoDB transaction. */
export interface ConditionalPut {
  readonly TableName: string;
  readonly Item: VersionItem;
  readonly ConditionExpression: string;
}

/** Key of the item of one version. */
export function versionKey(name: string, version: string): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: `model#${name}` }, sk: { S: `version#${version}` } };
}

/** Key of the item that says what `cell` serves of a model. */
export function liveKey(name: string, cell: string): { pk: { S: string }; sk: { S: string } } {
  return { pk: { S: `model#${name}` }, sk: { S: `live#${cell}` } };
}

/**
 * The write that registers `record`: it fails when the version exists, whatever it holds.
 *
 * @throws ZodError when a field does not fit
 */
export function registerPut(table: string, record: ModelVersion): ConditionalPut {
  const checked = modelVersionSchema.parse(record);
  return {
    TableName: table,
    Item: { ...versionKey(checked.name, checked.version), ...toItem(checked) },
    ConditionExpression: 'attribute_not_exists(pk)',
  };
}

/** The write that says what a cell serves. */
export function livePut(table: string, live: LiveVersion): Omit<ConditionalPut, 'ConditionExpression'> {
  const checked = liveVersionSchema.parse(live);
  return { TableName: table, Item: { ...liveKey(checked.name, checked.cell), ...toItem(checked) } };
}

/** The update that moves a version from one stage to another; it fails when the version is not in stage `from`. */
export function stageUpdate(
  table: string,
  record: Pick<ModelVersion, 'name' | 'version'>,
  from: VersionStage,
  to: VersionStage,
) {
  if (!canMove(from, to)) throw new Error(`a version cannot go from '${from}' to '${to}'`);
  return {
    TableName: table,
    Key: versionKey(record.name, record.version),
    UpdateExpression: 'SET #stage = :to',
    ConditionExpression: '#stage = :from',
    ExpressionAttributeNames: { '#stage': 'stage' },
    ExpressionAttributeValues: { ':from': { S: from }, ':to': { S: to } },
  };
}

/** The query that answers what is live in `cell`. */
export function liveQuery(table: string, cell: string) {
  return {
    TableName: table,
    IndexName: LIVE_INDEX,
    KeyConditionExpression: 'cell = :cell',
    ExpressionAttributeValues: { ':cell': { S: cell } },
  };
}

/**
 * The version that `item` holds.
 *
 * @throws ZodError when it is not one
 */
export function versionOf(item: Readonly<Record<string, unknown>>): ModelVersion {
  return modelVersionSchema.parse(fromItem(item));
}

/**
 * What a cell serves, as `item` holds it.
 *
 * @throws ZodError when it is not that
 */
export function liveVersionOf(item: Readonly<Record<string, unknown>>): LiveVersion {
  return liveVersionSchema.parse(fromItem(item));
}

function toItem(record: Readonly<Record<string, string | string[]>>): VersionItem {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      typeof value === 'string' ? { S: value } : { L: value.map((text) => ({ S: text })) },
    ]),
  );
}

function fromItem(item: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields = Object.entries(item).filter(([name]) => name !== 'pk' && name !== 'sk');
  return Object.fromEntries(fields.map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('S' in value) return value.S;
  if ('L' in value && Array.isArray(value.L)) return value.L.map(plain);
  return undefined;
}
