import { stringify } from 'yaml';

/** What the scraper of a cell collects: the model servers, and the proxies of the gateway. */
export function scrapeConfiguration(): string {
  return stringify({
    global: { scrape_interval: '30s' },
    scrape_configs: [
      podJob('models', 'models', '/metrics', [
        { source_labels: ['__meta_kubernetes_pod_labelpresent_groundplane_dev_model'], action: 'keep', regex: 'true' },
        { source_labels: ['__meta_kubernetes_pod_container_port_name'], action: 'keep', regex: 'http' },
      ]),
      podJob('proxies', 'envoy-gateway-system', '/stats/prometheus', [
        { source_labels: ['__meta_kubernetes_pod_container_port_name'], action: 'keep', regex: 'metrics' },
      ]),
    ],
  });
}

function podJob(name: string, namespace: string, path: string, keep: readonly object[]): object {
  return {
    job_name: name,
    metrics_path: path,
    kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: [namespace] } }],
    relabel_configs: [...keep, { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' }],
  };
}
