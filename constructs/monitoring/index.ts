export { GatewayMonitoring, type GatewayMonitoringProps, type IMonitoredEdge } from './gateway-monitoring';
export { type IMonitoredModel, InferenceMonitoring, type InferenceMonitoringProps } from './inference-monitoring';
export type { AlertingRule, RecordingRule, RuleGroup } from './metric-rule';
export { MetricWorkspace, type MetricWorkspaceProps, rulesFile, type ScraperProps } from './metric-workspace';
export { MonthlyBudget, type MonthlyBudgetProps } from './monthly-budget';
export { NotificationChannel, type NotificationChannelProps } from './notification-channel';
export { PlatformDashboard, type PlatformDashboardProps } from './platform-dashboard';
