//! What the flags of an event say, by name.

use super::{
    Carried, Cause, FindingKind, Kind, LineLevel, MessageDirection, NetworkPhase, Outcome,
    PollResult, Reason, ResourceKind, TimerPurpose, TraceLevel,
};

/// The key and the name for the code in an event's flags, as the JSON form has them. `None` where
/// the flags of the kind are a number, or hold a code that is not known here.
pub(super) fn meaning(kind: Kind, flags: u8) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::RunEnded => Some(("outcome", Outcome::from_code(flags)?.name())),
        Kind::TaskReady | Kind::WakeCoalesced => Some(("cause", Cause::from_code(flags)?.name())),
        Kind::PollEnded => Some(("result", PollResult::from_code(flags)?.name())),
        Kind::ResourceCreated => Some(("resource", ResourceKind::from_code(flags)?.name())),
        Kind::WaitBegun | Kind::WaitEnded => Some(("reason", Reason::from_code(flags)?.name())),
        Kind::TimerArmed => Some(("purpose", TimerPurpose::from_code(flags)?.name())),
        Kind::NetworkPhase => Some(("phase", NetworkPhase::from_code(flags)?.name())),
        Kind::NetworkMessage => Some(("direction", MessageDirection::from_code(flags)?.name())),
        Kind::Line => Some(("level", LineLevel::from_code(flags)?.name())),
        Kind::SpanCreated | Kind::Message => Some(("level", TraceLevel::from_code(flags)?.name())),
        Kind::Finding => Some(("finding", FindingKind::from_code(flags)?.name())),
        Kind::Carried => Some(("carried", Carried::from_code(flags)?.name())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_code_has_a_name_and_an_unknown_one_none() {
        let send = Reason::ChannelSend.code();
        assert_eq!(
            meaning(Kind::WaitBegun, send),
            Some(("reason", "channel-send"))
        );
        assert_eq!(meaning(Kind::WaitBegun, 255), None);
        assert_eq!(meaning(Kind::TaskCreated, 0), None);
    }
}
