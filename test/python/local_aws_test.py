"""The recorder around the AWS emulator: what it records, what it watches, what it makes up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from local_aws.journal import Journal
from local_aws.recorder import Handlers
from local_aws.templates import Templates
from local_aws.watched import watch


class World:
    """A cloud assembly, a handler table with one emulated type, and the journal."""

    def __init__(self, home: Path) -> None:
        self.assembly = home / "cdk.out"
        self.assembly.mkdir()
        self.journal = home / "recorded.jsonl"
        self.handlers = Handlers(
            {"AWS::S3::Bucket": {"create": self._bucket, "delete": lambda _ref, _props: None}},
            Templates(self.assembly),
            Journal(self.journal),
            "123456789012",
            "eu-west-1",
        )

    def synthesise(self, resources: dict[str, Any]) -> None:
        """Writes the resources as one template."""
        (self.assembly / "one.template.json").write_text(json.dumps({"Resources": resources}))
        (self.assembly / "manifest.json").write_text("{}")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The journal."""
        return [json.loads(line) for line in self.journal.read_text().splitlines()]

    @staticmethod
    def _bucket(_logical_id: str, props: dict[str, Any], _stack: str) -> tuple[str, dict[str, Any]]:
        return props["BucketName"], {"Arn": f"arn:aws:s3:::{props['BucketName']}"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A fresh world."""
    return World(tmp_path)


def test_a_type_of_no_template_is_unknown(world: World) -> None:
    world.synthesise({})
    assert "AWS::APS::Workspace" not in world.handlers
    with pytest.raises(KeyError):
        world.handlers["AWS::APS::Workspace"]


def test_a_type_that_the_emulator_lacks_is_recorded_and_nothing_else(world: World) -> None:
    world.synthesise(
        {
            "Amp": {"Type": "AWS::APS::Workspace"},
            "Reader": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Value": {"Fn::GetAtt": ["Amp", "PrometheusEndpoint"]}},
            },
        }
    )
    ref, attributes = world.handlers["AWS::APS::Workspace"]["create"]("Amp", {"Alias": "x"}, "one")
    assert ref.startswith("arn:aws:aps:eu-west-1:123456789012:")
    assert attributes["PrometheusEndpoint"].startswith("https://")
    assert [(row["action"], row["logicalId"]) for row in world.rows] == [("create", "Amp")]
    assert world.rows[0]["properties"] == {"Alias": "x"}


@pytest.mark.parametrize("kind", ["HelmChart", "KubernetesResource", "KubernetesObjectValue"])
def test_kubernetes_objects_are_recorded(world: World, kind: str) -> None:
    handler = world.handlers[f"Custom::AWSCDK-EKS-{kind}"]
    handler["create"]("Chart", {"Release": "gateway"}, "one")
    handler["update"]("Chart", {}, {"Release": "gateway"}, "one", "Chart")
    handler["delete"]("Chart", {})
    assert [row["action"] for row in world.rows] == ["create", "update", "delete"]


def test_other_custom_resources_are_left_to_the_emulator(world: World) -> None:
    world.synthesise({"Own": {"Type": "Custom::S3AutoDeleteObjects"}})
    assert world.handlers.get("Custom::S3AutoDeleteObjects") is None


def test_properties_that_nobody_read_are_listed(world: World) -> None:
    props = {"BucketName": "b", "BucketEncryption": {"Rules": []}}
    assert world.handlers["AWS::S3::Bucket"]["create"]("Bucket", props, "one")[0] == "b"
    assert [(row["action"], row["ignored"]) for row in world.rows] == [("ignored", ["BucketEncryption"])]


def test_attributes_that_the_emulator_leaves_out_are_made_up_and_listed(world: World) -> None:
    world.synthesise(
        {
            "Bucket": {"Type": "AWS::S3::Bucket"},
            "Reader": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Value": {"Fn::Sub": "${Bucket.DomainName}/${Bucket.Arn}"}},
            },
        }
    )
    _, attributes = world.handlers["AWS::S3::Bucket"]["create"]("Bucket", {"BucketName": "b"}, "one")
    assert attributes["Arn"] == "arn:aws:s3:::b"
    assert [(row["action"], list(row["invented"])) for row in world.rows] == [("filled", ["DomainName"])]


def test_templates_are_read_again_when_they_were_written_again(world: World) -> None:
    world.synthesise({})
    assert "AWS::APS::Workspace" not in world.handlers
    (world.assembly / "manifest.json").unlink()
    world.synthesise({"Amp": {"Type": "AWS::APS::Workspace"}})
    assert "AWS::APS::Workspace" in world.handlers


def test_an_inner_map_counts_as_read_only_as_far_as_it_was_read() -> None:
    seen = watch({"Kept": {"A": 1}, "Opened": {"B": 1, "C": 2}, "Missed": 1})
    _ = seen["Kept"], seen["Opened"]["B"]
    assert sorted(seen.unseen()) == ["Missed", "Opened.C"]


def test_what_is_written_as_a_whole_counts_as_read() -> None:
    seen = watch({"A": [{"B": 1}]})
    json.dumps(dict(seen.items()))
    assert list(seen.unseen()) == []
