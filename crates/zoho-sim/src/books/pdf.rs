//! A small PDF in the place of a printed document.

use axum::http::{HeaderValue, StatusCode, header};

use super::registry::RecordType;
use crate::http::{Answer, Call};

/// Whether a call asks for a PDF instead of JSON.
pub(super) fn is_wanted(call: &Call) -> bool {
    let by_header = call
        .header("accept")
        .is_some_and(|accept| accept.starts_with("application/pdf"));
    by_header || call.query.get("accept") == Some("pdf")
}

/// One page with the record's name and id.
pub(super) fn answer(kind: &RecordType, id: u64) -> Answer {
    let page = format!("BT /F1 18 Tf 72 720 Td ({} {id}) Tj ET", kind.name);
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (number, object) in (1..).zip(&objects) {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{number} 0 obj\n{object}\nendobj\n");
    }
    let start = file.len();
    file += &table;
    file += &format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        objects.len() + 1
    );
    let answer = Answer::typed(StatusCode::OK, "application/pdf", file.into());
    let name = format!("attachment; filename=\"{}_{id}.pdf\"", kind.name);
    match HeaderValue::from_str(&name) {
        Ok(name) => answer.with_header(header::CONTENT_DISPOSITION, name),
        Err(_) => answer,
    }
}
