declare module 'asl-validator' {
  /** Problems of an Amazon States Language definition. */
  export default function validate(definition: object): {
    readonly isValid: boolean;
    readonly errors: readonly object[];
  };
}
