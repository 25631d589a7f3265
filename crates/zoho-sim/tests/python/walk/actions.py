"""What is done with records: convert, change owner, COQL, notifications, bulk read and bulk write."""

import datetime
import io
import zipfile

from zohocrmsdk.src.com.zoho.crm.api import HeaderMap, ParameterMap

from . import kit
from .kit import got, id_of, items, make, of, parameters, record, step


@step
def convert_a_lead_with_a_deal():
    lead = kit.lead(Company="Sierra Verde SA", Email="rosa@sierra.example")
    deal = record(Deal_Name="Sierra pilot", Closing_Date=datetime.date(2027, 3, 31), Stage=kit.choice("Qualification"))
    converter = make("convert_lead", "LeadConverter", overwrite=True, notify_lead_owner=False, deals=deal)
    wanted = make("convert_lead", "BodyWrapper", data=[converter])
    outcome = items(of("convert_lead", "ConvertLeadOperations")(lead).convert_lead(wanted), 200)[0]
    details = outcome.get_details() if hasattr(outcome, "get_details") else {}
    assert {"Accounts", "Contacts", "Deals"} <= set(details), vars(outcome)


@step
def ask_what_a_conversion_can_do():
    got(of("conversion_option", "ConversionOptionOperations")(kit.lead()).lead_conversion_options(), 200)


@step
def change_the_owner_of_records():
    lead, owner = kit.lead(), kit.user_id()
    wanted = make("change_owner", "BodyWrapper", owner=make("change_owner", "Owner", id=owner), notify=False)
    items(of("change_owner", "ChangeOwnerOperations")("Leads").single_update(lead, wanted), 200)
    assert kit.fields_of("Leads", lead).get_key_value("Owner").get_id() == owner


@step
def query_with_coql():
    lead = kit.lead(Last_Name="Coqlson", City="Rome")
    query = "select Last_Name, City from Leads where Last_Name = 'Coqlson' and City is not null limit 5"
    answer = got(of("coql", "CoqlOperations")().get_records(make("coql", "BodyWrapper", select_query=query)), 200)
    assert [row.get_id() for row in answer.get_data()] == [lead]
    assert answer.get_info().get_more_records() is False


@step
def watch_change_and_stop_watching():
    notifications = of("notifications", "NotificationsOperations")()
    channel = make(
        "notifications",
        "Notification",
        channel_id="1000000068001",
        notify_url="http://127.0.0.1:9/nobody",
        events=["Leads.create", "Contacts.all"],
        token="for-us",
    )
    watch = make("notifications", "BodyWrapper", watch=[channel])
    outcome = items(notifications.enable_notifications(watch), 201, key="watch")[0]
    events = outcome.get_details()["events"]
    assert {event.get_resource_name() for event in events} == {"Leads", "Contacts"}
    items(notifications.update_notifications(watch), 200, key="watch")
    asked = parameters(of("notifications", "GetNotificationsParam"), channel_id=1000000068001)
    listed = got(notifications.get_notifications(asked), 200).get_watch()
    assert {str(found.get_channel_id()) for found in listed} == {"1000000068001"}
    change = make("notifications", "Notification", channel_id="1000000068001", events=["Leads.create"], delete_events=True)
    items(notifications.disable_notification(make("notifications", "BodyWrapper", watch=[change])), 200, key="watch")
    gone = parameters(of("notifications", "DeleteNotificationParam"), channel_ids="1000000068001")
    items(notifications.delete_notification(gone), 200, key="watch")
    assert got(notifications.get_notifications(asked), 204) is None


@step
def read_in_bulk():
    kit.lead(Last_Name="Bulkread")
    jobs = of("bulk_read", "BulkReadOperations")()
    query = make("bulk_read", "Query", module=make("modules", "MinifiedModule", api_name="Leads"), fields=["Last_Name", "City"])
    job = items(jobs.create_bulk_read_job(make("bulk_read", "BodyWrapper", query=query)), 201)[0].get_details()["id"]
    details = kit.until(lambda: got(jobs.get_bulk_read_job_details(int(job)), 200).get_data()[0], "COMPLETED")
    assert details.get_result().get_count() >= 1
    with zipfile.ZipFile(io.BytesIO(b"".join(got(jobs.download_result(int(job)), 200).get_file().get_stream()))) as whole:
        (name,) = whole.namelist()
        lines = whole.read(name).decode().splitlines()
    assert lines[0].split(",")[-2:] == ["Last_Name", "City"], lines[0]
    assert any("Bulkread" in line for line in lines[1:])


@step
def write_in_bulk():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as whole:
        whole.writestr("Leads.csv", "Last_Name,Company,Email\nBulkwrite,Orchard Ltd,bulk@orchard.example\n,No Name,\n")
    jobs = of("bulk_write", "BulkWriteOperations")()
    headers = HeaderMap()
    headers.add(of("bulk_write", "UploadFileHeader").feature, "bulk-write")
    headers.add(of("bulk_write", "UploadFileHeader").x_crm_org, "60007654321")
    upload = make("bulk_write", "FileBodyWrapper", file=kit.stream("Leads.zip", packed.getvalue()))
    file = got(jobs.upload_file(upload, headers), 200).get_details()["file_id"]
    mappings = [
        make("bulk_write", "FieldMapping", api_name=name, index=index)
        for index, name in enumerate(["Last_Name", "Company", "Email"])
    ]
    resource = make(
        "bulk_write",
        "Resource",
        type=kit.choice("data"),
        module=make("modules", "MinifiedModule", api_name="Leads"),
        file_id=str(file),
        field_mappings=mappings,
    )
    wanted = make("bulk_write", "RequestWrapper", operation=kit.choice("insert"), resource=[resource])
    job = got(jobs.create_bulk_write_job(wanted), 201).get_details()["id"]
    done = kit.until(lambda: got(jobs.get_bulk_write_job_details(str(job)), 200), "COMPLETED")
    assert done.get_result().get_download_url(), vars(done)
