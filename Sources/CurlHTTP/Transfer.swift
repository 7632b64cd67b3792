// What the loop needs to know of a transfer, and no more, so that another protocol libcurl speaks can use the loop too.

import CLibcurl

/// A transfer that has not begun: the only form in which it may cross to the loop's thread.
protocol TransferPlan: Sendable {
    /// Steady time by which the transfer must have ended, waiting for a place included.
    var deadline: Duration { get }

    /// Makes the transfer on the loop's thread and sets every option of `easy`.
    func makeTransfer(on easy: EasyHandle, over sockets: SocketRegistry, at now: Duration) -> any Transfer

    /// Called once, and only if no transfer was made.
    func neverBegan(_ reason: TransferEnd)
}

/// A transfer in flight. It lives and dies on the loop's thread.
protocol Transfer: AnyObject {
    var easy: EasyHandle { get }

    /// Asked at the times it returns: whether the transfer is to be given up, or else when to ask again.
    func review(at now: Duration) -> TransferReview

    /// Called when the transfer is given up for want of an answer, while it still has its connection.
    func abandonSilentConnection()

    /// Called before libcurl lets go of a transfer that it has not finished.
    func willGiveUp()

    /// Called once, while the handle still holds the figures of the transfer.
    func end(_ reason: TransferEnd)
}

extension Transfer {
    func willGiveUp() {}
}

/// The answer to "shall this transfer go on?".
enum TransferReview: Equatable {
    case askAgain(at: Duration)
    case giveUp(TransferEnd)
}

/// How a transfer came to its end.
enum TransferEnd: Equatable, Sendable {
    /// libcurl finished it, well or badly.
    case finished(CURLcode)
    case cancelled
    case deadlinePassed
    case stalled
    /// The transport was shut down.
    case stopped
    /// All places and the whole queue are taken.
    case full
    /// The loop cannot go on; the text says why.
    case broken(String)

    var isFinished: Bool { if case .finished = self { true } else { false } }
}

/// Names one transfer of one loop.
struct TransferID: Hashable, Sendable, Comparable {
    let number: UInt64

    static func < (left: TransferID, right: TransferID) -> Bool { left.number < right.number }
}
