"""CloudFormation handlers for the types that the emulator lacks, and a watch on those that it has."""

import hashlib
from collections.abc import Callable
from typing import Any

from local_aws.journal import Journal
from local_aws.templates import Templates
from local_aws.watched import watch

Handler = dict[str, Any]
Created = tuple[str, dict[str, Any]]

# Types whose Ref is their ARN; every other one answers its name property, else a generated id.
_REF_IS_ARN = {
    "AWS::APS::RuleGroupsNamespace",
    "AWS::APS::Workspace",
    "AWS::S3Vectors::Index",
    "AWS::S3Vectors::VectorBucket",
    "AWS::SageMaker::MlflowApp",
}
_ID_PREFIX = {"AWS::EC2::NatGateway": "nat-", "AWS::EC2::EIP": "eipalloc-", "AWS::EC2::FlowLog": "fl-"}

# Manifests and Helm releases: without an API server their Lambda has nothing to talk to.
RECORDED_CUSTOM_TYPES = "Custom::AWSCDK-EKS-"


class Handlers(dict[str, Handler]):
    """The emulator's handler table, which answers for every type that a template names."""

    def __init__(self, own: dict[str, Handler], templates: Templates, journal: Journal, account: str, region: str) -> None:
        super().__init__(own)
        self._templates, self._journal, self._place = templates, journal, (region, account)

    def __contains__(self, kind: object) -> bool:
        return self.get(str(kind)) is not None

    def __getitem__(self, kind: str) -> Handler:
        handler = self.get(kind)
        if handler is None:
            raise KeyError(kind)
        return handler

    def get(self, kind: str, default: Any = None) -> Any:
        """The handler of ``kind``: the emulator's own, watched, or one that only records."""
        own = super().get(kind)
        attributes = self._templates.attributes(kind)
        recorder = Recorder(kind, attributes or set(), self._journal, *self._place)
        if own:
            return {**own, "create": recorder.around(own["create"])} if "create" in own else own
        if kind.startswith(RECORDED_CUSTOM_TYPES) or (attributes is not None and kind.startswith("AWS::")):
            return recorder.handlers()
        return default


class Recorder:
    """Records the resources of one type."""

    def __init__(self, kind: str, attributes: set[str], journal: Journal, region: str, account: str) -> None:
        self._kind, self._attributes, self._journal = kind, sorted(attributes), journal
        self._region, self._account = region, account
        parts = kind.lower().split("::")
        self._service, self._short = parts[1], parts[-1]

    def handlers(self) -> Handler:
        """Handlers that create nothing and write down what they were given."""
        return {
            "create": self._create,
            "update_with_logical_id": True,
            "update": lambda ref, _old, new, stack, logical_id=None: self._create(logical_id or ref, new, stack, "update"),
            "delete": lambda ref, _props: self._journal.write("delete", self._kind, None, None, ref),
        }

    def around(self, create: Callable[..., Created]) -> Callable[..., Created]:
        """The emulator's own ``create``, with the attributes that it leaves out filled in, and both written down."""

        def watched(logical_id: str, props: dict[str, Any], stack: str) -> Created:
            seen = watch(props)
            ref, attributes = create(logical_id, seen, stack)
            if ignored := sorted(set(seen.unseen())):
                self._journal.write("ignored", self._kind, stack, logical_id, ref, ignored=ignored, properties=props)
            gaps = {name: props.get(name, self._invent(name, ref, ref)) for name in self._attributes if name not in attributes}
            if gaps:
                self._journal.write("filled", self._kind, stack, logical_id, ref, invented=gaps)
            return ref, {**attributes, **gaps}

        return watched

    def _create(self, logical_id: str, props: dict[str, Any], stack: str, action: str = "create") -> Created:
        ident = _ID_PREFIX.get(self._kind, "rec-") + hashlib.sha256(f"{stack}/{logical_id}".encode()).hexdigest()[:17]
        names = ("name", f"{self._short}name")
        name = next((str(value) for key, value in props.items() if key.lower() in names), ident)
        arn = f"arn:aws:{self._service}:{self._region}:{self._account}:{self._short}/{name}"
        ref = arn if self._kind in _REF_IS_ARN else name
        values = {attribute: self._invent(attribute, arn, ident) for attribute in self._attributes}
        self._journal.write(action, self._kind, stack, logical_id, ref, properties=props, invented=values)
        return ref, values

    def _invent(self, attribute: str, arn: str, ident: str) -> str:
        last, host = attribute.split(".")[-1], f"{ident}.{self._service}.{self._region}.amazonaws.com"
        if last.lower().endswith("arn"):
            return arn
        known = {"Endpoint": f"https://{host}/", "PrometheusEndpoint": f"https://{host}/", "Address": host, "Port": "6379"}
        return known.get(last, ident)
