export { DeliveryApi, type DeliveryApiProps, type DeliveryOperation } from './delivery-api';
export { DeliveryBus, type DeliveryBusProps } from './delivery-bus';
export { DeliveryBusGrants } from './delivery-bus-grants';
export { EvaluationSuite, type EvaluationSuiteProps } from './evaluation-suite';
export { HumanReview, type HumanReviewProps, type RiskTier } from './human-review';
export { HumanReviewGrants } from './human-review-grants';
export { HumanReviewMetrics } from './human-review-metrics';
export { ModelPromotion, type ModelPromotionProps } from './model-promotion';
export { ModelRegistration, type ModelRegistrationProps } from './model-registration';
export { ModelSubmission, type ModelSubmissionProps } from './model-submission';
export { ModelSubmissionGrants } from './model-submission-grants';
export type { ComputeContext, ComputeStates } from './private/compute-states';
export type { SageMakerComputeProps, SageMakerNetwork } from './private/sage-maker-compute';
export type { WorkersComputeProps } from './private/workers-compute';
export { PromotionGate, type PromotionGateProps } from './promotion-gate';
export type { MetricGate } from './promotion-gate/judge';
export type { PromotionStores } from './promotion-stores';
export { ReviewTable, type ReviewTableProps } from './review-table';
export { TrainingCompute } from './training-compute';
export {
  type TrainingContainer,
  type TrainingDataset,
  TrainingPipeline,
  type TrainingPipelineProps,
  type TrainingSchedule,
} from './training-pipeline';
export { TrainingPipelineGrants } from './training-pipeline-grants';
export { TrainingPipelineMetrics } from './training-pipeline-metrics';
export { WorkerQueue, type WorkerQueueProps } from './worker-queue';
export { WorkerQueueGrants } from './worker-queue-grants';
