"""Every reading call of every class of the SDK: each must be answered so that the SDK can read it."""

import importlib
import inspect
import pkgutil
import re

import zohocrmsdk.src.com.zoho.crm.api as api
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, ParameterMap
from zohocrmsdk.src.com.zoho.crm.api.exception import SDKException

from . import kit
from .kit import STEPS, Missing, code_of, is_refusal

NOTHING = 5725767000009999999
LEADS = {"module", "module_api_name", "module_name", "modulename"}


def classes():
    for package in pkgutil.iter_modules(api.__path__):
        try:
            module = importlib.import_module(f"{api.__name__}.{package.name}.{package.name}_operations")
        except ModuleNotFoundError:
            continue
        for name, kind in vars(module).items():
            if inspect.isclass(kind) and name.endswith("Operations") and kind.__module__ == module.__name__:
                yield package.name, kind


def argument(name, package, call, lead):
    if name == "param_instance":
        return parameters(package, call)
    if name == "header_instance":
        return HeaderMap()
    if name in LEADS:
        return "Leads"
    if name in ("record_id", "id", "lead_id", "masterrecordid"):
        return lead
    if name == "related_list_api_name":
        return "Notes"
    if name in ("portal", "portal_name", "feature_api_name", "api_name", "filters", "external_value", "external_field_value"):
        return "data_enrichment"
    if name in ("type", "x_crm_org", "cvid", "fields", "function_name", "auth_type", "arguments"):
        return None
    return NOTHING


def parameters(package, call):
    made = ParameterMap()
    name = "".join(part.capitalize() for part in call.split("_")) + "Param"
    holder = getattr(importlib.import_module(f"{api.__name__}.{package}"), name, None)
    if hasattr(holder, "module"):
        made.add(holder.module, "Leads")
    return made


def asked(package, kind, call, lead):
    """Calls, and gives an id as text where the SDK wants it so."""
    texts = set()

    def filled(function):
        for name in list(inspect.signature(function).parameters)[1:]:
            value = argument(name, package, call, lead)
            yield str(value) if name in texts else value

    while True:
        try:
            return getattr(kind(*filled(kind.__init__)), call)(*filled(getattr(kind, call)))
        except SDKException as error:
            wanted = re.search(r"KEY: (\w+) EXPECTED TYPE: str", str(error))
            if not wanted or wanted[1] in texts:
                raise
            texts.add(wanted[1])


def reading(package, kind, call):
    def read():
        answer = asked(package, kind, call, kit.lead())
        if answer is None or answer.get_object() is None:
            return
        if is_refusal(answer.get_object()):
            code = code_of(answer.get_object())
            assert code, vars(answer.get_object())
            if kit.is_unknown(answer.get_object()):
                raise Missing(code)

    return f"read_{package}_{call}", read


for package, kind in classes():
    for call, function in vars(kind).items():
        is_request = "request" in inspect.signature(function).parameters if inspect.isfunction(function) else True
        if call.startswith("get_") and not is_request:
            STEPS.append(reading(package, kind, call))
