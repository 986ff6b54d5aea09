"""Ends with an error unless the weights in S3 are the ones that were asked for.

The digest of the manifest is given; the manifest holds the digest of every file. S3 keeps the SHA-256 of an object that
was uploaded with one, so that nothing has to be read twice; a file without is read and hashed. Files that the manifest
does not list, and formats that can carry code, are refused: the server reads the whole folder.
"""

import base64
import hashlib
import json
import os
import sys

import boto3

MANIFEST_LIMIT = 4 * 2**20
SUFFIXES = (".safetensors", ".json", ".txt", ".model", ".jinja", ".md")
CHUNK = 8 * 2**20


class Refused(Exception):
    """What lies in the bucket is not what was asked for."""


def read_manifest(s3, bucket, key, digest):
    """Returns the digest of each file by its path."""
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read(MANIFEST_LIMIT + 1)
    if len(body) > MANIFEST_LIMIT:
        raise Refused(f"{key} is larger than {MANIFEST_LIMIT} bytes")
    found = "sha256:" + hashlib.sha256(body).hexdigest()
    if found != digest:
        raise Refused(f"{key} has digest {found}, asked for {digest}")
    files = {entry["path"]: entry["sha256"] for entry in json.loads(body)["files"]}
    if not files:
        raise Refused(f"{key} lists no file")
    return files


def list_folder(s3, bucket, folder):
    """Returns the paths of the objects below `folder`."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=folder)
    return {item["Key"][len(folder) :] for page in pages for item in page.get("Contents", [])}


def digest_of(s3, bucket, key):
    """Returns the SHA-256 of an object, in hexadecimal."""
    head = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    stored = head.get("ChecksumSHA256")
    if stored and head.get("ChecksumType", "FULL_OBJECT") == "FULL_OBJECT" and "-" not in stored:
        return base64.b64decode(stored).hex()
    sha = hashlib.sha256()
    for chunk in s3.get_object(Bucket=bucket, Key=key)["Body"].iter_chunks(CHUNK):
        sha.update(chunk)
    return sha.hexdigest()


def verify(s3, bucket, key, digest):
    """Checks every object of the folder of `key` and returns how many there are."""
    folder, name = key.rsplit("/", 1)
    folder += "/"
    files = read_manifest(s3, bucket, key, digest)
    unlisted = list_folder(s3, bucket, folder) - set(files) - {name}
    if unlisted:
        raise Refused(f"not in the manifest: {', '.join(sorted(unlisted))}")
    unsafe = [path for path in files if not path.endswith(SUFFIXES)]
    if unsafe:
        raise Refused(f"may carry code: {', '.join(sorted(unsafe))}")
    for path, expected in sorted(files.items()):
        found = digest_of(s3, bucket, folder + path)
        if found != expected:
            raise Refused(f"{path} has digest sha256:{found}, the manifest says sha256:{expected}")
    return len(files)


def main():
    """Checks what the environment names; returns the exit code."""
    bucket, key = os.environ["MODEL_BUCKET"], os.environ["MODEL_MANIFEST"]
    try:
        count = verify(boto3.client("s3"), bucket, key, os.environ["MODEL_DIGEST"])
    except Exception as error:
        print(json.dumps({"event": "refused", "key": key, "reason": str(error)}), file=sys.stderr)
        return 65
    print(json.dumps({"event": "verified", "key": key, "files": count}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
