"""After a deployment: creates, through the emulator's own API, what only its CloudFormation lacks or leaves out."""

import argparse
import json
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import botocore.exceptions
import botocore.session

Properties = dict[str, Any]
Call = tuple[str, str, Callable[[str, Properties], dict[str, Any]]]


def _only(*names: str) -> Callable[[str, Properties], dict[str, Any]]:
    return lambda _ref, p: {name: p[name] for name in names if name in p}


def _lower(*names: str) -> Callable[[str, Properties], dict[str, Any]]:
    return lambda _ref, p: {name[0].lower() + name[1:]: p[name] for name in names if name in p}


def _trail(_ref: str, p: Properties) -> dict[str, Any]:
    names = ("S3BucketName", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "IsMultiRegionTrail", "EnableLogFileValidation")
    return {"Name": p.get("TrailName", "trail"), **_only(*names)("", p)}


def _archive(_ref: str, p: Properties) -> dict[str, Any]:
    pattern = {"EventPattern": json.dumps(p["EventPattern"])} if "EventPattern" in p else {}
    return {"ArchiveName": p.get("ArchiveName", "archive"), "EventSourceArn": p["SourceArn"], **pattern, **_only("RetentionDays")("", p)}


def _flow_log(_ref: str, p: Properties) -> dict[str, Any]:
    names = ("ResourceType", "TrafficType", "LogDestinationType", "LogGroupName", "DeliverLogsPermissionArn", "LogDestination")
    return {"ResourceIds": [p["ResourceId"]], **_only(*names)("", p)}


def _encryption(ref: str, p: Properties) -> dict[str, Any]:
    rules = p["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    return {
        "Bucket": ref,
        "ServerSideEncryptionConfiguration": {
            "Rules": [
                {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"], "BucketKeyEnabled": rule.get("BucketKeyEnabled", False)}
                for rule in rules
            ]
        },
    }


# Types that are only recorded, and the calls that create them.
RECORDED: dict[str, list[Call]] = {
    "AWS::Athena::NamedQuery": [("athena", "create_named_query", _only("Name", "Database", "QueryString", "WorkGroup"))],
    "AWS::CloudTrail::Trail": [
        ("cloudtrail", "create_trail", _trail),
        ("cloudtrail", "start_logging", lambda _ref, p: {"Name": p.get("TrailName", "trail")}),
    ],
    "AWS::CloudWatch::CompositeAlarm": [("cloudwatch", "put_composite_alarm", lambda _ref, p: dict(p))],
    "AWS::EC2::FlowLog": [("ec2", "create_flow_logs", _flow_log)],
    "AWS::EKS::AccessEntry": [("eks", "create_access_entry", _lower("ClusterName", "PrincipalArn", "Type", "KubernetesGroups"))],
    "AWS::EKS::Addon": [("eks", "create_addon", _lower("ClusterName", "AddonName", "AddonVersion"))],
    "AWS::EKS::PodIdentityAssociation": [
        ("eks", "create_pod_identity_association", _lower("ClusterName", "Namespace", "ServiceAccount", "RoleArn")),
    ],
    "AWS::Events::Archive": [("events", "create_archive", _archive)],
    "AWS::WAFv2::WebACLAssociation": [("wafv2", "associate_web_acl", _only("WebACLArn", "ResourceArn"))],
}

# Types that are emulated, the property that is ignored, and the call that sets it.
IGNORED: dict[str, dict[str, Call]] = {
    "AWS::DynamoDB::Table": {
        "PointInTimeRecoverySpecification": (
            "dynamodb",
            "update_continuous_backups",
            lambda ref, p: {
                "TableName": ref,
                "PointInTimeRecoverySpecification": _only("PointInTimeRecoveryEnabled")("", p["PointInTimeRecoverySpecification"]),
            },
        ),
    },
    "AWS::S3::Bucket": {
        "BucketEncryption": ("s3", "put_bucket_encryption", _encryption),
        "ObjectLockConfiguration": (
            "s3",
            "put_object_lock_configuration",
            lambda ref, p: {"Bucket": ref, "ObjectLockConfiguration": p["ObjectLockConfiguration"]},
        ),
    },
    "AWS::SNS::Topic": {
        "KmsMasterKeyId": (
            "sns",
            "set_topic_attributes",
            lambda ref, p: {"TopicArn": ref, "AttributeName": "KmsMasterKeyId", "AttributeValue": p["KmsMasterKeyId"]},
        ),
    },
}


def complete(args: argparse.Namespace) -> None:
    """Calls the API for what was recorded or ignored, and writes what came of it to ``completed.json``."""
    home = pathlib.Path(args.home).resolve()
    session = botocore.session.get_session()
    clients: dict[str, Any] = {}
    done: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    for row in map(json.loads, (home / "recorded.jsonl").read_text().splitlines()):
        for service, operation, arguments in _calls(row):
            what = {"type": row["type"], "stack": row["stack"], "logicalId": row["logicalId"], "call": f"{service}:{operation}"}
            if service not in clients:
                clients[service] = _client(session, service, args, home)
            try:
                getattr(clients[service], operation)(**arguments(row["physicalId"], row["properties"]))
                done.append(what)
            except (botocore.exceptions.ClientError, botocore.exceptions.ParamValidationError, KeyError) as error:
                refused.append({**what, "error": f"{type(error).__name__}: {error}"})
    (home / "completed.json").write_text(json.dumps({"done": done, "refused": refused}, indent=1))


def _calls(row: dict[str, Any]) -> Iterator[Call]:
    if row["stack"] == "CDKToolkit":  # its asset bucket asks for KMS without a key, which the emulator refuses
        return
    if row["action"] == "create":
        yield from RECORDED.get(row["type"], [])
    for prop, call in IGNORED.get(row["type"], {}).items():
        if prop in row.get("ignored", []):
            yield call


def _client(session: Any, service: str, args: argparse.Namespace, home: pathlib.Path) -> Any:
    return session.create_client(
        service,
        region_name=args.region,
        endpoint_url=f"https://127.0.0.1:{args.port}",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        verify=str(home / "tmp/ministack-tls/server.crt"),
    )
