"""Starts the emulator in the foreground, loopback only, with an environment of its own."""

import argparse
import os
import pathlib
import sys

from local_aws.conditions import teach_condition_keys
from local_aws.journal import Journal
from local_aws.recorder import Handlers
from local_aws.templates import Templates


def serve(args: argparse.Namespace) -> None:
    """Runs until it is stopped. Everything that it writes lies below ``args.home``."""
    home = pathlib.Path(args.home).resolve()
    temporary = home / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    kept = {key: os.environ[key] for key in ("PATH", "LANG") if key in os.environ}
    os.environ.clear()  # Lambdas inherit this environment
    os.environ.update(
        kept,
        HOME=str(home),
        TMPDIR=str(temporary),
        STATE_DIR=str(home / "state"),
        NODE_PATH=args.node_path,
        BIND_HOST="127.0.0.1",
        MINISTACK_HOST="127.0.0.1",
        GATEWAY_PORT=str(args.port),
        IOT_MTLS_ENABLED="0",
        AUTH="true",
        USE_SSL="1",
        CLOUDTRAIL_RECORDING="1",
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED="true",  # Lambdas run on the Node.js of this machine
        PYTHONDONTWRITEBYTECODE="1",  # of Python Lambdas
        MINISTACK_ACCOUNT_ID=args.account,
        MINISTACK_REGION=args.region,
    )
    from ministack import app  # reads the environment when it is imported
    from ministack.services.cloudformation import changesets, provisioners

    journal = Journal(home / "recorded.jsonl")
    templates = Templates(pathlib.Path(args.assembly).resolve())
    handlers = Handlers(provisioners._RESOURCE_HANDLERS, templates, journal, args.account, args.region)
    provisioners._RESOURCE_HANDLERS = changesets._RESOURCE_HANDLERS = handlers
    teach_condition_keys()
    app._port_is_bindable = lambda *_: False  # it would also take port 443
    sys.argv = ["ministack"]
    app.main()
