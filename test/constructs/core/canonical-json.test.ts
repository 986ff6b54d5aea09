import { canonicalJson, sha256 } from '../../../constructs';

describe('canonicalJson', () => {
  test.each([
    ['keys are sorted by code unit', { b: 1, a: 2, Z: 3, é: 4 }, '{"Z":3,"a":2,"b":1,"é":4}'],
    ['nested, without spaces', { a: [1, { d: null, c: true }] }, '{"a":[1,{"c":true,"d":null}]}'],
    ['numbers as ECMAScript writes them', [1.0, 1e21, 0.000001, -0], '[1,1e+21,0.000001,0]'],
    ['strings are escaped', 'a"\n', '"a\\"\\n"'],
  ])('%s', (_, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (value) => {
    expect(() => canonicalJson({ value })).toThrow('not a JSON number');
  });

  test('sha256 of a known text', () => {
    expect(sha256('abc')).toBe('sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
