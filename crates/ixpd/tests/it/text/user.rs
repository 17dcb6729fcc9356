use ixpd_testkit::{
    TestApp, TestDatabase,
    fixtures::{UserSeed, member},
};
use ixpd_types::Privilege;
use serde_json::{Value, json};

use super::{execute, get, post, refusal, statements_do_not_grow, text, with_hostile_names};

fn names(users: &Value) -> Vec<&str> {
    users.as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn users_come_with_every_column_but_the_hash_of_the_password() {
    for app in TestApp::each().await {
        execute(
            &app,
            "UPDATE `user` SET prefs = '{\"notes\": {}, \"a/b\": \"é\"}' WHERE username = 'alphauser'",
        )
        .await;
        let answer = get(&app, "user/json").await;
        assert_eq!(answer.headers["content-type"], "application/json");
        assert!(!answer.text().contains("$2y") && !answer.text().contains("password"), "{}", answer.text());
        let users = answer.json();
        assert_eq!(
            names(&users),
            ["superuser", "alphaadmin", "alphauser", "bravoadmin", "disabled", "departed"]
        );
        let fields: Vec<_> = users[0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            fields,
            [
                "id",
                "custid",
                "username",
                "email",
                "authorisedMobile",
                "uid",
                "disabled",
                "lastupdatedby",
                "creator",
                "name",
                "peeringdb_id",
                "extra_attributes",
                "prefs",
                "created_at",
                "updated_at"
            ]
        );
        // 12:00 on the clocks of Amsterdam.
        assert_eq!(users[0]["created_at"], json!("2026-06-15T10:00:00.000000Z"));
        assert_eq!((&users[0]["disabled"], &users[4]["disabled"]), (&json!(0), &json!(1)));
        assert_eq!(users[0]["prefs"], json!(null));
        assert!(answer.text().contains(r#""prefs":{"notes":[],"a\/b":"\u00e9"}"#), "{}", answer.text());
    }
}

#[tokio::test]
async fn hash_of_the_password_is_there_if_the_operator_says_so() {
    let app = TestApp::on(TestDatabase::new().await, &[("IXPD_USER_JSON_PASSWORD", "true")]).await;
    let users = get(&app, "user/json").await.json();
    assert!(users[0]["password"].as_str().unwrap().starts_with("$2y$04$"));
    let fields: Vec<_> = users[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields[2..5], ["username", "password", "email"]);
}

#[tokio::test]
async fn users_are_limited_to_a_privilege_that_they_have_anywhere() {
    for app in TestApp::each().await {
        let users = async |privilege: &str| get(&app, &format!("user/json/{privilege}")).await.json();
        assert_eq!(names(&users("3").await), ["superuser"]);
        assert_eq!(names(&users("2").await), ["alphaadmin", "bravoadmin"]);
        assert_eq!(names(&users("1").await), ["alphauser", "bravoadmin", "disabled", "departed"]);
        assert_eq!(users("0").await.as_array().unwrap().len(), 6);
        assert_eq!(get(&app, "user/json/7").await.text(), "[]");
        assert_eq!(refusal(&app, "user/json/super").await.0, 404);
    }
}

#[tokio::test]
async fn users_of_tacacs_have_a_block_each() {
    for app in TestApp::each().await {
        let answer = get(&app, "user/formatted/3").await;
        insta::assert_snapshot!("tacacs", text(&answer));
        let all = get(&app, "user/formatted").await;
        assert_eq!(all.text().matches("user=").count(), 5, "the disabled one has none: {}", all.text());
        assert_eq!(get(&app, "user/formatted/3/default").await.text(), answer.text());
    }
}

#[tokio::test]
async fn parameters_of_formatted_users_come_by_url_or_form() {
    let app = TestApp::new().await;
    let asked =
        [("users", " ALPHAUSER, bravoadmin,disabled"), ("bcrypt", "2a"), ("group", "noc"), ("priv", "3")];
    let by_form = post(&app, "user/formatted", &asked).await;
    let shown = text(&by_form);
    assert_eq!(shown.matches("user=").count(), 2, "{shown}");
    assert!(shown.contains("user=alphauser {\n    member=noc\n    login = des \"$2a$04$"), "{shown}");
    assert!(!shown.contains("$2y$"), "{shown}");
    let query = "users=%20ALPHAUSER,%20bravoadmin,disabled&bcrypt=2a&group=noc&priv=3";
    assert_eq!(get(&app, &format!("user/formatted?{query}")).await.text(), shown);
    let empty = post(&app, "user/formatted/1", &[("users", ""), ("bcrypt", ""), ("template", "")]).await;
    assert_eq!(text(&empty), get(&app, "user/formatted/1").await.text());
}

#[tokio::test]
async fn what_can_not_stand_in_the_file_is_refused_or_left_out() {
    for app in TestApp::each().await {
        for (field, value) in [("group", "a b"), ("bcrypt", "2y\"\n"), ("users", "ann,b}"), ("priv", "many")]
        {
            let answer = post(&app, "user/formatted", &[(field, value)]).await;
            assert_eq!(answer.status, 422, "{field}: {}", answer.text());
            assert!(answer.text().contains(&format!("{field}: ")), "{}", answer.text());
        }
        assert_eq!(refusal(&app, "user/formatted/3/nothing").await, (404, "Unknown template".to_owned()));
        assert_eq!(refusal(&app, "user/formatted?template=..%2Fmail").await.0, 404);
        assert_eq!(refusal(&app, "user/formatted/x").await.0, 404);
        with_hostile_names(&app).await;
        UserSeed::new("nopassword", member::ALPHA, Privilege::CustomerUser)
            .insert(app.state.db.connection())
            .await;
        execute(&app, "UPDATE `user` SET password = NULL WHERE username = 'nopassword'").await;
        let answer = get(&app, "user/formatted").await;
        let shown = text(&answer);
        assert_eq!(shown.matches("left out").count(), 2, "{shown}");
        assert_eq!(shown.matches('{').count(), shown.matches("user=").count(), "{shown}");
        assert_eq!(shown.matches("user=").count(), 4, "{shown}");
    }
}

#[tokio::test]
async fn statements_of_users_do_not_grow_with_the_exchange() {
    for path in ["user/json", "user/json/0"] {
        for app in TestApp::each().await {
            statements_do_not_grow(&app, path).await;
        }
    }
    for app in TestApp::each().await {
        statements_do_not_grow(&app, "user/formatted").await;
    }
}
