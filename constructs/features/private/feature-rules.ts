import type { Problem } from '../../core/errors';
import { countBetween, matches, oneOf, when } from '../../core/validate';

/** Value type of a feature. */
export type FeatureType = 'string' | 'integral' | 'fractional';

/** The part of a feature group that its features must fit. */
export interface FeatureShape {
  readonly features: Readonly<Record<string, FeatureType>>;
  readonly recordIdentifier: string;
  readonly eventTime: string;
}

const NAME = /^[a-zA-Z0-9]([-_]*[a-zA-Z0-9]){0,63}$/;
const NAME_IN_WORDS = '1 to 64 letters, digits, hyphens or underscores, starting and ending with a letter or digit';

/** Columns that Feature Store adds to the offline table. */
const RESERVED = ['is_deleted', 'write_time', 'api_invocation_time'];

/** What is wrong with the features; empty if nothing is. */
export function featureProblems({ features, recordIdentifier, eventTime }: FeatureShape): Problem[] {
  const names = Object.keys(features);
  return [
    countBetween('features', names.length, 2, 2500, 'features'),
    ...names.map((name) => matches(`features.${name}`, name, NAME, NAME_IN_WORDS)),
    ...names.map((name) => oneOf(`features.${name}`, features[name] ?? '', ['string', 'integral', 'fractional'])),
    ...names.map((name) => reserved(name)),
    ...names.map((name, index) => sameColumn(name, names.slice(0, index))),
    present('recordIdentifier', recordIdentifier, names),
    present('eventTime', eventTime, names),
    when(
      features[eventTime] === 'integral',
      'EventTimeType',
      `'eventTime' must be a 'string' (ISO-8601) or a 'fractional' (Unix seconds) feature, got '${eventTime}' of type 'integral'`,
    ),
    when(
      recordIdentifier === eventTime,
      'EventTimeIsIdentifier',
      `'eventTime' must be another feature than 'recordIdentifier', got '${eventTime}' for both`,
    ),
  ].flat();
}

function reserved(name: string): Problem[] {
  return when(
    RESERVED.includes(name.toLowerCase()),
    'ReservedFeature',
    `'features' must not use ${RESERVED.join(', ')}: Feature Store adds these columns, got '${name}'; rename it`,
  );
}

/** The offline table knows no upper case. */
function sameColumn(name: string, earlier: readonly string[]): Problem[] {
  const other = earlier.find((one) => one.toLowerCase() === name.toLowerCase());
  return when(
    other !== undefined,
    'DuplicateColumn',
    `'features' must differ in more than case: '${name}' and '${other}' are one column of the offline table; rename one`,
  );
}

function present(prop: string, name: string, names: readonly string[]): Problem[] {
  return when(
    !names.includes(name),
    'UnknownFeature',
    `'${prop}' must be the name of one of 'features', got '${name}'; add it or correct the name`,
  );
}
