//! Zoho Books: documents of sales and purchases, and their money.

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the documents that compute with it come next")
)]
mod money;
