"""Records: create, upsert, update, get, list, search, delete, count, deleted, clone, photo."""

from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, ParameterMap
from zohocrmsdk.src.com.zoho.crm.api.record import (
    ActionWrapper,
    APIException,
    DeleteRecordsParam,
    GetRecordsParam,
    RecordOperations,
    ResponseWrapper,
    SearchRecordsParam,
    SuccessResponse,
)
from zohocrmsdk.src.com.zoho.crm.api.util import Choice

from . import kit
from .kit import body, got, items, make, of, parameters, record, step

leads = RecordOperations("Leads")


def lead(**fields):
    return record(**fields)


def outcomes(response, status):
    answer = response.get_object()
    assert response.get_status_code() == status, (response.get_status_code(), vars(answer))
    assert isinstance(answer, ActionWrapper), vars(answer)
    return answer.get_data()


def records(response):
    answer = response.get_object()
    assert isinstance(answer, ResponseWrapper), (response.get_status_code(), answer and vars(answer))
    return answer


@step
def create_upsert_update_get_list_search_and_delete():
    # create
    made = outcomes(
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
    again = outcomes(
        leads.upsert_records(body(lead(Last_Name="Blake", Email="BLAKE@orchard.example", City="Rome"), duplicate_check_fields=["Email"])),
        200,
    )[0]
    assert again.get_action().get_value() == "update" and again.get_duplicate_field() == "Email"
    assert int(again.get_details()["id"]) == first

    # update, both forms
    outcomes(leads.update_record(second, body(lead(City="Oslo"))), 200)
    many = lead(City="Bergen")
    many.set_id(second)
    outcomes(leads.update_records(body(many)), 200)

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
    outcomes(leads.delete_record(second), 200)
    parameters = ParameterMap()
    parameters.add(DeleteRecordsParam.ids, str(second))
    assert outcomes(leads.delete_records(parameters), 400)[0].get_code().get_value() == "INVALID_DATA"


@step
def count_records():
    kit.lead(Last_Name="Counted")
    criteria = parameters(of("record", "RecordCountParam"), criteria="(Last_Name:equals:Counted)")
    counted = got(leads.record_count(criteria), 200)
    assert int(counted.get_count()) == 1, vars(counted)


@step
def list_deleted_records():
    id = kit.lead()
    items(leads.delete_record(id), 200)
    deleted = got(leads.get_deleted_records(ParameterMap(), HeaderMap()), 200).get_data()
    assert id in [int(gone.get_id()) for gone in deleted]


@step
def clone_a_record():
    id = kit.lead(City="Turin")
    clone = kit.id_of(items(leads.clone_record(id), 200, 201)[0])
    assert clone != id and kit.fields_of("Leads", clone).get_key_value("City") == "Turin"


@step
def ask_for_whole_rich_texts():
    id = kit.lead(Description="x" * 2000)
    got(leads.get_full_data_for_rich_text(id, ParameterMap()), 200, 204)


@step
def update_many_records_by_a_job():
    first, second = kit.lead(), kit.lead()
    change = make("record", "MassUpdateBodyWrapper", data=[record(City="Cork")], ids=[str(first), str(second)], over_write=True)
    items(leads.mass_update_records(change), 200, 201, 202)
    for id in (first, second):
        assert kit.fields_of("Leads", id).get_key_value("City") == "Cork"


@step
def put_get_and_take_away_a_photo():
    id = create_contact()
    contacts = RecordOperations("Contacts")
    photo = make("record", "FileBodyWrapper", file=kit.png())
    got(contacts.upload_photo(id, photo), 200)
    assert type(got(contacts.get_photo(id), 200)).__name__ == "FileBodyWrapper"
    got(contacts.delete_photo(id), 200)


def create_contact():
    return kit.create("Contacts", Last_Name="Weber")


@step
def write_lookups_tags_and_line_items():
    account = kit.create("Accounts", Account_Name="Orchard Ltd")
    product = kit.create("Products", Product_Name="Press")
    line = record(Product_Name=record(id=product), Quantity=2.0, List_Price=10.0)
    quote = kit.create("Quotes", Subject="For the orchard", Account_Name=record(id=account), Quoted_Items=[line])
    read = kit.fields_of("Quotes", quote)
    assert read.get_key_value("Account_Name").get_id() == account
    assert len(read.get_key_value("Quoted_Items")) == 1, read.get_key_values()
