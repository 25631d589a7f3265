//! An image of the world, as snapshots are written from.

use super::*;

#[test]
fn an_image_is_the_world_as_it_was() {
    let mut small = Small::new();
    let lead = |number: usize| json!({"Last_Name": format!("Ray {number}"), "Email": "a@b.co"});
    let ids: Vec<u64> = (0..300)
        .map(|number| small.insert("Leads", lead(number)).unwrap())
        .collect();
    assert!(small.remove("Leads", ids[7]) && small.remove("Leads", ids[8]));
    let before = serde_json::to_string(&small.world).unwrap();
    let image = small.world.image();

    small
        .update("Leads", ids[150], json!({"City": "Rome"}))
        .unwrap();
    assert!(small.remove("Leads", ids[299]) && small.restore("Leads", ids[7]));
    let leads = small.table("Leads");
    assert!(erase(&mut small.world, leads, ids[8], 3_000));
    small.insert("Leads", lead(300)).unwrap();

    assert_eq!(serde_json::to_string(&image).unwrap(), before);
    let back: World = serde_json::from_str(&before).unwrap();
    assert_eq!(back.tables[leads].rows.len(), 298);
    assert_eq!(
        back.tables[leads].holder_of("Email", "a@b.co"),
        Some(ids[0])
    );
    assert_eq!(small.world.tables[leads].rows.len(), 299);
    assert_eq!(small.read("Leads", ids[7])["Last_Name"], "Ray 7");
}
