"""Trims Zoho's OpenAPI files of Books to what the tests read: the answers of each operation and their schemas, without prose.

Called as: trim_books_oas.py FOLDER_OF_THE_PUBLISHED_FILES RECORDED_SHAPES FOLDER, with PyYAML. RECORDED_SHAPES holds the types
that real answers had. One line for each path, schema and shape, so that a new revision shows what it changed.

Of the samples beside the schemas one thing is kept, as `sample`: the type of a sample that is not the type that is said of it.
Ids and codes that are written as bare numbers say nothing and are left out.
"""

import datetime
import json
import pathlib
import re
import sys

import yaml

KINDS = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object", type(None): "null",
         datetime.datetime: "string", datetime.date: "string"}


def trimmed(schema, file, wanted):
    if "$ref" in schema:
        name = schema["$ref"].split("/")[-1]
        wanted.append(name)
        return {"$ref": f"{file}/{name}"}
    kept = {}
    if "type" in schema:
        kept["type"] = schema["type"]
    if "enum" in schema:
        kept["enum"] = schema["enum"]
    if "properties" in schema:
        kept["properties"] = {name: trimmed(inner, file, wanted) for name, inner in schema["properties"].items()}
    if "items" in schema:
        kept["items"] = trimmed(schema["items"], file, wanted)
    if "example" in schema and "type" in schema:
        seen = KINDS[type(schema["example"])]
        is_number = {seen, schema["type"]} <= {"integer", "number"}
        if seen != schema["type"] and not is_number and not (schema["type"] == "string" and seen in ("integer", "number")):
            kept["sample"] = seen
    return kept


def lines(part):
    written = (f"{json.dumps(name)}:{json.dumps(inner, separators=(',', ':'))}" for name, inner in part.items())
    return "{\n" + ",\n".join(written) + "\n}"


source, shapes, target = map(pathlib.Path, sys.argv[1:4])
paths, schemas = {}, {}
for place in sorted(source.glob("*.yml")):
    document, file = yaml.safe_load(place.read_text()), place.stem
    wanted = []
    for path, item in document["paths"].items():
        operations = paths.setdefault(re.sub(r"\(\\d\+\)", "", path), {})
        for method, operation in item.items():
            if method not in ("get", "post", "put", "delete"):
                continue
            answers = operations.setdefault(method.upper(), {})
            for status, answer in operation["responses"].items():
                content = answer.get("content", {})
                schema = content.get("application/json", {}).get("schema", {})
                answers.setdefault(status, []).append(trimmed(schema, file, wanted))
                if any(kind != "application/json" for kind in content):
                    answers["file"] = True
    while wanted:
        name = wanted.pop()
        if f"{file}/{name}" not in schemas:
            schemas[f"{file}/{name}"] = None
            schemas[f"{file}/{name}"] = trimmed(document["components"]["schemas"][name], file, wanted)

(target / "published.json").write_text(f'{{"paths":{lines(paths)},"schemas":{lines(dict(sorted(schemas.items())))}}}\n')
recorded = {}
for name, shape in json.loads(shapes.read_text())["shapes"].items():
    elsewhere = shape.get("only_IN", [])
    recorded[name] = {member: kind for member, kind in shape["fields"].items() if member not in elsewhere}
    recorded[name + " elsewhere"] = {member: kind for member, kind in shape["fields"].items() if member in elsewhere}
(target / "recorded.json").write_text(lines({name: shape for name, shape in recorded.items() if shape}) + "\n")
