//! How a configuration is asked for, and what keeps it from being made.

use std::{fs, path::Path};

use futures::future::join_all;
use http::{Request, StatusCode};
use ixpd_db::sql_counter;
use ixpd_testkit::{Answer, TestApp, fixtures::member};

use super::exchange::{self, SERVER, SERVER_V6, Service, add_member, add_rule, add_service, execute};

async fn get(app: &TestApp, path: &str) -> Answer {
    let key = &app.exchange.superuser.key.text;
    app.client().get_by_key(&format!("/admin/api/v4/router/{path}"), key).await
}

/// The reason that a router is refused for.
async fn refusal(app: &TestApp) -> String {
    let answer = get(app, &format!("gen-config/{SERVER}")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    answer.text().to_owned()
}

#[tokio::test]
async fn configuration_is_text_that_ends_in_its_mark_under_both_names() {
    for app in TestApp::each().await {
        let answer = get(&app, &format!("gen-config/{SERVER}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
        assert_eq!(answer.headers["cache-control"], "no-store");
        let mark = format!("# END_OF_CONFIG_MARKER_FOR_{SERVER}");
        assert_eq!(answer.text().lines().last(), Some(mark.as_str()));
        assert_eq!(get(&app, &format!("gen_config/{SERVER}")).await.body, answer.body);
        let unknown = get(&app, "gen-config/rs9").await;
        assert_eq!((unknown.status, unknown.text()), (StatusCode::NOT_FOUND, "Unknown router handle"));
        let user = &app.exchange.customer_admin.key.text;
        let path = format!("/admin/api/v4/router/gen-config/{SERVER}");
        let refused = app.client().get_by_key(&path, user).await;
        assert!(refused.status.is_client_error() && !refused.text().contains("protocol bgp"));
    }
}

#[tokio::test]
async fn requests_for_one_router_at_the_same_time_share_what_is_read() {
    for app in TestApp::each().await {
        let path = format!("gen-config/{SERVER}");
        let (alone, of_one) = sql_counter::count(get(&app, &path)).await;
        let (answers, of_all) = sql_counter::count(join_all((0..16).map(|_| get(&app, &path)))).await;
        for answer in answers {
            assert_eq!((answer.status, &answer.body), (StatusCode::OK, &alone.body));
        }
        assert!(of_all < 8 * of_one, "{of_all} statements for 16 requests, {of_one} for one");
    }
}

#[tokio::test]
async fn router_that_can_not_be_written_is_refused_with_what_is_accepted() {
    let app = TestApp::new().await;
    let db = &app.state.db;
    for (column, value, accepted) in [
        ("template", "api/v4/router/does-not-exist", "api/v4/router/server/bird2-2025/standard"),
        ("peering_ip", "2001:db8::1", "IPv4 address"),
        ("router_id", "0.0.0.0", "other than 0.0.0.0"),
        ("asn", "0", "from 1 to 4294967295"),
    ] {
        let before = format!("UPDATE routers SET {column} = ? WHERE handle = ?");
        let kept: Vec<String> = ["api/v4/router/server/bird2/standard", "192.0.2.18", "192.0.2.18", "64496"]
            .map(str::to_owned)
            .into();
        execute(db, &before, [value.into(), SERVER.into()]).await;
        let text = refusal(&app).await;
        assert!(text.contains(column) && text.contains(value) && text.contains(accepted), "{text}");
        let index = ["template", "peering_ip", "router_id", "asn"].iter().position(|name| *name == column);
        execute(db, &before, [kept[index.unwrap()].clone().into(), SERVER.into()]).await;
    }
    assert_eq!(get(&app, &format!("gen-config/{SERVER}")).await.status, StatusCode::OK);
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[tokio::test]
async fn skin_takes_the_operators_own_rules_in_and_refuses_what_is_php_or_broken() {
    let data = tempfile::tempdir().unwrap();
    let skin = data.path().join("skins/own");
    fs::create_dir_all(&skin).unwrap();
    let settings = [("VIEW_SKIN", "own"), ("IXPD_DATA_DIR", data.path().to_str().unwrap())];
    write(&skin, "router/server/f_import_as64497.conf", "    # own import of AS{{ policy.asn }}\n");
    write(&skin, "router/server/f_export_as64497.conf", "    # own export\n");
    write(&skin, "router/server/footer.conf", "# own footer of {{ router.handle }}\n");
    let app = TestApp::with(&settings).await;
    let config = get(&app, &format!("gen-config/{SERVER}")).await;
    let text = config.text();
    for own in ["    # own import of AS64497\n", "    # own export\n", "# own footer of rs1-one-ipv4\n"] {
        assert_eq!(text.matches(own).count(), 1, "{own}{text}");
    }
    // Nobody here has this number.
    write(&skin, "api/v4/router/server/bird2/f_import_as64999.foil.php", "<?php ?>");
    assert_eq!(get(&app, &format!("gen-config/{SERVER}")).await.text(), text);
    let php = "api/v4/router/server/bird2/f_import_as64498.foil.php";
    write(&skin, php, "<?php ?>");
    let text = refusal(&app).await;
    assert!(text.contains(php) && text.contains("router/server/f_import_as64498.conf"), "{text}");
    write(&skin, "router/server/f_import_as64498.conf", "");
    write(&skin, "router/server/session.conf", "{{ nothing.of.this }}");
    let app = TestApp::with(&settings).await;
    let text = refusal(&app).await;
    assert!(text.contains("router/server/session.conf"), "{text}");
}

#[tokio::test]
async fn what_is_left_out_is_a_warning_and_nothing_else() {
    let app = TestApp::new().await;
    let db = &app.state.db;
    add_service(db, Service::new(53, member::ALPHA, 0)).await;
    add_member(db, 111, None, "No number").await;
    add_service(db, Service::new(55, 111, 14)).await;
    add_member(db, 112, Some(64_505), "Quoted secret").await;
    add_service(db, Service { secret: Some("a\"b-hunter22"), ..Service::new(56, 112, 15) }).await;
    // Of these two only the second one does anything.
    add_rule(db, member::ALPHA, None, None, [Some("AS_IS"), None]).await;
    add_rule(db, member::ALPHA, None, None, [None, Some("AS_IS")]).await;
    for handle in [SERVER, SERVER_V6] {
        let answer = get(&app, &format!("gen-config/{handle}")).await;
        let warnings: Vec<_> = answer.text().lines().filter(|line| line.contains("WARNING")).collect();
        assert_eq!(warnings.len(), 3, "{warnings:#?}");
        for (found, expected) in warnings.iter().zip([
            "no session for No number, VLAN interface 55: the member has no AS number",
            "no session for Alpha Networks, VLAN interface 53: ",
            "no session for Quoted secret, VLAN interface 56: the MD5 secret can't be used",
        ]) {
            assert!(found.contains(expected), "{found}");
        }
        assert!(!answer.text().contains("hunter22") && !answer.text().contains("vli53"));
        assert_eq!(answer.text().matches("    # The member's own rules.").count(), 1, "{}", answer.text());
        assert!(answer.text().contains("    accept;\n\n"));
    }
    // A handle that isn't fit for a file's name.
    execute(db, "UPDATE routers SET handle = ? WHERE handle = ?", ["rs1\"; evil".into(), SERVER.into()])
        .await;
    let answer = get(&app, "gen-config/rs1%22;%20evil").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text());
    assert_eq!(get(&app, &format!("gen-config/{}", exchange::COLLECTOR)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn configuration_in_place_is_compared_with_the_one_of_now() {
    let app = TestApp::new().await;
    let now = get(&app, &format!("gen-config/{SERVER}")).await.text().to_owned();
    let post = async |text: String, format: &str| {
        let request = Request::post(format!("/admin/api/v4/router/diff/{SERVER}{format}"))
            .header("x-ixp-manager-api-key", &app.exchange.superuser.key.text)
            .header("content-type", "text/plain");
        app.client().send(request.body(text.into()).unwrap()).await
    };
    let same = post(now.clone(), "?format=json").await;
    assert_eq!(same.status, StatusCode::OK, "{}", same.text());
    assert_eq!(same.json()["changes"], serde_json::json!([]), "{}", same.text());
    let limit = now.lines().find(|line| line.contains("import limit")).unwrap();
    let changed = post(now.replace(limit, "        import limit 7 action restart;"), "").await;
    assert_eq!(changed.status, StatusCode::OK);
    assert!(changed.text().contains('7') && changed.text() != same.text(), "{}", changed.text());
    // As `curl --data-binary @FILE` sends it, and larger than forms may be.
    let large = format!("# {}\n{now}", "x".repeat(2 * 1024 * 1024));
    let request = Request::post(format!("/admin/api/v4/router/diff/{SERVER}"))
        .header("x-ixp-manager-api-key", &app.exchange.superuser.key.text)
        .header("content-type", "application/x-www-form-urlencoded");
    let as_form = app.client().send(request.body(large.into()).unwrap()).await;
    assert_eq!(as_form.status, StatusCode::OK, "{}", as_form.text());
    let other = post(now.replace(&format!("MARKER_FOR_{SERVER}"), "MARKER_FOR_rs9"), "").await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text());
}
