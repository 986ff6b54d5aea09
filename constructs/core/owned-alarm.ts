import { Alarm, type AlarmProps, type IAlarmAction, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Owner } from './owner';

/** Properties for `OwnedAlarm`. */
export interface OwnedAlarmProps extends AlarmProps {
  /** Who is told, and what they do. */
  readonly owner: Owner;
  /** What is wrong when the alarm is on, in one sentence. */
  readonly meaning: string;
  /** Section of the owner's runbook, in kebab-case, for example `gateway-errors`. */
  readonly runbookSection: string;
  /**
   * Where the alarm and its recovery are sent.
   *
   * @default - nowhere; `NotificationChannel` of `monitoring` is the usual one
   */
  readonly notify?: IAlarmAction;
}

/**
 * A CloudWatch alarm that names its owner and its runbook in its description and notifies on alarm and on recovery.
 *
 * Missing data does not raise it unless `treatMissingData` says so. Costs about 0.10 USD per month.
 */
export class OwnedAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: OwnedAlarmProps) {
    const { owner, meaning, runbookSection, notify, ...alarm } = props;
    super(scope, id, {
      treatMissingData: TreatMissingData.NOT_BREACHING,
      ...alarm,
      alarmDescription: `${meaning} Owner: ${owner.team} (${owner.contact}). Runbook: ${owner.runbook}#${runbookSection}`,
    });
    if (notify) {
      this.addAlarmAction(notify);
      this.addOkAction(notify);
    }
  }
}
