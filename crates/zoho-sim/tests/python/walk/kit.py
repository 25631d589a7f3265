"""What all steps share: the SDK's start, the register of steps, and how answers are read.

A step that asks for what the simulator does not have is *missing*, and any other surprise fails it. Steps stand alone: each
makes the records that it needs.
"""

import importlib
import json
import sys
import traceback
import urllib.request

from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
from zohocrmsdk.src.com.zoho.api.logger import Logger
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, Initializer, ParameterMap, SDKConfig
from zohocrmsdk.src.com.zoho.crm.api.dc.data_center import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.record import BodyWrapper, Record, RecordOperations

STEPS = []
UNKNOWN = {"INVALID_URL_PATTERN", "INVALID_REQUEST_METHOD", "INVALID_MODULE", "FEATURE_NOT_ENABLED"}


class Missing(Exception):
    """The simulator has no such path, method or module."""


def start(url, folder):
    ORIGIN.append(url)
    Initializer.initialize(
        environment=DataCenter.Environment(url, url + "/oauth/v2/token", url),
        token=OAuthToken(
            client_id="1000.LEADWAYDEMO",
            client_secret="leadway-demo-secret",
            refresh_token="1000.leadway-demo-refresh",
        ),
        store=FileStore(file_path=folder + "/tokens.txt"),
        sdk_config=SDKConfig(auto_refresh_fields=False, pick_list_validation=True),
        resource_path=folder,
        logger=Logger.get_instance(level=Logger.Levels.ERROR, file_path=folder + "/sdk.log"),
    )


def step(function):
    STEPS.append((function.__name__, function))
    return function


def run():
    """Prints `done`, `missing` or `failed` for each step, and gives whether none failed."""
    is_good = True
    for name, function in STEPS:
        try:
            function()
            print("done", name)
        except Missing as missing:
            print("missing", name)
            print(name, "is missing:", missing, file=sys.stderr)
        except Exception as error:
            if "INVALID_MODULE" in str(error):
                print("missing", name)
                continue
            is_good = False
            print("failed", name)
            print(name, "failed:", traceback.format_exc(), file=sys.stderr)
    return is_good


def of(package, name):
    """A class of the SDK: `of("tags", "TagsOperations")`."""
    return getattr(importlib.import_module("zohocrmsdk.src.com.zoho.crm.api." + package), name)


def make(package, kind, /, **values):
    made = of(package, kind)()
    for key, value in values.items():
        getattr(made, "set_" + key)(value)
    return made


def record(**fields):
    made = Record()
    for name, value in fields.items():
        if name == "id":
            made.set_id(value)
        else:
            made.add_key_value(name, value)
    return made


def body(*records, **more):
    wrapper = BodyWrapper()
    wrapper.set_data(list(records))
    for key, value in more.items():
        getattr(wrapper, "set_" + key)(value)
    return wrapper


def parameters(holder, **values):
    """A map of parameters: `holder` is the SDK's class that names them."""
    made = ParameterMap()
    for name, value in values.items():
        made.add(getattr(holder, name), value)
    return made


def code_of(answer):
    code = answer.get_code() if hasattr(answer, "get_code") else None
    return code.get_value() if hasattr(code, "get_value") else code


def is_unknown(answer):
    """Whether the path, method, module or related list is unknown."""
    if answer is None or not is_refusal(answer) and not hasattr(answer, "get_code"):
        return False
    code, details = code_of(answer), getattr(answer, "get_details", dict)() or {}
    is_list = code == "INVALID_DATA" and isinstance(details, dict) and details.get("resource_path_index") == 2
    return code in UNKNOWN or is_list


def is_refusal(answer):
    return type(answer).__name__ in ("APIException", "ErrorDetails")


def got(response, *statuses):
    """The object of a good answer; its class is checked by the SDK itself, which chooses it by the keys of the answer."""
    answer, status = response.get_object(), response.get_status_code()
    if is_unknown(answer):
        raise Missing(code_of(answer))
    if is_refusal(answer):
        raise AssertionError((status, code_of(answer), vars(answer)))
    assert status in (statuses or (200, 201, 202, 204)), (status, answer and vars(answer))
    return answer


def items(response, *statuses, key="data"):
    """The outcomes of an action, all of them good."""
    outcomes = getattr(got(response, *statuses), "get_" + key)()
    for outcome in outcomes:
        if is_refusal(outcome):
            if code_of(outcome) in UNKNOWN:
                raise Missing(code_of(outcome))
            raise AssertionError((code_of(outcome), vars(outcome)))
    return outcomes


def id_of(outcome):
    return int(outcome.get_details()["id"])


def create(module, **fields):
    return id_of(items(RecordOperations(module).create_records(body(record(**fields)), HeaderMap()), 201)[0])


def lead(**fields):
    return create("Leads", **{"Last_Name": "Blake", "Company": "Orchard Ltd", **fields})


def fields_of(module, id):
    return got(RecordOperations(module).get_record(id), 200).get_data()[0]


def user_id():
    return got(of("users", "UsersOperations")().get_users(), 200).get_users()[0].get_id()


PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6300010000050001"
    "0d0a2db40000000049454e44ae426082"
)


def stream(name, content):
    wrapper = importlib.import_module("zohocrmsdk.src.com.zoho.crm.api.util").StreamWrapper
    return wrapper(name=name, stream=content)


def png():
    return stream("photo.png", PNG)


def choice(value):
    return importlib.import_module("zohocrmsdk.src.com.zoho.crm.api.util").Choice(value)


def until(ask, state):
    """Asks until a job has the state. The simulator's clock is moved, nobody waits."""
    for _ in range(30):
        job = ask()
        shown = job.get_state() if hasattr(job, "get_state") else job.get_status()
        shown = shown.get_value() if hasattr(shown, "get_value") else shown
        if shown == state:
            return job
        advance(60)
    raise AssertionError(("still", shown))


def advance(seconds):
    body = json.dumps({"seconds": seconds}).encode()
    urllib.request.urlopen(urllib.request.Request(ORIGIN[0] + "/__sim/v1/clock/advance", body, {"Content-Type": "application/json"}))


ORIGIN = []
