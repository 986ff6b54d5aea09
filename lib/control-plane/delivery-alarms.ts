import { Duration, type Stack } from 'aws-cdk-lib';
import { ComparisonOperator, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { type ModelPromotion, OwnedAlarm, type TrainingPipeline, type WorkerQueue } from '../../constructs';
import type { PlatformConfig } from '../config/schema';
import { platformOwner } from '../owner';

/** What is watched, and who is told. */
export interface DeliveryWatch {
  readonly config: PlatformConfig;
  readonly promotion: ModelPromotion;
  readonly pipelines: readonly TrainingPipeline[];
  readonly workers?: WorkerQueue;
  readonly notify: IAlarmAction;
}

const ABOVE_ZERO = {
  threshold: 0,
  evaluationPeriods: 1,
  comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
};

/** Alarms on what nobody would notice otherwise: a decision that was not written down, a review or job that nobody takes. */
export function watchDelivery(stack: Stack, watch: DeliveryWatch): void {
  const common = { owner: platformOwner(watch.config), notify: watch.notify, ...ABOVE_ZERO };
  const { rejectionHandler, review, registration } = watch.promotion;
  const period = Duration.minutes(5);
  for (const [id, handler] of Object.entries({
    Rejection: rejectionHandler,
    ReviewRequest: review.requestHandler,
    ReviewDecision: review.decisionHandler,
    Registration: registration.handler,
  })) {
    new OwnedAlarm(stack, `${id}Errors`, {
      ...common,
      metric: handler.metricErrors({ period }),
      meaning: `The function ${id} failed: a decision on a model may not be written down.`,
      runbookSection: 'delivery-function-errors',
    });
  }
  for (const pipeline of watch.pipelines) {
    new OwnedAlarm(stack, `${pipeline.model}TrainingTimedOut`, {
      ...common,
      metric: pipeline.stateMachine.metricTimedOut({ period }),
      meaning: `The training workflow of ${pipeline.model} ran out of time.`,
      runbookSection: 'training-timed-out',
    });
  }
  if (watch.workers) watchWorkers(stack, watch.workers, common);
}

function watchWorkers(
  stack: Stack,
  workers: WorkerQueue,
  common: Pick<DeliveryWatch, 'notify'> & { owner: ReturnType<typeof platformOwner> } & typeof ABOVE_ZERO,
): void {
  new OwnedAlarm(stack, 'WorkersAbsent', {
    ...common,
    threshold: Duration.minutes(30).toSeconds(),
    metric: workers.metricOldestJob(),
    meaning: 'No worker has taken a job for 30 minutes.',
    runbookSection: 'workers-absent',
  });
  new OwnedAlarm(stack, 'JobsNotTaken', {
    ...common,
    metric: workers.deadLetters.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) }),
    meaning: 'A job was given to three workers and none kept it.',
    runbookSection: 'jobs-not-taken',
  });
}
