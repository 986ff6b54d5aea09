import type { CfnTable } from 'aws-cdk-lib/aws-glue';

/** Columns of a CloudTrail log, as the SerDe of Athena reads them. @see https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table-partition-projection.html */
const COLUMNS: Readonly<Record<string, string>> = {
  eventversion: 'string',
  useridentity:
    'struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,username:string,' +
    'sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,' +
    'sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,' +
    'ec2roledelivery:string,webidfederationdata:struct<federatedprovider:string,attributes:map<string,string>>>>',
  eventtime: 'string',
  eventsource: 'string',
  eventname: 'string',
  awsregion: 'string',
  sourceipaddress: 'string',
  useragent: 'string',
  errorcode: 'string',
  errormessage: 'string',
  requestparameters: 'string',
  responseelements: 'string',
  additionaleventdata: 'string',
  requestid: 'string',
  eventid: 'string',
  readonly: 'string',
  resources: 'array<struct<arn:string,accountid:string,type:string>>',
  eventtype: 'string',
  apiversion: 'string',
  recipientaccountid: 'string',
  serviceeventdetails: 'string',
  sharedeventid: 'string',
  vpcendpointid: 'string',
  eventcategory: 'string',
  tlsdetails: 'struct<tlsversion:string,ciphersuite:string,clientprovidedhostheader:string>',
};

/** Where the logs of a trail are, and which regions they come from. */
export interface TrailLogs {
  /** `s3://` address up to and with `CloudTrail`, without a slash at the end. */
  readonly location: string;
  /** Regions to look in. */
  readonly regions: readonly string[];
}

/** The Glue table over the logs of a trail; partitions by region and day need no crawler. */
export function trailTable(name: string, { location, regions }: TrailLogs): CfnTable.TableInputProperty {
  return {
    name,
    description: 'API calls, by region and day',
    tableType: 'EXTERNAL_TABLE',
    partitionKeys: [
      { name: 'region', type: 'string' },
      { name: 'day', type: 'string' },
    ],
    parameters: {
      'projection.enabled': 'true',
      'projection.region.type': 'enum',
      'projection.region.values': regions.join(','),
      'projection.day.type': 'date',
      'projection.day.format': 'yyyy/MM/dd',
      'projection.day.interval': '1',
      'projection.day.interval.unit': 'DAYS',
      'projection.day.range': '2025/01/01,NOW',
      'storage.location.template': `${location}/\${region}/\${day}`,
    },
    storageDescriptor: {
      columns: Object.entries(COLUMNS).map(([column, type]) => ({ name: column, type })),
      location,
      inputFormat: 'com.amazon.emr.cloudtrail.CloudTrailInputFormat',
      outputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
      serdeInfo: { serializationLibrary: 'org.apache.hive.hcatalog.data.JsonSerDe' },
    },
  };
}
