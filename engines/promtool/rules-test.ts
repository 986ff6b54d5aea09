import { App, Stack } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { stringify } from 'yaml';
import { EncryptionKey, InferenceMonitoring, MetricWorkspace, rulesFile } from '../../constructs';
import { predictorQueries } from '../../constructs/inference/private/queries';

/** Rules of a predictor as `InferenceMonitoring` writes them. */
export function predictorRules(): string {
  const stack = new Stack(new App(), 'Rules');
  const encryptionKey = new EncryptionKey(stack, 'Key', { description: 'rules' });
  const workspace = new MetricWorkspace(stack, 'Workspace', { encryptionKey, notify: new Topic(stack, 'Topic') });
  const served = { modelName: 'iris', modelVersion: '1.0.0' } as Parameters<typeof predictorQueries>[0];
  const { groups } = new InferenceMonitoring(stack, 'Iris', {
    workspace,
    model: {
      ...served,
      owner: { team: 'ml', contact: 'ml@example.com', runbook: 'docs/guides/runbooks.md' },
      metrics: { queries: predictorQueries(served) },
    },
  });
  return rulesFile(groups);
}

const labels = 'model="iris",version="1.0.0"';
const requests = (status: string, values: string) => ({
  series: `predictor_requests_total{${labels},route="predict",status="${status}"}`,
  values,
});
const running = { series: `predictor_in_flight{${labels}}`, values: '1x60' };

/** A case: what the server exports over an hour, and which alerts are on at its end. */
function alertCase(name: string, series: readonly object[], alertname: string, on: boolean): object {
  const alert = {
    exp_labels: { model: 'iris', version: '1.0.0', owner: 'ml' },
    exp_annotations: expect.annotations[alertname],
  };
  return {
    name,
    interval: '1m',
    input_series: series,
    alert_rule_test: [{ eval_time: '55m', alertname, exp_alerts: on ? [alert] : [] }],
  };
}

const annotated = (summary: string, section: string) => ({
  summary: `iris@1.0.0: ${summary}`,
  contact: 'ml@example.com',
  runbook: `docs/guides/runbooks.md#${section}`,
});
const expect: { readonly annotations: Readonly<Record<string, object>> } = {
  annotations: {
    ModelErrors: annotated('more than 1 % of requests fail.', 'model-errors'),
    ModelSlow: annotated('the 95th percentile of the latency is above 2 s.', 'model-slow'),
    ModelSilent: annotated('no metrics arrive: no replica runs, or none is scraped.', 'model-silent'),
  },
};

const buckets = (fast: string, all: string) =>
  [
    ['0.5', fast],
    ['5', all],
    ['+Inf', all],
  ].map(([le, values]) => ({
    series: `predictor_request_seconds_bucket{${labels},route="predict",le="${le}"}`,
    values,
  }));

/** Unit tests of the rules, as promtool reads them. `rules` is the name of the rules file beside it. */
export function rulesTest(rules: string): string {
  return stringify({
    rule_files: [rules],
    evaluation_interval: '1m',
    tests: [
      alertCase(
        'half of the requests fail',
        [running, requests('200', '0+60x60'), requests('500', '0+60x60')],
        'ModelErrors',
        true,
      ),
      alertCase(
        'one request in a thousand fails',
        [running, requests('200', '0+1000x60'), requests('500', '0+1x60')],
        'ModelErrors',
        false,
      ),
      alertCase(
        'nothing fails and no error was ever counted',
        [running, requests('200', '0+60x60')],
        'ModelErrors',
        false,
      ),
      alertCase('every request takes seconds', [running, ...buckets('0x60', '0+60x60')], 'ModelSlow', true),
      alertCase('every request is fast', [running, ...buckets('0+60x60', '0+60x60')], 'ModelSlow', false),
      alertCase('the server is gone', [], 'ModelSilent', true),
      alertCase('the server is there', [running], 'ModelSilent', false),
    ],
  });
}
