"""``python -m local_aws serve | complete``."""

import argparse

from local_aws.complete import complete
from local_aws.serve import serve


def main() -> None:
    """Parses the arguments and calls the command."""
    parser = argparse.ArgumentParser(prog="local_aws", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, call in (("serve", serve), ("complete", complete)):
        command = commands.add_parser(name, help=call.__doc__)
        command.set_defaults(call=call)
        command.add_argument("--home", required=True, help="folder for everything that is written")
        command.add_argument("--port", type=int, required=True)
        command.add_argument("--account", required=True)
        command.add_argument("--region", required=True)
        if name == "serve":
            command.add_argument("--assembly", required=True, help="cloud assembly of the stacks, may appear later")
            command.add_argument("--node-path", required=True, help="node_modules with the AWS SDK of the Lambda runtime")
    args = parser.parse_args()
    args.call(args)


if __name__ == "__main__":
    main()
