//! The hosts of all data centers, as a table to read.

use zoho::{DataCenter, Url};

#[test]
fn all_ten_data_centers_have_their_documented_hosts() {
    let host = |url: Option<Url>| {
        url.and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| "-".to_owned())
    };
    let rows = DataCenter::ALL.map(|dc| {
        let hosts = [
            Some(dc.accounts_url()),
            dc.api_url(),
            dc.sandbox_api_url(),
            dc.developer_api_url(),
            dc.upload_url(),
        ];
        format!("{dc} {}", hosts.map(host).join(" "))
    });
    insta::assert_snapshot!(rows.join("\n"), @r"
    us accounts.zoho.com www.zohoapis.com sandbox.zohoapis.com developer.zohoapis.com content.zohoapis.com
    eu accounts.zoho.eu www.zohoapis.eu sandbox.zohoapis.eu developer.zohoapis.eu content.zohoapis.eu
    in accounts.zoho.in www.zohoapis.in sandbox.zohoapis.in developer.zohoapis.in content.zohoapis.in
    au accounts.zoho.com.au www.zohoapis.com.au sandbox.zohoapis.com.au developer.zohoapis.com.au content.zohoapis.com.au
    jp accounts.zoho.jp www.zohoapis.jp sandbox.zohoapis.jp developer.zohoapis.jp content.zohoapis.jp
    cn accounts.zoho.com.cn www.zohoapis.com.cn sandbox.zohoapis.com.cn developer.zohoapis.com.cn content.zohoapis.com.cn
    ca accounts.zohocloud.ca www.zohoapis.ca sandbox.zohoapis.ca developer.zohoapis.ca upload.zohocloud.ca
    sa accounts.zoho.sa www.zohoapis.sa sandbox.zohoapis.sa developer.zohoapis.sa files.zoho.sa
    uk accounts.zoho.uk www.zohoapis.uk - - -
    ae accounts.zoho.ae - - - -
    ");
}
