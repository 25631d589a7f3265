"""Walks through token, get, list, create, upsert, update, delete and search with Zoho's own SDK for CRM v8.

Called as: official_sdk.py SIMULATOR_URL FOLDER. The folder takes the SDK's token store, field cache and log.
"""

import sys

from zohocrmsdk.src.com.zoho.api.authenticator import OAuthToken
from zohocrmsdk.src.com.zoho.api.authenticator.store import FileStore
from zohocrmsdk.src.com.zoho.api.logger import Logger
from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, Initializer, ParameterMap, SDKConfig
from zohocrmsdk.src.com.zoho.crm.api.dc.data_center import DataCenter
from zohocrmsdk.src.com.zoho.crm.api.record import (
    ActionWrapper,
    APIException,
    BodyWrapper,
    DeleteRecordsParam,
    Field,
    GetRecordsParam,
    RecordOperations,
    ResponseWrapper,
    SearchRecordsParam,
    SuccessResponse,
)
from zohocrmsdk.src.com.zoho.crm.api.record import Record
from zohocrmsdk.src.com.zoho.crm.api.util import Choice

url, folder = sys.argv[1], sys.argv[2]

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

leads = RecordOperations("Leads")


def body(*records, duplicate_check_fields=None):
    wrapper = BodyWrapper()
    wrapper.set_data(list(records))
    if duplicate_check_fields:
        wrapper.set_duplicate_check_fields(duplicate_check_fields)
    return wrapper


def lead(**fields):
    record = Record()
    for name, value in fields.items():
        record.add_key_value(name, value)
    return record


def items(response, status):
    answer = response.get_object()
    assert response.get_status_code() == status, (response.get_status_code(), vars(answer))
    assert isinstance(answer, ActionWrapper), vars(answer)
    return answer.get_data()


def records(response):
    answer = response.get_object()
    assert isinstance(answer, ResponseWrapper), (response.get_status_code(), answer and vars(answer))
    return answer


# create
made = items(
    leads.create_records(
        body(
            lead(Last_Name="Blake", Email="blake@orchard.example", No_of_Employees=12, Lead_Source=Choice("Trade Show")),
            lead(Last_Name="Stark", Company="Nordlicht"),
            lead(Last_Name="x" * 81),
        ),
        HeaderMap(),
    ),
    207,
)
assert [type(item) for item in made] == [SuccessResponse, SuccessResponse, APIException], made
assert made[2].get_code().get_value() == "INVALID_DATA"
assert str(made[2].get_details()["maximum_length"]) == "80", made[2].get_details()
first, second = (int(item.get_details()["id"]) for item in made[:2])

# upsert: the same e-mail again updates
again = items(
    leads.upsert_records(body(lead(Last_Name="Blake", Email="BLAKE@orchard.example", City="Rome"), duplicate_check_fields=["Email"])),
    200,
)[0]
assert again.get_action().get_value() == "update" and again.get_duplicate_field() == "Email"
assert int(again.get_details()["id"]) == first

# update, both forms
items(leads.update_record(second, body(lead(City="Oslo"))), 200)
many = lead(City="Bergen")
many.set_id(second)
items(leads.update_records(body(many)), 200)

# get
record = records(leads.get_record(first)).get_data()[0]
assert record.get_key_value("City") == "Rome" and record.get_key_value("No_of_Employees") == 12
assert record.get_key_value("Lead_Source").get_value() == "Trade Show"
assert record.get_key_value("Full_Name") == "Blake" and record.get_created_by().get_name() == "Ada Ray"

# list
parameters = ParameterMap()
parameters.add(GetRecordsParam.fields, "Last_Name,City")
parameters.add(GetRecordsParam.per_page, 1)
page = records(leads.get_records(parameters, HeaderMap()))
assert page.get_data()[0].get_key_value("City") == "Bergen"
info = page.get_info()
assert info.get_more_records() is True and info.get_count() == 1
parameters = ParameterMap()
parameters.add(GetRecordsParam.fields, "Last_Name,City")
parameters.add(GetRecordsParam.per_page, 1)
parameters.add(GetRecordsParam.page_token, info.get_next_page_token())
assert records(leads.get_records(parameters, HeaderMap())).get_data()[0].get_id() == first

# search
parameters = ParameterMap()
parameters.add(SearchRecordsParam.criteria, "((Last_Name:equals:Blake)and(City:equals:Rome))")
assert [found.get_id() for found in records(leads.search_records(parameters, HeaderMap())).get_data()] == [first]

# delete, both forms
items(leads.delete_record(second), 200)
parameters = ParameterMap()
parameters.add(DeleteRecordsParam.ids, str(second))
assert items(leads.delete_records(parameters), 400)[0].get_code().get_value() == "INVALID_DATA"

print("all steps done")
