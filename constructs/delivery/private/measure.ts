/** Namespace of the metrics of this area. */
export const METRIC_NAMESPACE = 'Groundplane/Delivery';

/**
 * One log line that CloudWatch turns into a metric of `model` (embedded metric format).
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function measurement(name: string, unit: 'Count' | 'Seconds', value: number, model: string, now: Date): string {
  return JSON.stringify({
    _aws: {
      Timestamp: now.getTime(),
      CloudWatchMetrics: [
        { Namespace: METRIC_NAMESPACE, Dimensions: [['Model']], Metrics: [{ Name: name, Unit: unit }] },
      ],
    },
    Model: model,
    [name]: value,
  });
}

/** Writes a line to the log as it is. */
export function writeLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
