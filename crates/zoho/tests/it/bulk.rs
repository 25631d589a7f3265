//! Bulk reads and writes against the simulator.

use std::time::Duration;

use futures_util::TryStreamExt;
use serde_json::json;
use zoho::crm::{BulkCriteria, BulkFieldMapping, BulkOperation, BulkResource, Criteria, RecordId};
use zoho::{Bytes, Download, ErrorKind, Upload};

use crate::actions::lead;
use crate::scripted::{Scripted, json as answer};
use crate::simulated::{client, simulator};

const PATIENCE: Duration = Duration::from_secs(60);

async fn bytes(download: Download) -> Vec<u8> {
    let pieces: Vec<Bytes> = download.into_stream().try_collect().await.unwrap();
    pieces.concat()
}

/// A zip with one file that is stored as it is.
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let crc = crc32(content);
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    let name_size = u16::try_from(name.len()).unwrap().to_le_bytes();
    let mut common = Vec::new();
    common.extend([20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]);
    common.extend(crc.to_le_bytes());
    common.extend(size);
    common.extend(size);
    common.extend(name_size);
    common.extend([0, 0]);
    let mut zip = b"PK\x03\x04".to_vec();
    zip.extend(&common);
    zip.extend(name.as_bytes());
    zip.extend(content);
    let directory = u32::try_from(zip.len()).unwrap();
    zip.extend(b"PK\x01\x02\x14\x00");
    zip.extend(&common);
    zip.extend([0; 14 - 4]);
    zip.extend(0u32.to_le_bytes());
    zip.extend(name.as_bytes());
    let directory_size = u32::try_from(zip.len()).unwrap() - directory;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend(directory_size.to_le_bytes());
    zip.extend(directory.to_le_bytes());
    zip.extend([0, 0]);
    zip
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & 0u32.wrapping_sub(crc & 1))
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[tokio::test]
async fn a_bulk_read_is_created_awaited_and_loaded() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    for name in ["Blake", "Black", "Gray"] {
        lead(&crm, name).await;
    }
    let criteria = BulkCriteria::field("Last_Name", "starts_with", "Bla").and(BulkCriteria::field(
        "Company",
        "in",
        ["Orchard", "None"],
    ));
    let id = crm
        .bulk_read("Leads")
        .fields(["Last_Name"])
        .criteria(criteria)
        .page(1)
        .send()
        .await
        .unwrap();
    let job = crm
        .wait_for_bulk_read(&id, PATIENCE)
        .await
        .unwrap()
        .unwrap();
    assert!(job.is_completed(), "{job:?}");
    let result = job.result.unwrap();
    assert_eq!((result.count, result.more_records), (2, false));
    let zip = crm.bulk_read_result(&id).await.unwrap().unwrap();
    assert_eq!(zip.file_name, Some(format!("{id}.zip")));
    assert!(bytes(zip).await.starts_with(b"PK"));
    let unknown: RecordId = "1".parse().unwrap();
    assert!(crm.bulk_read_job(&unknown).await.unwrap().is_none());
    assert!(crm.bulk_read_result(&unknown).await.unwrap().is_none());
    let refused = crm.bulk_read("Nonsense").send().await.unwrap_err();
    assert!(
        refused
            .code()
            .is_some_and(|code| code.starts_with("MODULE")),
        "{refused}"
    );
}

#[tokio::test]
async fn a_bulk_write_is_uploaded_created_awaited_and_its_result_loaded() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let zgid = crm.org().await.unwrap().zgid.unwrap();
    let csv = b"Name,Firm\nBlake,Orchard\nBlack,Orchard\n,Orchard\n";
    let file = Upload::from_bytes("leads.zip", zip("leads.csv", csv).into());
    let file = file.content_type("application/zip");
    let file = crm.upload_bulk_file(&zgid, file).await.unwrap();
    let leads = BulkResource::new("Leads", &file)
        .file_name("leads.csv")
        .mapping(BulkFieldMapping::column("Last_Name", 0))
        .mapping(BulkFieldMapping::column("Company", 1))
        .mapping(BulkFieldMapping::constant("Lead_Source", "Trade Show"));
    let id = crm
        .bulk_write(BulkOperation::Insert)
        .resource(leads)
        .send()
        .await
        .unwrap();
    let job = crm
        .wait_for_bulk_write(&id, PATIENCE)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(job.status, "COMPLETED", "{job:?}");
    let file = job.resource[0].file.clone().unwrap();
    assert_eq!(
        (file.added_count, file.skipped_count, file.total_count),
        (Some(2), Some(1), Some(3))
    );
    assert_eq!(job.resource[0].module.as_deref(), Some("Leads"));
    let criteria = Criteria::equals("Lead_Source", "Trade Show");
    assert_eq!(crm.count_matching("Leads", &criteria).await.unwrap(), 2);
    let result = crm.bulk_write_result(&job).await.unwrap().unwrap();
    assert!(bytes(result).await.starts_with(b"PK"));

    let mut elsewhere = serde_json::to_value(&job).unwrap();
    elsewhere["result"] = json!({"download_url": "https://evil.example/a.zip"});
    let elsewhere = serde_json::from_value(elsewhere).unwrap();
    assert!(crm.bulk_write_result(&elsewhere).await.is_err());
    let no_zip = Upload::from_bytes("leads.csv", Bytes::from_static(csv));
    let refused = crm.upload_bulk_file(&zgid, no_zip).await.unwrap_err();
    assert_eq!(refused.code(), Some("INVALID_FILE_FORMAT"));
    let unknown: RecordId = "1".parse().unwrap();
    assert!(crm.bulk_write_job(&unknown).await.unwrap().is_none());
}

#[tokio::test]
async fn a_bulk_file_goes_to_the_upload_server_and_nowhere_else() {
    let zip = || Upload::from_bytes("a.zip", Bytes::from_static(b"PK"));
    let taken = r#"{"status":"success","code":"FILE_UPLOAD_SUCCESS","message":"file uploaded.","details":{"file_id":"7"}}"#;
    let upload = Scripted::start().await.api(answer(200, taken));
    let api = Scripted::start().await;
    let client = api.builder().upload_url(upload.url()).build().unwrap();
    let id = client.crm().upload_bulk_file("808", zip()).await.unwrap();
    assert_eq!(id.as_str(), "7");
    let request = &upload.requests("/crm/v8/upload")[0];
    for header in ["feature: bulk-write", "x-crm-org: 808", "authorization: "] {
        assert!(request.head.contains(header), "{}", request.head);
    }
    assert!(api.requests("/crm/").is_empty());

    // An API server that is not the data center's own has no upload server that is known.
    let elsewhere = "https://crm.example".parse().unwrap();
    let client = api.builder().api_domain(elsewhere).build().unwrap();
    let error = client
        .crm()
        .upload_bulk_file("808", zip())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(error.message().contains("upload_url"), "{error}");
    let long = futures_util::stream::empty::<Result<Bytes, std::io::Error>>();
    let long = Upload::from_stream("a.zip", 26 << 20, long);
    let error = api
        .client()
        .crm()
        .upload_bulk_file("808", long)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}
