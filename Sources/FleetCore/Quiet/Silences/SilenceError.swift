// What is refused of a silence; each case says what to do, because the API hands it straight to a person.

public import struct Foundation.Date
import Timekeeping

/// Why a silence is refused.
public enum SilenceError: Error, Sendable, Hashable, CustomStringConvertible {
    case noMatcher
    case matchesEverything
    case namesState
    case noAuthor
    case authorTooLong
    case noReason
    case reasonTooLong
    case endsInThePast(Date)
    case endsBeforeItStarts
    case tooLong

    public var description: String {
        switch self {
        case .noMatcher: "the silence matches nothing in particular; give at least one matcher such as building=\"B2\""
        case .matchesEverything:
            "every matcher also matches an absent label, so the silence would hide everything; give at least one that does "
                + "not, such as tenant=\"contoso\""
        case .namesState:
            "the state of a room changes while a silence holds, so a silence cannot ask for it; silence by condition instead"
        case .noAuthor: "the silence has no author; say who wants it"
        case .authorTooLong: "the author is longer than \(Silence.maximumAuthorLength) characters; shorten it"
        case .noReason: "the silence has no reason; the next person on call needs one"
        case .reasonTooLong: "the reason is longer than \(Silence.maximumReasonLength) characters; shorten it"
        case .endsInThePast(let end): "the silence would have ended at \(UTCText.full(end)) already; give a later end"
        case .endsBeforeItStarts: "the silence ends before it starts; give an end after its start"
        case .tooLong:
            "the silence is longer than \(Int(Silence.maximumDuration.seconds / 86_400)) days; shorten it, or set the room "
                + "out of service"
        }
    }
}
