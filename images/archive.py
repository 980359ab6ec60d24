#!/usr/bin/env python3
"""Writes container images as files, with no engine and no registry.

    archive.py write --output IMAGE.tar --name NAME:TAG --arch amd64|arm64 [--base BASE.tar] [--config CONFIG.json] [--gzip] LAYER...
    archive.py show IMAGE.tar

A LAYER is a folder, which becomes one layer: everything in it, owned by root except for what a file named .owners beside the folder's
content says (lines "UID:GID PATH"). The output is an OCI image layout and a docker archive in one file, so docker load, podman load,
ctr images import and skopeo all read it. The same input gives the same bytes: names are sorted, times are fixed.

A BASE is such a file of anyone (docker save, skopeo copy): its layers come first and its settings stay where CONFIG does not say otherwise.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import stat
import sys
import tarfile
import tempfile

# 2026-01-01T00:00:00Z, as in the jars: an ahead-of-time cache is good only for jars with the times that it was made with.
TIME = 1767225600
CREATED = "2026-01-01T00:00:00Z"
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"


class Hashing:
    """Passes bytes on and knows their digest and number."""

    def __init__(self, out):
        self.out, self.sha, self.size = out, hashlib.sha256(), 0

    def write(self, data):
        self.sha.update(data)
        self.size += len(data)
        return self.out.write(data)

    def flush(self):
        self.out.flush()

    @property
    def digest(self):
        return self.sha.hexdigest()


class Blob:
    """One content-addressed part of an image, in a temporary file."""

    def __init__(self, path, digest, size, diff=None):
        self.path, self.digest, self.size, self.diff = path, digest, size, diff or digest


def owners_of(folder):
    owners = {}
    file = os.path.join(folder, ".owners")
    if os.path.exists(file):
        for line in open(file):
            who, path = line.split(None, 1)
            uid, gid = who.split(":")
            owners[path.strip().strip("/")] = (int(uid), int(gid))
    return owners


def entries(folder):
    found = []
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            found.append(os.path.relpath(os.path.join(parent, name), folder))
    return sorted(name for name in found if name != ".owners")


def layer_of(folder, scratch, compress):
    """The folder as one layer: sorted, without times, owners and hard links of the machine that builds."""
    owners = owners_of(folder)
    path = tempfile.mktemp(dir=scratch)
    with open(path, "wb") as raw:
        packed = Hashing(raw)
        squeezed = gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="", compresslevel=6) if compress else packed
        plain = Hashing(squeezed)
        with tarfile.open(fileobj=plain, mode="w|", format=tarfile.PAX_FORMAT) as tar:
            for name in entries(folder):
                source = os.path.join(folder, name)
                status = os.lstat(source)
                item = tarfile.TarInfo(name)
                item.mtime = TIME
                item.mode = stat.S_IMODE(status.st_mode)
                item.uid, item.gid = owners.get(name, (0, 0))
                if stat.S_ISLNK(status.st_mode):
                    item.type, item.linkname, item.mode = tarfile.SYMTYPE, os.readlink(source), 0o777
                    tar.addfile(item)
                elif stat.S_ISDIR(status.st_mode):
                    item.type = tarfile.DIRTYPE
                    tar.addfile(item)
                elif stat.S_ISREG(status.st_mode):
                    item.size = status.st_size
                    with open(source, "rb") as data:
                        tar.addfile(item, data)
                else:
                    raise SystemExit(f"archive: {source} is neither file, folder nor link")
        if compress:
            squeezed.close()
    return Blob(path, packed.digest, packed.size, plain.digest)


def json_blob(value, scratch):
    data = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    path = tempfile.mktemp(dir=scratch)
    with open(path, "wb") as out:
        out.write(data)
    return Blob(path, hashlib.sha256(data).hexdigest(), len(data))


def read_base(file, arch, scratch):
    """The layers and the configuration of an image that somebody else wrote."""
    with tarfile.open(file) as tar:
        names = set(tar.getnames())

        def member(name):
            return tar.extractfile(name.removeprefix("./") if name in names else "./" + name)

        if "manifest.json" in names:
            first = json.load(member("manifest.json"))[0]
            config, layers = json.load(member(first["Config"])), first["Layers"]
        elif "index.json" in names:
            index = json.load(member("index.json"))
            while True:
                fitting = [m for m in index["manifests"] if m.get("platform", {}).get("architecture", arch) == arch]
                if not fitting:
                    raise SystemExit(f"archive: {file} has no image for {arch}")
                inner = json.load(member("blobs/" + fitting[0]["digest"].replace(":", "/")))
                if "manifests" not in inner:
                    break
                index = inner
            config = json.load(member("blobs/" + inner["config"]["digest"].replace(":", "/")))
            layers = ["blobs/" + layer["digest"].replace(":", "/") for layer in inner["layers"]]
        else:
            raise SystemExit(f"archive: {file} is neither a docker archive nor an OCI layout (it has no manifest.json and no index.json)")
        if config.get("architecture", arch) != arch:
            raise SystemExit(f"archive: {file} is for {config['architecture']}, and this image for {arch}")
        blobs = []
        for name, diff in zip(layers, config["rootfs"]["diff_ids"]):
            path = tempfile.mktemp(dir=scratch)
            with open(path, "wb") as raw:
                out, data = Hashing(raw), member(name)
                while chunk := data.read(1 << 20):
                    out.write(chunk)
            blobs.append(Blob(path, out.digest, out.size, diff.removeprefix("sha256:")))
    return config, blobs


def is_gzip(blob):
    with open(blob.path, "rb") as data:
        return data.read(2) == b"\x1f\x8b"


def environment(base, ours):
    merged = dict(pair.split("=", 1) for pair in base or [])
    merged.update(pair.split("=", 1) for pair in ours or [])
    return [f"{key}={value}" for key, value in merged.items()]


def merged_config(base, ours, arch, layers):
    run = dict(base.get("config") or {})
    for key, value in ours.items():
        if key == "Env":
            run["Env"] = environment(run.get("Env"), value)
        elif key == "Labels":
            run["Labels"] = {**(run.get("Labels") or {}), **value}
        else:
            run[key] = value
    if "Entrypoint" in ours and "Cmd" not in ours:
        run.pop("Cmd", None)
    return {
        "architecture": arch,
        "os": "linux",
        "created": CREATED,
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + layer.diff for layer in layers]},
    }


def descriptor(kind, blob):
    return {"mediaType": kind, "digest": "sha256:" + blob.digest, "size": blob.size}


def write(options):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(options.output))) as scratch:
        base, layers = read_base(options.base, options.arch, scratch) if options.base else ({}, [])
        layers += [layer_of(folder, scratch, options.gzip) for folder in options.layers]
        ours = json.load(open(options.config)) if options.config else {}
        config = json_blob(merged_config(base, ours, options.arch, layers), scratch)
        manifest = json_blob(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": descriptor(CONFIG, config),
                "layers": [descriptor(LAYER + "+gzip" if is_gzip(layer) else LAYER, layer) for layer in layers],
            },
            scratch,
        )
        tag = options.name.rsplit(":", 1)[-1]
        entry = descriptor(MANIFEST, manifest)
        entry["platform"] = {"architecture": options.arch, "os": "linux"}
        entry["annotations"] = {"io.containerd.image.name": options.name, "org.opencontainers.image.ref.name": tag}
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}
        docker = [
            {
                "Config": "blobs/sha256/" + config.digest,
                "RepoTags": [options.name],
                "Layers": ["blobs/sha256/" + layer.digest for layer in layers],
            }
        ]
        blobs = {blob.digest: blob for blob in [config, manifest, *layers]}
        with tarfile.open(options.output + ".new", "w", format=tarfile.PAX_FORMAT) as tar:

            def add(name, data, size):
                item = tarfile.TarInfo(name)
                item.size, item.mode, item.mtime = size, 0o644, TIME
                tar.addfile(item, data)

            for name, value in [("oci-layout", {"imageLayoutVersion": "1.0.0"}), ("index.json", index), ("manifest.json", docker)]:
                data = json.dumps(value, sort_keys=True).encode()
                add(name, io.BytesIO(data), len(data))
            for digest in sorted(blobs):
                with open(blobs[digest].path, "rb") as data:
                    add("blobs/sha256/" + digest, data, blobs[digest].size)
        os.replace(options.output + ".new", options.output)


def show(options):
    """One line: name, size, and the sizes of its layers in the order in which they lie."""
    with tarfile.open(options.image) as tar:
        image = json.load(tar.extractfile("manifest.json"))[0]
        sizes = [tar.getmember(layer).size for layer in image["Layers"]]
        packed = tar.extractfile(image["Layers"][0]).read(2) == b"\x1f\x8b"
    print(f"{image['RepoTags'][0]}: {sum(sizes) / 1e6:.1f} MB {'compressed' if packed else 'unpacked'}, layers {' '.join(f'{size / 1e6:.1f}' for size in sizes)}")


def main():
    parser = argparse.ArgumentParser(prog="archive.py")
    commands = parser.add_subparsers(required=True)
    writer = commands.add_parser("write")
    writer.add_argument("--output", required=True)
    writer.add_argument("--name", required=True)
    writer.add_argument("--arch", required=True)
    writer.add_argument("--base")
    writer.add_argument("--config")
    writer.add_argument("--gzip", action="store_true")
    writer.add_argument("layers", nargs="*")
    writer.set_defaults(run=write)
    shower = commands.add_parser("show")
    shower.add_argument("image")
    shower.set_defaults(run=show)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    sys.exit(main())
