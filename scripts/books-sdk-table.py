#!/usr/bin/env python3
"""Writes the SDK's table of Zoho Books' record types (crates/zoho/src/books/registry/table.rs).

usage: scripts/books-sdk-table.py REFERENCE_FOLDER > crates/zoho/src/books/registry/table.rs

The folder holds zoho-books-registry.json, -fields.json and -wire-shapes.json. Names, paths and types are taken over, no
sentences. What the published files get wrong (and real answers show otherwise) is mended in CORRECTIONS below.
"""

import json
import re
import sys
from pathlib import Path

folder = Path(sys.argv[1])
registry = json.loads((folder / "zoho-books-registry.json").read_text())
published = json.loads((folder / "zoho-books-fields.json").read_text())
shapes = json.loads((folder / "zoho-books-wire-shapes.json").read_text())["shapes"]

VERBS = ["list", "create", "get", "update", "delete"]
# Members that many record types take although their published bodies leave them out.
COMMON = {
    "custom_fields": {"type": "array", "items": "object", "fields": {
        name: {"type": kind} for name, kind in {
            "customfield_id": "string", "api_name": "string", "label": "string", "index": "integer", "value": "any",
            "field_id": "string", "data_type": "string", "value_formatted": "string", "placeholder": "string",
            "is_active": "boolean", "show_on_pdf": "boolean", "show_in_all_pdf": "boolean",
            "show_in_portal": "boolean", "show_in_store": "boolean", "edit_on_portal": "boolean",
            "edit_on_store": "boolean", "is_dependent_field": "boolean", "search_entity": "string",
            "selected_option_id": "string"}.items()}},
    "tags": {"type": "array", "items": "object", "fields": {"tag_id": {"type": "string"}, "tag_option_id": {"type": "string"}}},
}
# Facts that the published files lack or have wrong.
OTHER_PATHS = {
    ("recurring_bill", "get"): ("/recurringbills/{recurring_bill_id}", "/recurring_bills/{recurring_bill_id}"),
    ("recurring_bill", "delete"): ("/recurringbills/{recurring_bill_id}", "/recurring_bills/{recurring_bill_id}"),
    ("account_transaction", "list"): ("/chartofaccounts/transactions", "/chartofaccounts/accounttransactions"),
}
EXTRA_PARAMS = {
    "contact": ["last_modified_time"],
    "bank_rule": ["account_id"],
    "invoice": ["type"],
    "estimate": ["date"],
}
EXTRA_FIELDS = {
    "customer_payment": {"invoices": {"type": "array", "items": "object", "fields": {
        "invoice_id": {"type": "string"}, "amount_applied": {"type": "number"}, "tax_amount_withheld": {"type": "number"}}}},
    "item": {"unit": {"type": "string"}, "purchase_rate": {"type": "any"}, "tags": COMMON["tags"]},
}
EXTRA_VERBS = {"price_list": {"get": {"method": "GET", "path": "/pricebooks/{pricebook_id}",
                                      "operation_id": "get_pricebook", "scope": "ZohoBooks.settings.READ"}}}
LIST_DEFAULTS = {"customer_debit_note": [("filter_by", "Type.DebitNote")]}
PER_PAGE_MAX = {"chart_of_account": 5000}


def text(value):
    return json.dumps(value, ensure_ascii=True)


def clean_path(path):
    path = path.replace("/option/(\\d+)/", "/option/{option_id}/").replace("/reportingtags/(\\d+)/", "/reportingtags/{tag_id}/")
    assert re.fullmatch(r"[/A-Za-z0-9_{}]+", path), path
    return path


# --- fields ---------------------------------------------------------------------------------------------------------

def from_shape(shape):
    """The wire shapes' notation as a field tree."""
    tree = {}
    for name, kind in shape.items():
        if isinstance(kind, dict):
            tree[name] = {"type": "object", "fields": from_shape(kind)}
        elif isinstance(kind, list):
            inner = kind[0] if kind else None
            tree[name] = {"type": "array", "items": "object" if isinstance(inner, dict) else "any",
                          "fields": from_shape(inner) if isinstance(inner, dict) else {}}
        elif kind in ("string", "number", "integer", "boolean"):
            tree[name] = {"type": kind}
        else:
            tree[name] = {"type": "any"}
    return tree


def merge(into, tree, has_precedence):
    for name, field in tree.items():
        if not re.fullmatch(r"[A-Za-z0-9_]+", name) or name.startswith("cf_"):
            continue
        old = into.get(name)
        if old is None:
            into[name] = {"type": field.get("type", "any"), "max": field.get("max"), "items": field.get("items"), "fields": {}}
            old = into[name]
        elif old["type"] != field.get("type") and not has_precedence:
            # The same member was seen with two types.
            scalar = {"string", "number", "integer", "boolean"}
            both = {old["type"], field.get("type")}
            if not both <= scalar:
                old["type"] = "any"
        if field.get("fields"):
            merge(old["fields"], field["fields"], has_precedence)


def fields_of(name):
    tree = {}
    verbs = published.get(name, {})
    for verb in ("create", "update"):
        merge(tree, verbs.get(verb, {}).get("fields", {}), True)
    merge(tree, EXTRA_FIELDS.get(name, {}), True)
    for extra, field in EXTRA_FIELDS.get(name, {}).items():
        tree[extra]["type"] = field["type"]
    if tree:
        merge(tree, COMMON, True)
        for verb in ("get", "list"):
            merge(tree, verbs.get(verb, {}).get("fields", {}), False)
        for part in ("detail", "list"):
            merge(tree, from_shape(shapes.get(f"{name}.{part}", {}).get("fields", {})), False)
        for line in ("line_items",):
            if line in tree:
                merge(tree[line]["fields"], {"tags": COMMON["tags"], "item_custom_fields": COMMON["custom_fields"]}, True)
    loosen(tree)
    return tree


def loosen(tree):
    """A custom field's value has the type that the organisation gave it."""
    for name, field in tree.items():
        if name.endswith("custom_fields") and "value" in field["fields"]:
            field["fields"]["value"]["type"] = "any"
        loosen(field["fields"])


slices = {}


def field_slice(tree):
    if not tree:
        return "&[]"
    rows = []
    for name in sorted(tree):
        field = tree[name]
        kind = field["type"]
        if kind == "string":
            rows.append(f"t({text(name)},{field['max'] or 0})")
        elif kind in ("number", "integer", "boolean"):
            rows.append(f"{kind[0]}({text(name)})")
        elif kind == "object":
            rows.append(f"o({text(name)},{field_slice(field['fields'])})")
        elif kind == "array" and field.get("items") in ("object", None, "?"):
            rows.append(f"l({text(name)},{field_slice(field['fields'])})")
        elif kind == "array":
            rows.append(f"v({text(name)})")
        else:
            rows.append(f"a({text(name)})")
    body = ",".join(rows)
    if body not in slices:
        slices[body] = f"F{len(slices)}"
    return slices[body]


# --- operations -----------------------------------------------------------------------------------------------------

def operation(name, verb, facts):
    path, other = OTHER_PATHS.get((name, verb), (clean_path(facts["path"]), None))
    method = facts["method"][0].lower()
    method = {"g": "GET", "p": "POST" if facts["method"] == "POST" else "PUT", "d": "DELETE"}[method]
    query = [q for q in facts.get("required_query", []) if q != "tag_id" or "{tag_id}" not in path]
    other = f"Some({text(other)})" if other else "None"
    query = "&[" + ",".join(text(q) for q in query) + "]"
    return f"Operation{{id:{text(facts['operation_id'])},method:{method},path:{text(path)},other_path:{other},scope:{text(facts['scope'])},required_query:{query}}}"


def action(collection, facts):
    path = clean_path(facts["path"])
    rest = path[len(collection):] if collection and path.startswith(collection + "/") or path == collection else None
    if rest is not None and not rest.startswith("/{"):
        is_on_record, words = False, rest
    elif "{" in path:
        is_on_record, words = True, path.split("}", 1)[1]
    else:
        is_on_record, words = False, path
    words = "/".join(part for part in words.split("/") if part and not part.startswith("{"))
    return f"Action{{name:{text(words)},is_on_record:{str(is_on_record).lower()},operation:{operation('', '', facts)}}}"


def rows_have(name, member):
    rows = set(published.get(name, {}).get("list", {}).get("fields", {}))
    rows |= set(shapes.get(f"{name}.list", {}).get("fields", {}))
    return str(member in rows).lower()


def strings(values):
    return "&[" + ",".join(text(value) for value in values) + "]"


def list_facts(name, facts):
    params = []
    for param in facts["params"] + EXTRA_PARAMS.get(name, []):
        for spelled in [param] + facts.get("variants", {}).get(param, []):
            if spelled not in params and spelled not in ("page", "per_page", "organization_id"):
                params.append(spelled)
    for spelled in [v for values in facts.get("variants", {}).values() for v in values]:
        if spelled not in params:
            params.append(spelled)
    seen = facts.get("wire_page_context", {})
    filters, sorts = list(facts.get("filter_by", [])), list(facts.get("sort_columns", []))
    if filters and seen.get("applied_filter") and seen["applied_filter"] not in filters:
        filters.append(seen["applied_filter"])
    if sorts and seen.get("sort_column") and seen["sort_column"] not in sorts:
        sorts.append(seen["sort_column"])
    if sorts and "sort_column" not in params:
        params.append("sort_column")
    if "sort_column" in params and "sort_order" not in params:
        params.append("sort_order")
    defaults = "&[" + ",".join(f"({text(a)},{text(b)})" for a, b in LIST_DEFAULTS.get(name, [])) + "]"
    return (f"Listing{{is_paged:{str(bool(facts.get('paginated'))).lower()},params:{strings(sorted(params))},filter_by:{strings(filters)},"
            f"sort_columns:{strings(sorts)},defaults:{defaults},per_page_max:{PER_PAGE_MAX.get(name, 200)},"
            f"rows_have_created_time:{rows_have(name, 'created_time')},rows_have_modified_time:{rows_have(name, 'last_modified_time')}}}")


def key(value):
    return f"Some({text(value)})" if value else "None"


out = []
for row in registry["record_types"]:
    name, verbs = row["name"], dict(row["verbs"])
    verbs.update(EXTRA_VERBS.get(name, {}))
    first = verbs.get("list") or verbs.get("create") or verbs.get("get")
    collection = clean_path(first["path"])
    if row["parent"] and "list" in verbs:
        collection = ""
    parts = [f"name:{text(name)},parent:{key(row['parent'])},list_key:{key(row['list_key'])},item_key:{key(row['item_key'])},id_field:{key(row['id_field'])}"]
    for verb in VERBS:
        parts.append(f"{verb}:" + (f"Some({operation(name, verb, verbs[verb])})" if verb in verbs else "None"))
    parts.append("listing:" + (f"Some({list_facts(name, verbs['list'])})" if "list" in verbs else "None"))
    actions = ",\n  ".join(action(collection, facts) for facts in row["actions"])
    parts.append(f"actions:&[{actions}]")
    parts.append(f"fields:{field_slice(fields_of(name))}")
    out.append((name, "RecordType{" + ",".join(parts) + "}"))

print("//! Written by `scripts/books-sdk-table.py`; do not edit. One table of facts, hence longer than other files.")
print()
print("use super::{Action, Field, Kind, Listing, Method::*, Operation, RecordType};")
print("""
const fn f(name: &'static str, kind: Kind) -> Field { Field { name, kind } }
const fn t(name: &'static str, length_max: u16) -> Field { f(name, Kind::Text { length_max }) }
const fn n(name: &'static str) -> Field { f(name, Kind::Number) }
const fn i(name: &'static str) -> Field { f(name, Kind::Integer) }
const fn b(name: &'static str) -> Field { f(name, Kind::Boolean) }
const fn o(name: &'static str, fields: &'static [Field]) -> Field { f(name, Kind::Object(fields)) }
const fn l(name: &'static str, fields: &'static [Field]) -> Field { f(name, Kind::Objects(fields)) }
const fn v(name: &'static str) -> Field { f(name, Kind::Values) }
const fn a(name: &'static str) -> Field { f(name, Kind::Any) }
""")
for body, label in slices.items():
    print(f"static {label}: &[Field] = &[{body}];")
print()
print("pub(super) static RECORD_TYPES: &[RecordType] = &[")
for name, row in sorted(out):
    print(row + ",")
print("];")
