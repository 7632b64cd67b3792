// Two ways lead back from the consent page: the browser on this machine, and a person who pastes the address that a browser
// elsewhere could not open. Whichever comes first with our state counts.

import Timekeeping

struct ConsentWait {
    let state: String
    let limit: Duration
    let time: any TimeSource
    let console: any ConnectionConsole

    private enum Event: Sendable {
        case reply(ConsentReply)
        case pasted(String)
        case timeIsOver
    }

    /// Events that wait to be looked at; the sources before are bounded too.
    private static let mostEvents = 16

    /// Waits for the consent.
    ///
    /// - Returns: the directory that consented, when the reply names it.
    /// - Throws: ``ConnectionFault`` for a refusal where nobody can try again, and when the time is over.
    func tenant(from replies: AsyncStream<ConsentReply>) async throws -> String? {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (events, sink) = AsyncStream.makeStream(
                of: Event.self, bufferingPolicy: .bufferingNewest(Self.mostEvents))
            group.addTask { for await reply in replies { sink.yield(.reply(reply)) } }
            if let pasted = console.pasted {
                group.addTask { for await line in pasted { sink.yield(.pasted(line)) } }
            }
            group.addTask {
                try await time.sleep(for: limit)
                sink.yield(.timeIsOver)
            }
            defer { group.cancelAll() }
            for await event in events {
                switch event {
                case .timeIsOver:
                    throw ConnectionFault(
                        "Nobody consented within \(Self.words(limit))",
                        remedy: "Run it again; --consent-timeout gives more time.")
                case .pasted(let line):
                    guard !line.allSatisfy(\.isWhitespace) else { continue }
                    if let done = try judge(ConsentReply.read(pasted: line, state: state)) { return done.tenant }
                case .reply(let reply):
                    if let done = try judge(reply) { return done.tenant }
                }
            }
            throw CancellationError()
        }
    }

    private static func words(_ limit: Duration) -> String {
        limit < .seconds(120) ? "\(Int(limit.seconds)) seconds" : "\(Int(limit.seconds / 60)) minutes"
    }

    private func judge(_ reply: ConsentReply) throws(ConnectionFault) -> (tenant: String?, Void)? {
        switch reply {
        case .granted(let tenant): return (tenant, ())
        case .refused(let refusal):
            guard console.isAttended else {
                throw ConnectionFault("Consent was refused (\(refusal.code)). \(refusal.words)", remedy: refusal.remedy)
            }
            console.say("\(refusal)\nThe link stays good; this still waits. Ctrl-C ends it.")
        case .foreign:
            console.say(
                "A reply came whose state is not the one of this run, so it was not believed. Open the link above; this "
                    + "still waits.")
        case .unreadable:
            console.say(
                "That is no reply of the consent page. Paste the whole address that the browser ended at, with "
                    + "everything behind the question mark.")
        }
        return nil
    }
}
