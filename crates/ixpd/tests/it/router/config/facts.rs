//! What is in a configuration, read by the reader of `ixpd router diff` and held against the database.

use std::collections::BTreeSet;

use ixpd_db::{
    Database,
    entity::{routers, vlaninterface},
    sea_orm::{EntityTrait as _, FromQueryResult, Statement, Value},
};
use ixpd_render::router_diff::{Model, SecretHash, read};
use ixpd_testkit::{fixtures::member, shared, sql};

use super::{
    configs,
    exchange::{self, SERVER, Service, add_member, add_service, execute, register},
    generate,
};

fn parsed(config: &str) -> Model {
    let model = read(config.as_bytes(), &SecretHash::default()).unwrap();
    assert_eq!(model.unread, [], "{config}");
    model
}

/// A session as the tables have it.
#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub(super) id: i32,
    pub(super) cust_id: i32,
    pub(super) asn: i32,
    pub(super) name: String,
    pub(super) address: String,
    pub(super) own_limit: Option<u32>,
    pub(super) member_limit: Option<u32>,
    pub(super) secret: Option<String>,
    pub(super) filter: Option<bool>,
    pub(super) more: bool,
    pub(super) rsclient: bool,
}

pub(super) async fn all<T: FromQueryResult>(db: &Database, sql: &str, values: Vec<Value>) -> Vec<T> {
    let connection = db.connection();
    let statement = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
    T::find_by_statement(statement).all(connection).await.unwrap()
}

/// The sessions of a router, by a query of the test's own.
pub(super) async fn rows(db: &Database, router: &routers::Model) -> Vec<Row> {
    let v = router.protocol;
    let max = if v == 4 { "maxprefixes" } else { "maxprefixesv6" };
    let service = match router.r#type {
        1 => "AND vli.rsclient = 1",
        3 => "AND vli.as112client = 1",
        _ => "",
    };
    let sql = format!(
        "SELECT DISTINCT vli.id, c.id AS cust_id, c.autsys AS asn, c.name, a.address, vli.ipv{v}maxbgpprefix AS own_limit,
         c.{max} AS member_limit, vli.ipv{v}bgpmd5secret AS secret, vli.irrdbfilter AS filter,
         vli.rsmorespecifics AS more, vli.rsclient AS rsclient
         FROM physicalinterface pi, virtualinterface vi, vlaninterface vli, cust c, ipv{v}address a
         WHERE pi.virtualinterfaceid = vi.id AND vli.virtualinterfaceid = vi.id AND c.id = vi.custid
         AND a.id = vli.ipv{v}addressid AND pi.status = 1 AND vli.ipv{v}enabled = 1 AND c.type <> 2
         AND c.status IN (1, 2) AND c.dateleave IS NULL AND vli.vlanid = ? AND c.autsys <> ? {service}"
    );
    all(db, &sql, vec![router.vlan_id.into(), router.asn.into()]).await
}

#[derive(FromQueryResult)]
struct Count {
    n: i64,
}

async fn registered(db: &Database, table: &str, row: &Row, router: &routers::Model) -> usize {
    let more = if table == "irrdb_prefix" { "prefix" } else { "asn" };
    let sql =
        format!("SELECT COUNT(DISTINCT {more}) AS n FROM {table} WHERE customer_id = ? AND protocol = ?");
    let found: Vec<Count> = all(db, &sql, vec![row.cust_id.into(), i32::from(router.protocol).into()]).await;
    usize::try_from(found[0].n).unwrap()
}

pub(super) fn name(router: &routers::Model, row: &Row) -> String {
    match router.r#type {
        1 => format!("pb_{:04}_as{}", row.id, row.asn),
        _ => format!("pb_as{}_vli{}_ipv{}", row.asn, row.id, router.protocol),
    }
}

#[tokio::test]
async fn every_router_of_the_public_data_has_its_sessions_limits_and_sets() {
    let Some(test) = shared::filled_database().await else { return };
    let db = &test.db;
    let configs = configs(&[("IXP_RPKI_RTR1_HOST", "192.0.2.53")]);
    let (mut sessions, mut sets) = (0, 0);
    for router in routers::Entity::find().all(db.connection()).await.unwrap() {
        if router.handle == "unknown-template" {
            continue;
        }
        let model = parsed(&generate(&configs, db, &router.handle).await.unwrap());
        assert_eq!(model.end_marker.as_deref(), Some(router.handle.as_str()));
        let rows = rows(db, &router).await;
        let names: BTreeSet<_> = rows.iter().map(|row| name(&router, row)).collect();
        assert_eq!(model.sessions.keys().cloned().collect::<BTreeSet<_>>(), names, "{}", router.handle);
        for row in rows {
            let session = &model.sessions[&name(&router, &row)];
            let standard = if router.protocol == 4 { 250 } else { 50 };
            let limit = [row.own_limit, row.member_limit].into_iter().flatten().find(|limit| *limit > 0);
            let limit = format!("{} action restart", limit.unwrap_or(standard));
            assert_eq!(session.asn.as_deref(), Some(row.asn.to_string().as_str()));
            assert_eq!(session.address.as_deref(), Some(row.address.as_str()));
            assert!(
                session.description.as_deref().unwrap().contains(&row.name.replace('"', "'")),
                "{session:?}"
            );
            let has_secret = row.secret.as_ref().is_some_and(|secret| !secret.is_empty()) && !router.skip_md5;
            assert_eq!(session.password.is_some(), has_secret, "{session:?}");
            sessions += 1;
            if router.r#type == 1 {
                assert_eq!(session.limit.as_deref(), Some(limit.as_str()), "{} {row:?}", router.handle);
                sets += usize::from(has_sets(db, &router, &model, &row).await);
            }
        }
    }
    assert!(sessions > 40 && sets > 10, "{sessions} sessions, {sets} filters with IRR sets");
    test.remove().await;
}

/// Compares the sets of a session's import filter with the number of rows; false where it has none.
async fn has_sets(db: &Database, router: &routers::Model, model: &Model, row: &Row) -> bool {
    let import = model.sessions[&name(router, row)].import.clone().unwrap();
    let code = &model.code[import.strip_prefix("filter ").unwrap()];
    let prefixes: usize = code.sets.values().map(|set| set.prefixes.len()).sum();
    if row.filter == Some(false) {
        assert_eq!(prefixes, 0, "{} {row:?}", router.handle);
        return false;
    }
    let asns = registered(db, "irrdb_asn", row, router).await.max(1);
    let found = code.sets.values().map(|set| set.numbers.len()).max().unwrap();
    assert_eq!(found, asns, "{} {row:?}", router.handle);
    let registered = registered(db, "irrdb_prefix", row, router).await;
    // Those that are too long are left out with more specific ones.
    assert!(
        if row.more { prefixes <= registered.max(1) } else { prefixes == registered },
        "{row:?}: {prefixes}"
    );
    registered > 0
}

#[tokio::test]
async fn changed_irr_data_show_at_once() {
    let test = exchange::database().await;
    let db = &test.db;
    let configs = configs(&[]);
    register(db, member::ALPHA, &[64_497], &["20.1.0.0/16", "20.2.0.0/16"]).await;
    let text = generate(&configs, db, SERVER).await.unwrap();
    assert!(text.contains("20.1.0.0/16, 20.2.0.0/16"));
    assert_eq!(generate(&configs, db, SERVER).await.unwrap(), text);
    register(db, member::ALPHA, &[64_510], &["20.3.0.0/16"]).await;
    let added = generate(&configs, db, SERVER).await.unwrap();
    assert!(added.contains("20.2.0.0/16, 20.3.0.0/16") && added.contains("64497, 64510"), "{added}");
    // As many rows as before, and the highest id stays; a refresh is noted.
    execute(db, "DELETE FROM irrdb_prefix WHERE prefix = ?", ["20.1.0.0/16".into()]).await;
    let noted = "INSERT INTO irrdb_update_logs (cust_id, prefix_v4) VALUES (?, '2026-06-15 10:00:00')";
    execute(db, noted, [member::ALPHA.into()]).await;
    let removed = generate(&configs, db, SERVER).await.unwrap();
    assert!(!removed.contains("20.1.0.0/16") && removed.contains("20.3.0.0/16"));
    register(db, member::ALPHA, &[64_511], &["20.4.0.0/16"]).await;
    assert!(generate(&configs, db, SERVER).await.unwrap().contains("20.4.0.0/16"));
    execute(db, "DELETE FROM irrdb_prefix", []).await;
    let emptied = generate(&configs, db, SERVER).await.unwrap();
    assert!(emptied.contains("Nothing is registered") && !emptied.contains("20.4.0.0/16"));
    // Another member's data are its own, though the AS macro may be the same.
    execute(db, "UPDATE cust SET peeringmacro = 'AS-SAME'", []).await;
    register(db, member::BRAVO, &[64_498], &["30.0.0.0/16"]).await;
    let model = parsed(&generate(&configs, db, SERVER).await.unwrap());
    let prefixes = |name: &str| model.code[name].sets.values().map(|set| set.prefixes.len()).sum::<usize>();
    assert_eq!((prefixes("f_import_as64498"), prefixes("f_import_as64497")), (1, 0));
    test.remove().await;
}

#[tokio::test]
async fn number_of_statements_does_not_depend_on_the_number_of_sessions() {
    let test = exchange::database().await;
    let db = &test.db;
    let count = async || {
        let configs = configs(&[]);
        let (text, sent) = ixpd_db::sql_counter::count(generate(&configs, db, SERVER)).await;
        (text.unwrap().matches("protocol bgp").count(), sent)
    };
    register(db, member::ALPHA, &[64_497], &["20.1.0.0/16"]).await;
    let (few, of_few) = count().await;
    for id in 100..110 {
        add_member(db, id, Some(64_600 + id), "Another").await;
        add_service(db, Service::new(id, id, id - 94)).await;
        register(db, id, &[64_600], &["30.0.0.0/16"]).await;
    }
    let (many, of_many) = count().await;
    assert_eq!((many, of_many), (few + 10, of_few));
    let warm = configs(&[]);
    generate(&warm, db, SERVER).await.unwrap();
    sql::at_most(8, Box::pin(generate(&warm, db, SERVER))).await.unwrap();
    assert!(vlaninterface::Entity::find().all(db.connection()).await.unwrap().len() > 10);
    test.remove().await;
}
