//! What is known of documents.

use http::StatusCode;
use ixpd_db::entity::{docstore_customer_files, docstore_files};
use ixpd_testkit::{TestApp, TestDatabase, clock, fixtures::member};
use sea_orm::{EntityTrait as _, Set};
use serde_json::json;

async fn insert(app: &TestApp) -> (i64, i64) {
    let db = app.state.db.connection();
    let now = clock::wall_now();
    let own = docstore_files::ActiveModel {
        name: Set("rules.pdf".to_owned()),
        disk: Set("docstore".to_owned()),
        path: Set("3/rules".to_owned()),
        min_privs: Set(0),
        file_last_updated: Set(now),
        created_by: Set(Some(app.exchange.superuser.id)),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    };
    let customers = docstore_customer_files::ActiveModel {
        cust_id: Set(member::ALPHA),
        name: Set("contract.pdf".to_owned()),
        disk: Set("docstore_customers".to_owned()),
        path: Set("../secret".to_owned()),
        min_privs: Set(3),
        file_last_updated: Set(now),
        ..Default::default()
    };
    let own = docstore_files::Entity::insert(own).exec(db).await.unwrap().last_insert_id;
    let customers = docstore_customer_files::Entity::insert(customers).exec(db).await.unwrap().last_insert_id;
    (own.get(), customers.get())
}

#[tokio::test]
async fn document_is_described_with_the_size_of_its_file() {
    let files = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(files.path().join("docstore/3")).unwrap();
    std::fs::write(files.path().join("docstore/3/rules"), "twelve bytes").unwrap();
    std::fs::write(files.path().join("secret"), "secret").unwrap();
    let folder = files.path().to_str().unwrap();
    for database in TestDatabase::each_migrated().await {
        let app = TestApp::on(database, &[("IXPD_STORAGE_DIR", folder)]).await;
        let (own, customers) = insert(&app).await;
        let key = &app.exchange.superuser.key.text;
        let mut client = app.client();
        let info = client.get_by_key(&format!("/admin/api/v4/docstore/file/info/{own}"), key).await;
        assert_eq!(
            info.json(),
            json!({"file_name": "rules.pdf", "created_by": "superuser (Test User superuser)", "dspath": "3/rules",
                "created_at": "2026-06-15T10:00:00.000000Z", "last_modified": "2026-06-15 12:00:00", "size": 12})
        );
        let info = client.get_by_key(&format!("/admin/api/v4/docstorec/file/info/{customers}"), key).await;
        assert_eq!(
            info.json(),
            json!({"file_name": "contract.pdf", "created_by": null, "customer": "Alpha Networks",
                "dspath": "../secret", "created_at": null, "last_modified": "2026-06-15 12:00:00", "size": null})
        );
        let order: Vec<_> = info.json().as_object().unwrap().keys().cloned().collect();
        let expected =
            ["file_name", "created_by", "customer", "dspath", "created_at", "last_modified", "size"];
        assert_eq!(order, expected);
        for path in ["docstore/file/info/999", "docstorec/file/info/999", "docstore/file/info/x"] {
            let answer = client.get_by_key(&format!("/admin/api/v4/{path}"), key).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

#[tokio::test]
async fn documents_that_are_switched_off_have_no_paths() {
    let settings = [
        ("IXP_FE_FRONTEND_DISABLED_DOCSTORE", "true"),
        ("IXP_FE_FRONTEND_DISABLED_DOCSTORE_CUSTOMER", "true"),
    ];
    let app = TestApp::with(&settings).await;
    let (own, customers) = insert(&app).await;
    let key = &app.exchange.superuser.key.text;
    for path in [format!("docstore/file/info/{own}"), format!("docstorec/file/info/{customers}")] {
        let answer = app.client().get_by_key(&format!("/admin/api/v4/{path}"), key).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.text().contains("nothing at this path"), "{}", answer.text());
    }
}
