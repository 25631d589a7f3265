#!/usr/bin/env python3
"""Writes the registry of Zoho Books' record types and operations that the simulator embeds.

usage: books-registry.py REFERENCE_FOLDER > crates/zoho-sim/src/books/registry.json

It keeps paths, keys, types, lengths, choices, statuses and the texts that answers carry, and no prose.
"""
import csv
import json
import sys

folder = sys.argv[1]


def read(name):
    with open(f"{folder}/{name}") as file:
        return json.load(file)


registry, fields = read("zoho-books-registry.json"), read("zoho-books-fields.json")
wire, seed = read("zoho-books-wire-shapes.json"), read("zoho-books-seed.json")

KINDS = {"string": "", "number": 0.5, "integer": 0, "boolean": False, "?": ""}


def blank_of_wire(shape):
    """A recorded shape as the value that stands where nothing is known: texts empty, numbers zero, lists empty."""
    if isinstance(shape, dict):
        return {name: blank_of_wire(part) for name, part in shape.items()}
    if isinstance(shape, list):
        return []
    return KINDS.get(shape.split("|")[0].strip(), "")


def blank_of_tree(tree):
    kind = tree.get("type")
    if kind == "array":
        return []
    if kind == "object":
        return {name: blank_of_tree(part) for name, part in tree.get("fields", {}).items()}
    return KINDS.get(kind, "")


def rule_of(tree):
    """How a member of a body is checked: type, greatest length, choices, members."""
    rule = {"t": tree.get("type", "?")[0]}
    if "max" in tree:
        rule["m"] = tree["max"]
    if "enum" in tree and tree.get("type") == "string":
        rule["e"] = tree["enum"]
    if tree.get("required"):
        rule["r"] = True
    if "fields" in tree:
        rule["f"] = {name: rule_of(part) for name, part in tree["fields"].items()}
    if tree.get("type") == "array" and isinstance(tree.get("items"), str):
        rule["i"] = tree["items"][0]
    return rule


def blank_of(name, verb):
    recorded = wire["shapes"].get(f"{name}.{'detail' if verb == 'get' else 'list'}")
    published = fields.get(name, {}).get(verb, {}).get("fields", {})
    if recorded:
        only_elsewhere = set(recorded.get("only_IN", []))
        return {k: blank_of_wire(v) for k, v in recorded["fields"].items() if k not in only_elsewhere}
    return {k: blank_of_tree(v) for k, v in published.items()}


def tree_of_wire(shape):
    """Names within names; `None` for what is plain or not known within."""
    if isinstance(shape, list):
        return tree_of_wire(shape[0]) if shape else None
    if isinstance(shape, dict):
        return {name: tree_of_wire(part) for name, part in shape.items()} or None
    return None


def tree_of_fields(fields):
    return {name: tree_of_fields(part["fields"]) if part.get("fields") else None for name, part in fields.items()} or None


def joined(trees):
    """What any of them has. Nothing is known within a member that one of them leaves open and none of the others describes."""
    trees = [tree for tree in trees if isinstance(tree, dict)]
    if not trees:
        return None
    names = dict.fromkeys(name for tree in trees for name in tree)
    return {name: joined([tree[name] for tree in trees if name in tree]) for name in names}


# Record types that are moved from state to state, by paths that are published, whatever is said of their members.
STATED = {entry["name"] for entry in registry["record_types"]
          if any("/status/" in action["path"] for action in entry["actions"])}


def shape_of(name, verb):
    """All members that an answer may hold: recorded, published, or taken from a body. A single record that was not recorded may
    hold what its row holds too, since the published ones lack a lot."""
    of = fields.get(name, {})
    row, detail = wire["shapes"].get(f"{name}.list"), wire["shapes"].get(f"{name}.detail")
    is_row = verb == "list"
    answers = ["list"] if is_row else ["get", "create_answer"] + ([] if detail else ["list"])
    recorded = [row] if is_row or not detail else [detail]
    trees = [tree_of_wire(shape["fields"]) for shape in recorded if shape]
    trees += [tree_of_fields(of[each]["fields"]) for each in answers if of.get(each, {}).get("fields")]
    if not trees:
        return None
    bodies = () if is_row else ("create", "update")
    trees += [tree_of_fields(of[each]["fields"]) for each in bodies if of.get(each, {}).get("fields")]
    if name in STATED:
        trees.append({"status": None})
    return joined(trees)


def parts_of(name):
    """Empty parts of the lists of objects in a single record, as recorded or else as published."""
    recorded = wire["shapes"].get(f"{name}.detail")
    if recorded:
        elsewhere = recorded.get("only_IN", [])
        lists = {k: v[0] for k, v in recorded["fields"].items() if isinstance(v, list) and v and k not in elsewhere}
        return {k: blank_of_wire(v) for k, v in lists.items() if isinstance(v, dict)}
    published = fields.get(name, {}).get("get", {}).get("fields", {})
    lists = {k: v["fields"] for k, v in published.items() if v.get("type") == "array" and v.get("fields")}
    return {k: {name: blank_of_tree(part) for name, part in v.items()} for k, v in lists.items()}


NAMES = {"contact": "Contact", "estimate": "Quote", "chart_of_account": "Account", "bank_account": "Account"}
types, roles = [], {}
for number, entry in enumerate(registry["record_types"]):
    name, verbs = entry["name"], entry["verbs"]
    listing, create = verbs.get("list", {}), verbs.get("create", {})
    filters = list(listing.get("params", []))
    for more in listing.get("variants", {}).values():
        filters += [form for form in more if form not in filters]
    context = listing.get("wire_page_context", {})
    types.append({
        "name": name,
        "thing": NAMES.get(name, name.replace("_", " ").title()),
        "list_key": entry["list_key"],
        "item_key": entry["item_key"],
        "id_field": entry["id_field"],
        "parent": entry["parent"],
        "paginated": listing.get("paginated", False),
        "context": context or None,
        "filters": filters,
        "filter_by": listing.get("filter_by", []),
        "status": listing.get("status", []),
        "sorts": listing.get("sort_columns", []),
        "required": create.get("required", []),
        "create": {k: rule_of(v) for k, v in fields.get(name, {}).get("create", {}).get("fields", {}).items()},
        "update": {k: rule_of(v) for k, v in fields.get(name, {}).get("update", {}).get("fields", {}).items()},
        "row": blank_of(name, "list"),
        "record": blank_of(name, "get"),
        "row_shape": shape_of(name, "list"),
        "record_shape": shape_of(name, "get"),
        "parts": parts_of(name),
        "defaults": wire["create_defaults"].get(name, {}),
    })
    for verb, what in verbs.items():
        key = (what["method"], what["path"])
        text = what.get("wire_message") or what.get("message")
        status = what.get("wire_status") or what["documented_status"]
        roles.setdefault(key, (number, verb, text, status, what.get("wire_allow")))
    for what in entry["actions"]:
        roles.setdefault((what["method"], what["path"]), (number, "action", None, None, None))

operations = []
with open(f"{folder}/zoho-books-operations.tsv") as file:
    for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
        path = row["path"].replace("(\\d+)", "")
        number, role, text, status, allow = roles.get((row["method"], row["path"]), (None, "action", None, None, None))
        if number is None:
            for other, entry in enumerate(registry["record_types"]):
                listing = entry["verbs"].get("list", {}).get("path")
                if entry["parent"] is None and listing and path.startswith(listing + "/") and role == "action":
                    number = other
        operation = {
            "method": row["method"],
            "path": path,
            "id": row["operation_id"],
            "scope": row["scope"],
            "status": status or int(row["success"]),
            "kind": number,
            "role": role,
            "text": text or row["message"] or None,
        }
        for name, column in (("query", "mandatory_query"), ("body", "body_mandatory"), ("answer", "answer_members")):
            if row[column]:
                operation[name] = [part for part in row[column].replace(" ", "").split(",") if part]
        if allow:
            operation["allow"] = allow
        operations.append(operation)

# A debit note to a customer is an invoice of another type: the same paths and records, found after those of invoices.
position = {entry["name"]: number for number, entry in enumerate(types)}
of_debit_notes = [operation for operation in operations if operation["kind"] == position["customer_debit_note"]]
operations = [operation for operation in operations if operation not in of_debit_notes]
operations += [{**operation, "kind": position["invoice"]} for operation in of_debit_notes]


# What is not published and answers all the same.
def live(path, kind, role, scope, operation_id, answer=()):
    operation = {"method": "GET", "path": path, "id": operation_id, "scope": scope, "status": 200,
                 "kind": position.get(kind), "role": role, "text": "success", "is_unpublished": True}
    if answer:
        operation["answer"] = list(answer)
    operations.append(operation)


live("/pricebooks/{pricebook_id}", "price_list", "get", "ZohoBooks.settings.READ", "get_pricebook")
live("/vendors", "contact", "list", "ZohoBooks.contacts.READ", "list_vendors")
live("/documents", None, "action", "ZohoBooks.documents.READ", "list_documents", ["documents"])
live("/documents/{document_id}", None, "action", "ZohoBooks.documents.READ", "get_document")
live("/categories", None, "action", "ZohoBooks.settings.READ", "list_categories", ["categories"])
live("/brands", None, "action", "ZohoBooks.settings.READ", "list_brands", ["brands"])
known = {(operation["method"], operation["path"]) for operation in operations}
for report, member in (("profitandloss", "profit_and_loss"), ("balancesheet", "balance_sheet"),
                       ("trialbalance", "trialbalance"), ("generalledger", "generalledger"), ("taxsummary", "tax")):
    if ("GET", f"/reports/{report}") not in known:
        live(f"/reports/{report}", None, "action", "ZohoBooks.reports.READ", f"report_{report}", [member])
if ("GET", "/chartofaccounts/transactions") not in known:
    live("/chartofaccounts/transactions", "account_transaction", "list", "ZohoBooks.accountants.READ",
         "list_account_postings")
for published, also in (("/recurring_bills/{recurring_bill_id}", "/recurringbills/{recurring_bill_id}"),):
    for operation in list(operations):
        if operation["path"] == published and (operation["method"], also) not in known:
            operations.append({**operation, "path": also, "is_unpublished": True})

print("{\n\"types\": [")
print(",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in types))
print("],\n\"operations\": [")
print(",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in operations))
start = {
    "account_types": seed["account_type_list_order"],
    "accounts": seed["accounts"],
    "currencies": seed["currencies"],
}
print("],\n\"start\":", json.dumps(start, ensure_ascii=False, separators=(",", ":")))
print("}")
