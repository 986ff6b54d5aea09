import { type Duration, Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import { PlatformError, type Problem } from './errors';

/** A problem unless `value` is a whole number within `[min, max]`. Unresolved tokens pass: they are known at deploy time only. */
export function integer(prop: string, value: number, min: number, max: number, unit: string): Problem[] {
  if (Token.isUnresolved(value) || (Number.isInteger(value) && value >= min && value <= max)) return [];
  return [
    {
      code: 'IntegerOutOfRange',
      text: `'${prop}' must be a whole number of ${unit} from ${min} to ${max}, got ${value}`,
    },
  ];
}

/** A problem unless `value` is a finite number within `[min, max]`. */
export function numberBetween(prop: string, value: number, min: number, max: number, unit: string): Problem[] {
  if (Token.isUnresolved(value) || (Number.isFinite(value) && value >= min && value <= max)) return [];
  return [
    { code: 'NumberOutOfRange', text: `'${prop}' must be a number of ${unit} from ${min} to ${max}, got ${value}` },
  ];
}

/** A problem unless `value` lies within `[minSeconds, maxSeconds]`. */
export function duration(prop: string, value: Duration, minSeconds: number, maxSeconds: number): Problem[] {
  if (value.isUnresolved()) return [];
  const seconds = value.toSeconds({ integral: false });
  if (seconds >= minSeconds && seconds <= maxSeconds) return [];
  return [
    {
      code: 'DurationOutOfRange',
      text: `'${prop}' must last from ${minSeconds} to ${maxSeconds} seconds, got ${seconds} seconds`,
    },
  ];
}

/** A problem unless `value` matches `pattern`; `allowed` says in words what fits. */
export function matches(prop: string, value: string, pattern: RegExp, allowed: string): Problem[] {
  if (Token.isUnresolved(value) || pattern.test(value)) return [];
  return [{ code: 'InvalidFormat', text: `'${prop}' must be ${allowed}, got '${value}'` }];
}

/** A problem unless `value` is 2 to `max` lower-case letters, digits or hyphens, starting with a letter and not ending in a hyphen. */
export function dnsLabel(prop: string, value: string, max = 39): Problem[] {
  if (Token.isUnresolved(value) || (value.length <= max && /^[a-z][a-z0-9-]*[a-z0-9]$/.test(value))) return [];
  return [
    {
      code: 'InvalidName',
      text: `'${prop}' must be 2 to ${max} lower-case letters, digits or hyphens, start with a letter and not end in a hyphen, got '${value}'`,
    },
  ];
}

/** A problem unless `value` is one of `allowed`. */
export function oneOf(prop: string, value: string, allowed: readonly string[]): Problem[] {
  if (Token.isUnresolved(value) || allowed.includes(value)) return [];
  return [{ code: 'UnknownValue', text: `'${prop}' must be one of ${allowed.join(', ')}, got '${value}'` }];
}

/** A problem unless `count` items are within `[min, max]`. */
export function countBetween(prop: string, count: number, min: number, max: number, unit: string): Problem[] {
  if (count >= min && count <= max) return [];
  return [{ code: 'CountOutOfRange', text: `'${prop}' must hold ${min} to ${max} ${unit}, got ${count}` }];
}

/** A problem for every value that occurs more than once. */
export function unique(prop: string, values: readonly string[]): Problem[] {
  const repeated = [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
  return repeated.map((value) => ({
    code: 'DuplicateValue',
    text: `'${prop}' must not repeat a value, got '${value}' more than once; remove or rename one`,
  }));
}

/** A problem unless `image` ends in a sha256 digest. */
export function pinnedImage(prop: string, image: string): Problem[] {
  if (Token.isUnresolved(image) || /@sha256:[0-9a-f]{64}$/.test(image)) return [];
  return [
    {
      code: 'ImageNotPinned',
      text: `'${prop}' must be pinned by digest ('<repository>@sha256:<64 hex digits>'), got '${image}'`,
    },
  ];
}

/** A problem unless `digest` is `sha256:` and 64 lower-case hex digits. */
export function sha256Digest(prop: string, digest: string): Problem[] {
  if (Token.isUnresolved(digest) || /^sha256:[0-9a-f]{64}$/.test(digest)) return [];
  return [{ code: 'InvalidDigest', text: `'${prop}' must be 'sha256:' and 64 lower-case hex digits, got '${digest}'` }];
}

/** A problem with `code` and `text` when `broken` is true. */
export function when(broken: boolean, code: string, text: string): Problem[] {
  return broken ? [{ code, text }] : [];
}

/** Throws one error that lists every problem; call it before anything is defined. */
export function requireNone(scope: IConstruct, ...problems: Problem[][]): void {
  const all = problems.flat();
  if (all.length > 0) throw new PlatformError(all, scope);
}
