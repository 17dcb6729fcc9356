//! The limit on open files, which connections count against.

/// Files that are open beside connections of clients: the database's, those to other services, the log's.
const OTHERS: u64 = 256;
/// The most connections unless the operator says more: some 30 kB each.
const MOST: u64 = 16_384;

/// Raises the limit to the highest that the process may have, and returns how many connections it has room for, or
/// `chosen` (`IXPD_MAX_CONNECTIONS`) if there is room for these.
pub fn connections(chosen: Option<u32>) -> usize {
    room(raise(), chosen.map(u64::from))
}

/// Raises the soft limit to the hard one, and returns it. The usual soft limit of 1,024 is for programs that use
/// `select`.
fn raise() -> u64 {
    rlimit::increase_nofile_limit(u64::MAX).unwrap_or_else(|error| {
        tracing::warn!(%error, "the limit on open files can't be raised; it is taken to be 1024");
        1_024
    })
}

fn room(files: u64, chosen: Option<u64>) -> usize {
    let room = files.saturating_sub(OTHERS).max(files / 2).max(1);
    let connections = match chosen {
        Some(chosen) if chosen > room => {
            tracing::warn!(
                IXPD_MAX_CONNECTIONS = chosen,
                open_files = files,
                connections = room,
                "the limit on open files has no room for as many connections; raise LimitNOFILE or ulimit -n"
            );
            room
        }
        Some(chosen) => chosen,
        None => room.min(MOST),
    };
    usize::try_from(connections).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_room_for_other_files() {
        assert_eq!(room(1_024, None), 768);
        assert_eq!(room(256, None), 128);
        assert_eq!(room(0, None), 1);
        assert_eq!(room(u64::MAX, None), 16_384);
        assert_eq!(room(1_024, Some(100)), 100);
        assert_eq!(room(1_024, Some(100_000)), 768);
        assert_eq!(room(1_000_000, Some(100_000)), 100_000);
    }

    #[test]
    fn soft_limit_becomes_the_hard_one() {
        let (_, hard) = rlimit::Resource::NOFILE.get().unwrap();
        rlimit::Resource::NOFILE.set(64.min(hard), hard).unwrap();
        assert_eq!(raise(), hard);
        assert_eq!(rlimit::Resource::NOFILE.get().unwrap(), (hard, hard));
    }
}
