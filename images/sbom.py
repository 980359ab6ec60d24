#!/usr/bin/env python3
"""Writes what an image contains as a CycloneDX 1.6 document: its Debian packages, its Java runtime, its jars.

    sbom.py --name NAME --version VERSION --arch ARCH --output FILE.cdx.json LAYER...

The layers are the folders that the image is made of. A jar's coordinates are those that it has in the local Maven repository, or else
those in its own META-INF/maven.
"""

import argparse
import glob
import hashlib
import json
import os
import re
import uuid
import zipfile

REPOSITORY = os.path.expanduser(os.environ.get("MAVEN_REPOSITORY", "~/.m2/repository"))


def fields(text):
    found = {}
    for line in text.splitlines():
        if line[:1] not in (" ", "\t") and ":" in line:
            key, value = line.split(":", 1)
            found[key] = value.strip()
    return found


def packages(layer, arch):
    for file in sorted(glob.glob(layer + "/var/lib/dpkg/status.d/*")):
        about = fields(open(file, encoding="utf-8").read())
        name, version = about["Package"], about["Version"]
        yield {
            "type": "library",
            "name": name,
            "version": version,
            "supplier": {"name": about.get("Maintainer", "Debian")},
            "purl": f"pkg:deb/debian/{name}@{version.replace('+', '%2B')}?arch={about.get('Architecture', arch)}&distro=debian-12",
        }


def runtime(layer):
    for file in glob.glob(layer + "/opt/weft/jre/release"):
        about = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', open(file).read(), re.M))
        version = about["JAVA_VERSION"]
        yield {
            "type": "platform",
            "name": "java-runtime",
            "version": version,
            "supplier": {"name": about.get("IMPLEMENTOR", "unknown")},
            "purl": f"pkg:generic/java-runtime@{version}",
            "properties": [{"name": "weft:modules", "value": about.get("MODULES", "")}],
        }


def coordinates(jar, known):
    name = os.path.basename(jar)
    if name in known:
        return known[name]
    with zipfile.ZipFile(jar) as content:
        for entry in content.namelist():
            if entry.startswith("META-INF/maven/") and entry.endswith("/pom.properties"):
                about = dict(line.split("=", 1) for line in content.read(entry).decode().splitlines() if "=" in line)
                return about["groupId"], about["artifactId"], about["version"]
    match = re.match(r"(.+?)-(\d.*)\.jar$", name)
    return "unknown", match.group(1) if match else name, match.group(2) if match else "unknown"


def jars(layer, known):
    for file in sorted(glob.glob(layer + "/opt/weft/lib/*/*.jar")):
        group, artifact, version = coordinates(file, known)
        yield {
            "type": "library",
            "group": group,
            "name": artifact,
            "version": version,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(open(file, "rb").read()).hexdigest()}],
            "purl": f"pkg:maven/{group}/{artifact}@{version}",
        }


def of_the_repository():
    """Jar name to coordinates, of every jar in the local Maven repository: the path says them."""
    known = {}
    for folder, _, files in os.walk(REPOSITORY):
        for name in files:
            if name.endswith(".jar"):
                path, version = os.path.split(folder)
                path, artifact = os.path.split(path)
                known[name] = os.path.relpath(path, REPOSITORY).replace(os.sep, "."), artifact, version
    return known


def main():
    parser = argparse.ArgumentParser(prog="sbom.py")
    for option in ("name", "version", "arch", "output"):
        parser.add_argument("--" + option, required=True)
    parser.add_argument("layers", nargs="+")
    options = parser.parse_args()
    known, components = of_the_repository(), []
    for layer in options.layers:
        components += [*packages(layer, options.arch), *runtime(layer), *jars(layer, known)]
    for component in components:
        component["bom-ref"] = component["purl"]
    image = {"type": "container", "name": options.name, "version": options.version, "bom-ref": "image"}
    identity = json.dumps([image, components], sort_keys=True)
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "urn:uuid:" + str(uuid.uuid5(uuid.NAMESPACE_URL, identity)),
        "version": 1,
        "metadata": {"component": image},
        "components": components,
    }
    with open(options.output, "w", encoding="utf-8") as out:
        json.dump(document, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
