"""Trims Zoho's OpenAPI files to what the tests read: paths, parameters, bodies, answers and schemas, without any prose.

Called as: trim_oas.py FOLDER_OF_THE_PUBLISHED_FILES FOLDER. One line for each path and each schema, so that a new revision
shows what it changed.
"""

import json
import pathlib
import re
import sys

PROSE = {"description", "summary", "title", "tags", "externalDocs", "example", "examples", "operationId", "security", "servers"}
# Below these, keys are names that Zoho chose, and none of them is prose.
NAMES = {"properties", "patternProperties", "schemas", "responses", "parameters", "requestBodies", "headers", "paths", "content"}


def trimmed(value, is_names=False):
    if isinstance(value, dict):
        kept = value.items() if is_names else ((key, inner) for key, inner in value.items() if key not in PROSE)
        return {key: trimmed(inner, key in NAMES and not is_names) for key, inner in kept}
    if isinstance(value, list):
        return [trimmed(inner) for inner in value]
    if isinstance(value, str):
        return re.sub(r"^https://raw\.githubusercontent\.com/.*/([a-z_]+\.json#)", r"\1", value)
    return value


def lines(part):
    text = ",\n".join(f"{json.dumps(name)}:{json.dumps(inner, separators=(',', ':'))}" for name, inner in part.items())
    return "{\n" + text + "\n}"


source, target = map(pathlib.Path, sys.argv[1:3])
for file in sorted(source.glob("*.json")):
    document = json.loads(file.read_text())
    parts = {"paths": trimmed(document["paths"], True)}
    for name in ("parameters", "requestBodies", "responses", "schemas"):
        if name in document.get("components", {}):
            parts["components/" + name] = trimmed(document["components"][name], True)
    text = f'{{"paths":{lines(parts.pop("paths"))},"components":{{'
    text += ",".join(f"{json.dumps(name.split('/')[1])}:{lines(part)}" for name, part in parts.items())
    (target / file.name).write_text(text + "}}\n")
