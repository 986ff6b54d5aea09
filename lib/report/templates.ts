import { type App, Stack } from 'aws-cdk-lib';

/** A resource as far as the report looks at it. */
export interface ReportedResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/** A template as far as the report looks at it. */
export interface ReportedTemplate {
  readonly Resources?: Readonly<Record<string, ReportedResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
}

/** Every stack of the app with its template, in the order of the tree. Synthesises the app. */
export function stackTemplates(app: App): { readonly stack: Stack; readonly template: ReportedTemplate }[] {
  const assembly = app.synth();
  const artifacts = [assembly, ...assembly.nestedAssemblies.map((nested) => nested.nestedAssembly)].flatMap(
    (one) => one.stacks,
  );
  return app.node
    .findAll()
    .filter(Stack.isStack)
    .map((stack) => {
      const artifact = artifacts.find(({ hierarchicalId }) => hierarchicalId === stack.node.path);
      if (!artifact) throw new Error(`the assembly has no template of stack '${stack.node.path}'`);
      return { stack, template: artifact.template as ReportedTemplate };
    });
}

/** What the stacks give each other: value by name of the export. */
export function exportedValues(templates: readonly ReportedTemplate[]): ReadonlyMap<string, unknown> {
  return new Map(
    templates
      .flatMap(({ Outputs = {} }) => Object.values(Outputs))
      .flatMap(({ Export, Value }) => (Export ? [[Export.Name, Value] as const] : [])),
  );
}
