//! Configured MAC addresses.

use http::StatusCode;
use ixpd_db::entity::{ixpd_mail, l2address, log};
use ixpd_testkit::{
    TestApp,
    fixtures::{ApiKeySeed, TestUser, port},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

const MANAGED: [(&str, &str); 1] = [("IXP_FE_LAYER2_ADDRESSES_CUST_CAN_EDIT", "true")];

async fn full_key(app: &TestApp, user: &TestUser) -> String {
    ApiKeySeed::of(user.id).scope("full").insert(app.state.db.connection()).await.text
}

async fn add(app: &TestApp, key: &str, vlan_interface: i32, mac: &str) -> (u16, String) {
    let id = vlan_interface.to_string();
    let fields = [("vlan_interface_id", id.as_str()), ("mac", mac)];
    let answer = app.client().form_by_key("POST", "/api/v4/ixps/store", key, &fields).await;
    (answer.status.as_u16(), answer.text().to_owned())
}

async fn remove(app: &TestApp, key: &str, id: i32) -> (u16, String) {
    let answer = app.client().form_by_key("DELETE", &format!("/api/v4/ixps/{id}"), key, &[]).await;
    (answer.status.as_u16(), answer.text().to_owned())
}

async fn addresses(app: &TestApp, vlan_interface: i32) -> Vec<l2address::Model> {
    let rows = l2address::Entity::find().filter(l2address::Column::VlanInterfaceId.eq(vlan_interface));
    rows.all(app.state.db.connection()).await.unwrap()
}

fn refused(message: &str) -> (u16, String) {
    (200, format!("{{\"danger\":false,\"message\":\"{message}\"}}"))
}

#[tokio::test]
async fn superuser_adds_and_removes_addresses_of_anybody() {
    for app in TestApp::each().await {
        let key = full_key(&app, &app.exchange.superuser).await;
        let before = addresses(&app, port::BRAVO).await.len();
        let added = add(&app, &key, port::BRAVO, "02:00:5E:AA:00:01").await;
        assert_eq!(added, (200, r#"{"success":true,"message":"MAC address created."}"#.to_owned()));
        let rows = addresses(&app, port::BRAVO).await;
        let row = rows.iter().find(|row| row.mac.as_deref() == Some("02005eaa0001")).unwrap();
        assert_eq!((rows.len(), row.firstseen, row.lastseen), (before + 1, None, None));
        let removed = remove(&app, &key, row.id).await;
        assert_eq!(removed, (200, r#"{"success":true,"message":"MAC address deleted."}"#.to_owned()));
        assert_eq!(addresses(&app, port::BRAVO).await.len(), before);
        let trail: Vec<(String, String)> = log::Entity::find()
            .all(app.state.db.connection())
            .await
            .unwrap()
            .into_iter()
            .map(|row| (row.model, row.action))
            .collect();
        let of = |action: &str| ("Layer2Address".to_owned(), action.to_owned());
        assert_eq!(trail, [of("CREATED"), of("DELETED")]);
    }
}

#[tokio::test]
async fn address_that_is_no_address_or_is_taken_on_the_vlan_is_refused_with_status_200() {
    for app in TestApp::each().await {
        let key = full_key(&app, &app.exchange.superuser).await;
        for mac in ["", "02:00:5e", "not a mac", "02:00:5e:aa:00:01:02"] {
            assert_eq!(add(&app, &key, port::BRAVO, mac).await, refused("Invalid or missing MAC addresses"));
        }
        assert_eq!(add(&app, &key, port::ALPHA_ONE, "02005eaa0001").await.0, 200);
        let taken = refused("The MAC address already exists within this IXP VLAN");
        assert_eq!(add(&app, &key, port::BRAVO, "02-00-5E-AA-00-01").await, taken);
        // Another VLAN is another matter.
        assert!(add(&app, &key, port::ALPHA_TWO, "02005eaa0001").await.1.contains("success"));
    }
}

#[tokio::test]
async fn member_manages_its_own_within_the_limits_where_it_may() {
    let app = TestApp::with(&MANAGED).await;
    let key = full_key(&app, &app.exchange.customer_user).await;
    let own = addresses(&app, port::ALPHA_ONE).await;
    for number in own.len()..2 {
        let mac = format!("02005eaa000{number}");
        assert!(add(&app, &key, port::ALPHA_ONE, &mac).await.1.contains("created"));
    }
    let most = "The maximum possible MAC addresses have been configured. Please delete a MAC before adding.";
    assert_eq!(add(&app, &key, port::ALPHA_ONE, "02005eaa0009").await, refused(most));
    let [one, other] = &addresses(&app, port::ALPHA_ONE).await[..] else { panic!("two addresses") };
    assert!(remove(&app, &key, one.id).await.1.contains("deleted"));
    let fewest = "The minimum possible MAC addresses have been configured. Please add a MAC before deleting.";
    assert_eq!(remove(&app, &key, other.id).await, refused(fewest));
    // Limits are for members.
    let superuser = full_key(&app, &app.exchange.superuser).await;
    assert!(remove(&app, &superuser, other.id).await.1.contains("deleted"));
}

#[tokio::test]
async fn member_touches_nothing_of_another_member() {
    let app = TestApp::with(&MANAGED).await;
    let key = full_key(&app, &app.exchange.customer_user).await;
    let superuser = full_key(&app, &app.exchange.superuser).await;
    add(&app, &superuser, port::BRAVO, "02005eaa0001").await;
    add(&app, &superuser, port::BRAVO, "02005eaa0002").await;
    let other = addresses(&app, port::BRAVO).await;
    assert_eq!(
        add(&app, &key, port::BRAVO, "02005eaa0003").await,
        (403, "VLI / Customer mismatch".to_owned())
    );
    let refused = remove(&app, &key, other[0].id).await;
    assert_eq!(refused, (403, "MAC address / Customer mismatch".to_owned()));
    assert_eq!(addresses(&app, port::BRAVO).await.len(), other.len());
}

#[tokio::test]
async fn members_find_nothing_where_they_may_not_edit() {
    let app = TestApp::new().await;
    let key = full_key(&app, &app.exchange.customer_admin).await;
    assert_eq!(add(&app, &key, port::ALPHA_ONE, "02005eaa0001").await.0, 404);
    assert_eq!(remove(&app, &key, 1).await.0, 404);
    let automation = &app.exchange.customer_admin.key.text;
    assert_eq!(add(&app, automation, port::ALPHA_ONE, "02005eaa0001").await.0, 403);
}

#[tokio::test]
async fn unknown_and_unreadable_ids_are_the_client_s_error() {
    let app = TestApp::new().await;
    let key = full_key(&app, &app.exchange.superuser).await;
    assert_eq!(add(&app, &key, 999_999, "02005eaa0001").await.0, 404);
    assert_eq!(remove(&app, &key, 999_999).await.0, 404);
    let mut client = app.client();
    for (fields, status) in [
        (vec![("mac", "02005eaa0001")], 422),
        (vec![("vlan_interface_id", "one"), ("mac", "02005eaa0001")], 422),
        (vec![("vlan_interface_id", "99999999999")], 422),
    ] {
        let answer = client.form_by_key("POST", "/api/v4/ixps/store", &key, &fields).await;
        assert_eq!(answer.status.as_u16(), status);
        assert!(answer.text().contains("vlan_interface_id"), "{}", answer.text());
    }
    assert_eq!(
        client.form_by_key("DELETE", "/api/v4/ixps/one", &key, &[]).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn message_waits_for_the_next_page_where_the_path_asks_for_it() {
    let app = TestApp::with(&MANAGED).await;
    let mut browser = app.logged_in(app.exchange.superuser.id).await;
    let fields = [("vlan_interface_id", "3"), ("mac", "02005eaa0001")];
    for path in ["/api/v4/ixps/store", "/api/v4/ixps/store/0"] {
        browser.post(path, &fields).await;
        assert!(!browser.get("/profile").await.text().contains("MAC address"), "{path}");
    }
    assert!(browser.post("/api/v4/ixps/store/true", &fields).await.text().contains("already exists"));
    assert!(browser.get("/profile").await.text().contains("The MAC address already exists"));
    let id = addresses(&app, port::BRAVO).await.iter().map(|row| row.id).max().unwrap();
    let delete = [("_method", "DELETE")];
    browser.post(&format!("/api/v4/ixps/{id}/1"), &delete).await;
    assert!(browser.get("/profile").await.text().contains("MAC address deleted."));
    assert!(!browser.get("/profile").await.text().contains("MAC address"));
}

#[tokio::test]
async fn change_is_told_as_the_settings_say() {
    const TO: (&str, &str) = ("IXP_FE_LAYER2_ADDRESSES_EMAIL_ON_CHANGE_DEST", "macs@example.net");
    const BY_MEMBER: (&str, &str) = ("IXP_FE_LAYER2_ADDRESSES_EMAIL_ON_CUSTOMER_CHANGE", "true");
    const BY_SUPERUSER: (&str, &str) = ("IXP_FE_LAYER2_ADDRESSES_EMAIL_ON_SUPERUSER_CHANGE", "true");
    for (settings, told) in [
        (vec![TO], 0),
        (vec![BY_MEMBER, BY_SUPERUSER], 0),
        (vec![TO, BY_MEMBER], 1),
        (vec![TO, BY_SUPERUSER], 2),
    ] {
        let app = TestApp::with(&[&MANAGED[..], &settings].concat()).await;
        for (user, port, mac) in [
            (&app.exchange.superuser, port::BRAVO, "02005eaa0001"),
            (&app.exchange.customer_user, port::ALPHA_TWO, "02005eaa0002"),
        ] {
            let key = full_key(&app, user).await;
            assert!(add(&app, &key, port, mac).await.1.contains("created"));
        }
        let mails = ixpd_mail::Entity::find().all(app.state.db.connection()).await.unwrap();
        assert_eq!(mails.len(), told, "{settings:?}");
        assert!(mails.iter().all(|mail| mail.recipients.contains("macs@example.net")));
    }
}
