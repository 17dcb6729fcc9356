//! Members of the demo with their contacts and tags.

use chrono::NaiveDate;
use ixpd_db::{
    DbErr, WallClock,
    entity::{
        company_billing_detail, company_registration_detail, contact, contact_to_group, cust, cust_notes,
        cust_tag, cust_to_cust_tag,
    },
    query::bulk::insert_all,
    sea_orm::{ActiveValue::Set, ConnectionTrait},
};
use ixpd_types::{CustomerStatus, CustomerType, Md5Support, PeeringPolicy};

use super::text;

/// The exchange itself.
pub(super) const EXCHANGE: i32 = 1;
pub(super) const ALDER: i32 = 2;
pub(super) const BIRCH: i32 = 3;
pub(super) const CEDAR: i32 = 4;
pub(super) const DOGWOOD: i32 = 5;
pub(super) const ELM: i32 = 6;
const FIR: i32 = 7;
pub(super) const GORSE: i32 = 8;
pub(super) const HAZEL: i32 = 9;
pub(super) const IVY: i32 = 10;
const LARCH: i32 = 11;
pub(super) const MAPLE: i32 = 12;

/// Ids of the roles of contacts that every exchange begins with.
const BILLING: i64 = 1;
const TECHNICAL: i64 = 2;

struct Member {
    id: i32,
    name: &'static str,
    short_name: &'static str,
    kind: CustomerType,
    asn: Option<i32>,
    policy: PeeringPolicy,
    status: CustomerStatus,
    /// Year, month, day.
    joined: (i32, u32, u32),
    left: Option<(i32, u32, u32)>,
}

impl Member {
    const fn full(
        id: i32,
        name: &'static str,
        short_name: &'static str,
        asn: i32,
        joined: (i32, u32, u32),
    ) -> Self {
        Self {
            id,
            name,
            short_name,
            kind: CustomerType::Full,
            asn: Some(asn),
            policy: PeeringPolicy::Open,
            status: CustomerStatus::Normal,
            joined,
            left: None,
        }
    }
}

const MEMBERS: [Member; 12] = [
    Member {
        kind: CustomerType::Internal,
        policy: PeeringPolicy::Mandatory,
        ..Member::full(EXCHANGE, "Demo IX", "demoix", 64_496, (2015, 3, 2))
    },
    Member::full(ALDER, "Alder Networks", "alder", 64_497, (2015, 4, 1)),
    Member::full(BIRCH, "Birch Broadband", "birch", 64_498, (2015, 9, 14)),
    Member {
        policy: PeeringPolicy::Selective,
        ..Member::full(CEDAR, "Cedar Cloud", "cedar", 65_536, (2017, 1, 9))
    },
    Member::full(DOGWOOD, "Dogwood Hosting", "dogwood", 64_499, (2018, 6, 20)),
    Member {
        kind: CustomerType::ProBono,
        ..Member::full(ELM, "Elm Education Network", "elm", 64_500, (2016, 2, 29))
    },
    Member {
        kind: CustomerType::Associate,
        asn: None,
        ..Member::full(FIR, "Fir Consulting", "fir", 0, (2020, 11, 3))
    },
    Member {
        policy: PeeringPolicy::Selective,
        ..Member::full(GORSE, "Gorse Content", "gorse", 65_537, (2019, 8, 12))
    },
    Member {
        status: CustomerStatus::NotConnected,
        ..Member::full(HAZEL, "Hazel Mobile", "hazel", 65_538, (2025, 10, 6))
    },
    Member {
        status: CustomerStatus::Suspended,
        policy: PeeringPolicy::Closed,
        ..Member::full(IVY, "Ivy Transit", "ivy", 64_501, (2017, 5, 22))
    },
    Member { left: Some((2025, 6, 30)), ..Member::full(LARCH, "Larch Media", "larch", 64_502, (2016, 7, 4)) },
    Member {
        kind: CustomerType::ProBono,
        ..Member::full(MAPLE, "Maple DNS", "maple", 64_503, (2021, 1, 18))
    },
];

fn day((year, month, day): (i32, u32, u32)) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, month, day)
}

impl Member {
    fn row(&self, now: WallClock) -> cust::ActiveModel {
        let short_name = self.short_name;
        cust::ActiveModel {
            id: Set(self.id),
            name: text(self.name),
            r#type: Set(Some(self.kind.code())),
            shortname: text(short_name),
            autsys: Set(self.asn),
            maxprefixes: Set(self.asn.map(|_| 250)),
            maxprefixesv6: Set(self.asn.map(|_| 50)),
            peeringemail: text(&format!("peering@{short_name}.example")),
            nocphone: text(&format!("+353 20 555 {:04}", 200 + self.id)),
            noc24hphone: text(&format!("+353 20 555 {:04}", 300 + self.id)),
            nocemail: text(&format!("noc@{short_name}.example")),
            nochours: text("24x7"),
            nocwww: text(&format!("https://www.{short_name}.example/noc")),
            irrdb: Set(self.asn.map(|_| 1)),
            peeringmacro: Set(self.asn.map(|asn| format!("AS-{}-{asn}", short_name.to_uppercase()))),
            peeringpolicy: text(self.policy.code()),
            corpwww: text(&format!("https://www.{short_name}.example/")),
            datejoin: Set(day(self.joined)),
            dateleave: Set(self.left.and_then(day)),
            status: Set(Some(self.status.code() as i16)),
            activepeeringmatrix: Set(Some(self.asn.is_some())),
            creator: text("demo"),
            company_registered_detail_id: Set(Some(self.id)),
            company_billing_details_id: Set(Some(self.id)),
            abbreviated_name: Set(self.name.split(' ').next().map(str::to_owned)),
            md5_support: text(Md5Support::Yes.code()),
            reseller: Set(None),
            is_reseller: Set(false),
            in_manrs: Set(self.id == ALDER || self.id == GORSE),
            in_peeringdb: Set(self.asn.is_some()),
            peeringdb_oauth: Set(true),
            created_at: Set(now),
            updated_at: Set(Some(now)),
            ..Default::default()
        }
    }

    fn contact(&self, number: i32, position: &str, now: WallClock) -> contact::ActiveModel {
        const NAMES: [&str; 4] = ["Ada Byrne", "Brian Kelly", "Ciara Walsh", "Donal Ryan"];
        let id = 2 * self.id + number;
        contact::ActiveModel {
            id: Set(id),
            custid: Set(Some(self.id)),
            name: Set(NAMES[id as usize % NAMES.len()].to_owned()),
            email: text(&format!("{}@{}.example", position.to_lowercase(), self.short_name)),
            phone: text(&format!("+353 20 555 {:04}", 400 + id)),
            position: text(position),
            creator: text("demo"),
            created_at: Set(Some(now)),
            updated_at: Set(Some(now)),
            ..Default::default()
        }
    }
}

pub(super) async fn insert(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    insert_companies(db, now).await?;
    insert_all(db, MEMBERS.iter().map(|member| member.row(now))).await?;
    insert_contacts(db, now).await?;
    insert_tags(db, now).await?;
    let note = |customer: i32, private: bool, title: &str, note: &str| cust_notes::ActiveModel {
        customer_id: Set(customer),
        private: Set(private),
        title: Set(title.to_owned()),
        note: Set(note.to_owned()),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    };
    let notes = [
        note(IVY, true, "Suspended", "Suspended until the *outstanding invoices* are paid."),
        note(ALDER, false, "Upgrade", "A third port for the LAG on sw1-north is ordered."),
    ];
    insert_all(db, notes).await
}

async fn insert_companies(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    let registrations = MEMBERS.iter().map(|member| company_registration_detail::ActiveModel {
        id: Set(member.id),
        registered_name: text(&format!("{} Limited", member.name)),
        company_number: text(&format!("{}", 500_000 + member.id)),
        jurisdiction: text("Ireland"),
        address1: text(&format!("{} Main Street", member.id)),
        town_city: text("Cork"),
        country: text("IE"),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    });
    insert_all(db, registrations).await?;
    let billing = MEMBERS.iter().map(|member| company_billing_detail::ActiveModel {
        id: Set(member.id),
        billing_contact_name: text("Accounts payable"),
        billing_email: text(&format!("billing@{}.example", member.short_name)),
        billing_country: text("IE"),
        purchase_order_required: Set(false),
        invoice_method: text("EMAIL"),
        invoice_email: text(&format!("billing@{}.example", member.short_name)),
        billing_frequency: text("QUARTERLY"),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
        ..Default::default()
    });
    insert_all(db, billing).await
}

async fn insert_contacts(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    let people = [(0, "Peering", TECHNICAL), (1, "Accounts", BILLING)];
    let all = || MEMBERS.iter().flat_map(move |member| people.map(|person| (member, person)));
    insert_all(db, all().map(|(member, (number, position, _))| member.contact(number, position, now)))
        .await?;
    let roles = all().map(|(member, (number, _, role))| contact_to_group::ActiveModel {
        contact_id: Set(2 * member.id + number),
        contact_group_id: Set(role),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    });
    insert_all(db, roles).await
}

async fn insert_tags(db: &impl ConnectionTrait, now: WallClock) -> Result<(), DbErr> {
    let tags = [
        (1, "content", "Content", false),
        (2, "eyeballs", "Eyeballs", false),
        (3, "watch", "Watch closely", true),
    ];
    let rows = tags.map(|(id, tag, label, internal)| cust_tag::ActiveModel {
        id: Set(id),
        tag: Set(tag.to_owned()),
        display_as: Set(label.to_owned()),
        description: Set(None),
        internal_only: Set(internal),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    });
    insert_all(db, rows).await?;
    let tagged = [(1, CEDAR), (1, GORSE), (2, ALDER), (2, BIRCH), (2, HAZEL), (3, IVY)];
    let rows = tagged.map(|(tag, customer)| cust_to_cust_tag::ActiveModel {
        customer_tag_id: Set(tag),
        customer_id: Set(customer),
        created_at: Set(Some(now)),
        updated_at: Set(Some(now)),
    });
    insert_all(db, rows).await
}
